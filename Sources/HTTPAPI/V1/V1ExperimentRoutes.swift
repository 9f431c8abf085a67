import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// `/api/v1/experiments`: runs of a DAG by their params and metrics.
struct V1ExperimentRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("experiments", use: list)
        api.get("experiments/:dag_id", use: get)
        api.get("inputs", use: inputs)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<JSONValue> {
        Answer(
            try await backend.reading { backend in
                .array(
                    try backend.store.experiments().map { row in
                        [
                            "dag_id": .string(row.dagID.text), "runs": .integer(Int64(row.runs)),
                            "last_run": .string(row.lastRun.text),
                            "last_start": row.lastStart.map { .string($0.rfc3339) } ?? .null,
                        ]
                    })
            })
    }

    /// The newest first; `last`, `task_id` and `run_id` (repeatable) choose.
    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<JSONValue> {
        let dagID = try context.dagID()
        let query = try QueryItems(request)
        let last = try query.int("last", in: 1...1_000) ?? 20
        let runs = query.all("run_id").map { RunID($0) }.nonEmpty
        let task = query["task_id"].map { TaskID($0) }
        return Answer(
            try await backend.reading { backend in
                try backend.requireDAG(dagID)
                let rows = try backend.controlPlane.experiment(of: dagID, task: task, runs: runs, last: last)
                return .array(rows.map(\.json))
            })
    }

    /// What the tasks of a run declared to read.
    @Sendable private func inputs(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.InputRow>> {
        let query = try QueryItems(request)
        guard let dag = query["dag_id"].map({ DAGID($0) }), let run = query["run_id"].map({ RunID($0) })
        else {
            throw APIError.badRequest("dag_id and run_id must be given")
        }
        return Answer(
            try await backend.reading { backend in
                let rows = try backend.store.inputs(of: backend.run(dag, run).run.number)
                return V1.Page(items: rows.map { V1.InputRow($0) }, totalEntries: rows.count)
            })
    }
}

extension ComparedRun {
    fileprivate var json: JSONValue {
        var metrics = JSONObject()
        for (name, value) in self.metrics.sorted(by: { $0.key < $1.key }) { metrics[name] = JSONValue(value) }
        var object: JSONObject = [
            "run_id": .string(run.runID.text), "state": .string(state),
            "start_date": startDate.map { .string($0.rfc3339) } ?? .null,
            "duration": duration.flatMap { JSONValue($0) } ?? .null,
            "version": .integer(Int64(versionNumber)),
            "live": .bool(isLive), "params": .object(parameters), "metrics": .object(metrics),
        ]
        if let mapIndex { object["map_index"] = .integer(Int64(mapIndex)) }
        return .object(object)
    }
}
