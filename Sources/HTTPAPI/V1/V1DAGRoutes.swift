import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import SchedulerService
import StateStore

/// `/api/v1/dags`, and the files that could not be loaded.
struct V1DAGRoutes: Sendable {
    /// How many coming runs one answer may hold.
    private static let maximumUpcoming = 10_000

    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("dags", use: list)
        api.get("dags/:dag_id", use: get)
        api.patch("dags/:dag_id", use: pause)
        api.delete("dags/:dag_id", use: delete)
        api.get("dags/:dag_id/next", use: next)
        api.get("import-errors", use: importErrors)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.DAG>> {
        let query = try QueryItems(request)
        var filter = DAGFilter()
        (filter.limit, filter.offset) = try query.longPage()
        filter.isPaused = try query.bool("paused")
        filter.isActive = try query.bool("active")
        filter.tags = query.all("tags").nonEmpty
        filter.dagIDPatterns = query.patterns("dag_id_pattern")
        let chosen = filter
        return Answer(
            try await backend.reading { backend in
                let page = try backend.store.dags(chosen)
                let counts = Dictionary(grouping: try backend.store.runCounts(), by: \.dagID)
                return V1.Page(
                    items: try page.rows.map { row in
                        try V1.DAG(row, activeRuns: counts[row.status.dagID]?.unfinished ?? 0, backend)
                    }, totalEntries: page.total)
            })
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.DAGDetails> {
        try await answer(about: try context.dagID())
    }

    private func answer(about dagID: DAGID) async throws -> Answer<V1.DAGDetails> {
        Answer(try await backend.reading { try V1.DAGDetails(try $0.dagRow(dagID), $0) })
    }

    @Sendable private func pause(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.DAGDetails> {
        let dagID = try context.dagID()
        let body = try await request.decodeBody(V1.PauseBody.self)
        try await backend.controlPlane.setPaused(dagID, body.isPaused, by: context.actor)
        return try await answer(about: dagID)
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> NoContent {
        try await backend.controlPlane.deleteDAG(try context.dagID(), by: context.actor)
        return NoContent()
    }

    @Sendable private func next(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.UpcomingRun>> {
        let dagID = try context.dagID()
        let query = try QueryItems(request)
        let count = try query.int("count", in: 0...Self.maximumUpcoming) ?? 10
        let after = try query.date("after")
        return Answer(
            try await backend.reading { backend in
                let runs = try backend.controlPlane.upcomingRuns(
                    dagID: dagID, count: count, after: after, until: nil)
                return V1.Page(items: runs.map { V1.UpcomingRun($0) }, totalEntries: runs.count)
            })
    }

    @Sendable private func importErrors(
        _ request: Request, _ context: APIContext
    ) -> Answer<V1.Page<V1.ImportError>> {
        let errors = backend.controlPlane.catalog.entries().filter(\.isBroken).map { entry in
            V1.ImportError(
                path: entry.path, dagID: entry.dagID?.text,
                errors: entry.diagnostics.map { V1.Diagnostic($0) })
        }
        return Answer(V1.Page(items: errors, totalEntries: errors.count))
    }
}

extension QueryItems {
    /// The pages of our own API are long: the command line shows whole lists.
    func longPage() throws -> (limit: Int, offset: Int) {
        (min(try int("limit", in: 0...Int.max) ?? 1000, 1000), try int("offset", in: 0...Int.max) ?? 0)
    }
}
