import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import StateStore

/// The text of a DAG file as a run had it.
struct V1SourceRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("dags/:dag_id/source", use: source)
    }

    @Sendable private func source(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.DAGFileSource> {
        let dagID = try context.dagID()
        guard let version = try QueryItems(request)["version"] else {
            throw APIError.badRequest("version must be the hash that a run has as its dag_version")
        }
        let source = try await backend.reading { backend in
            try backend.store.dagSource(dagID, DAGVersionHash(version))
        }
        guard let source else {
            throw APIError.unknown(.version, "There is no such version of the DAG with ID: `\(dagID)`")
        }
        return Answer(
            V1.DAGFileSource(
                dagID: dagID.text, version: version, path: source.path,
                content: String(decoding: source.bytes, as: UTF8.self)))
    }
}
