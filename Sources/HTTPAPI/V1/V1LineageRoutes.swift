import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import SchedulerService

/// `/api/v1/lineage`: what came of what, from a model, a content, an artifact, a task or a run on.
struct V1LineageRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("lineage", use: get)
    }

    /// `model=NAME@REF`, `sha256`, or `dag_id` and `run_id` with `task_id`, `map_index`, `artifact`; `direction`.
    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Lineage> {
        let query = try QueryItems(request)
        let question = try Self.question(query)
        let direction = query["direction"] ?? "both"
        guard ["upstream", "downstream", "both"].contains(direction) else {
            throw APIError.badRequest("direction must be upstream, downstream or both")
        }
        return Answer(
            try await backend.reading { backend in
                V1.Lineage(
                    try backend.controlPlane.lineage(
                        of: question, upstream: direction != "downstream",
                        downstream: direction != "upstream"))
            })
    }

    private static func question(_ query: QueryItems) throws -> LineageQuestion {
        if let text = query["model"] {
            guard let at = text.lastIndex(of: "@"),
                let reference = ModelReference(String(text[text.index(after: at)...]))
            else { throw APIError.badRequest("model must be NAME@VERSION, NAME@ALIAS or NAME@latest") }
            return .model(ModelName(String(text[..<at])), reference)
        }
        if let sha256 = query["sha256"] { return .content(sha256: sha256) }
        guard let dag = query["dag_id"].map({ DAGID($0) }), let run = query["run_id"].map({ RunID($0) })
        else {
            throw APIError.badRequest("model, sha256, or dag_id and run_id must be given")
        }
        guard let task = query["task_id"].map({ TaskID($0) }) else { return .run(dag, run) }
        let index = try query.int("map_index", in: -1...Int(Int32.max))
        if let name = query["artifact"] { return .artifact(dag, run, task, mapIndex: index, name: name) }
        return .task(dag, run, task, mapIndex: index ?? -1)
    }
}

extension V1.Lineage {
    fileprivate init(_ lineage: Lineage) {
        self.init(
            starts: lineage.starts,
            nodes: lineage.nodes.map { node in
                V1.LineageNode(
                    id: node.id, kind: node.kind, title: node.title, layer: node.layer,
                    details: node.details.map { V1.LineageDetail(name: $0.name, value: $0.value) })
            }, edges: lineage.edges.map { V1.LineageEdge(from: $0.from, to: $0.to) },
            isCut: lineage.isCut)
    }
}
