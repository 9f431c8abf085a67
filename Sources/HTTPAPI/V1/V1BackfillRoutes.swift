import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// `/api/v1/backfills`: as Airflow's, with what only we have.
struct V1BackfillRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("backfills", use: list)
        api.post("backfills", use: create)
        api.post("backfills/dry_run", use: dryRun)
        api.get("backfills/:backfill_id", use: get)
        for method in [HTTPRequest.Method.put, .post] {
            api.on("backfills/:backfill_id/cancel", method: method, use: cancel)
            api.on("backfills/:backfill_id/pause", method: method, use: pause)
            api.on("backfills/:backfill_id/unpause", method: method, use: unpause)
        }
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.Backfill>> {
        let query = try QueryItems(request)
        let page = try query.longPage()
        let dagID = query["dag_id"].map { DAGID($0) }
        guard dagID?.isValidName ?? true else {
            throw APIError.badRequest("that is not the form of a DAG id")
        }
        let isActive = try query.bool("active")
        return Answer(
            try await backend.reading { backend in
                let rows = try backend.store.backfills(
                    of: dagID, isActive: isActive, limit: page.limit, offset: page.offset)
                return V1.Page(items: rows.rows.map { V1.Backfill($0) }, totalEntries: rows.total)
            })
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Backfill> {
        let id = try context.backfillID()
        return Answer(V1.Backfill(try await backend.reading { try $0.controlPlane.backfill(id) }))
    }

    @Sendable private func create(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Backfill> {
        let body = try await request.decodeBody(V1.BackfillBody.self)
        let made = try await backend.controlPlane.createBackfill(
            try BackfillOrder(body), by: context.actor)
        return Answer(V1.Backfill(made.row), status: .created)
    }

    /// In the order in which they would start.
    @Sendable private func dryRun(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.BackfillRun>> {
        let body = try await request.decodeBody(V1.BackfillBody.self)
        let preview = try await backend.controlPlane.previewBackfill(try BackfillOrder(body))
        let rows = preview.runs.map { run in
            V1.BackfillRun(
                dagID: preview.dagID.text, runID: run.runID.text,
                logicalDate: run.coming.logicalDate.rfc3339,
                dataIntervalStart: run.coming.dataIntervalStart.rfc3339,
                dataIntervalEnd: run.coming.dataIntervalEnd.rfc3339, localTime: run.coming.localTime,
                reprocess: run.isRepeated)
        }
        return Answer(V1.Page(items: rows, totalEntries: rows.count))
    }

    @Sendable private func pause(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Backfill> {
        Answer(
            V1.Backfill(try await backend.controlPlane.setBackfillPaused(try context.backfillID(), true)))
    }

    @Sendable private func unpause(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Backfill> {
        Answer(
            V1.Backfill(try await backend.controlPlane.setBackfillPaused(try context.backfillID(), false)))
    }

    @Sendable private func cancel(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Backfill> {
        Answer(
            V1.Backfill(
                try await backend.controlPlane.cancelBackfill(
                    try context.backfillID(), by: context.actor)))
    }
}

extension V1.Backfill {
    fileprivate init(_ row: BackfillRow) {
        let backfill = row.backfill
        let state = backfill.completedAt != nil ? "complete" : backfill.isPaused ? "paused" : "active"
        self.init(
            id: backfill.id.value, dagID: backfill.dagID.text, fromDate: backfill.fromDate.rfc3339,
            toDate: backfill.toDate.rfc3339, state: state, isPaused: backfill.isPaused,
            maxActiveRuns: backfill.maximumActiveRuns, reprocessBehavior: backfill.reprocess.rawValue,
            runBackwards: backfill.isReversed, collapse: backfill.isCollapsed,
            dagRunConf: backfill.parameters, createdAt: backfill.createdAt.rfc3339,
            updatedAt: backfill.updatedAt.rfc3339, completedAt: backfill.completedAt?.rfc3339,
            totalRuns: row.runCounts.values.reduce(0, +),
            runs: DAGRunState.allCases.compactMap { state in
                row.runCounts[state].map { V1.StateCount(state: state.rawValue, count: $0) }
            })
    }
}

extension BackfillOrder {
    fileprivate init(_ body: V1.BackfillBody) throws {
        try self.init(dagID: body.dagID, from: body.fromDate, to: body.toDate)
        maximumActiveRuns = body.maxActiveRuns ?? maximumActiveRuns
        isReversed = body.runBackwards ?? false
        isCollapsed = body.collapse ?? false
        if let text = body.reprocessBehavior {
            guard let behavior = ReprocessBehavior(rawValue: text) else {
                throw APIError.badRequest("reprocess_behavior must be none, failed or completed")
            }
            reprocess = behavior
        }
        conf = body.dagRunConf ?? JSONObject()
        parameterTexts = body.params?.map { ($0.name, $0.text) } ?? []
        version = body.version
        usesCache = body.noCache != true
    }
}
