import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// `/api/v2/backfills`. Changes are taken by PUT, as the specification says it, and by POST, as one released
/// client sends it.
struct BackfillRoutes: Sendable {
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
    ) async throws -> Answer<AirflowV2.BackfillCollectionResponse> {
        let query = try QueryItems(request)
        let page = try query.page()
        guard let text = query["dag_id"] else { throw APIError.badRequest("dag_id is needed") }
        let dagID = DAGID(text)
        guard dagID.isValidName else { throw APIError.badRequest("that is not the form of a DAG id") }
        return Answer(
            try await backend.reading { backend in
                let rows = try backend.store.backfills(of: dagID, limit: page.limit, offset: page.offset)
                return AirflowV2.BackfillCollectionResponse(
                    backfills: rows.rows.map { AirflowV2.BackfillResponse($0.backfill) },
                    totalEntries: rows.total)
            })
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.BackfillResponse> {
        let id = try context.backfillID()
        return answer(try await backend.reading { try $0.controlPlane.backfill(id) })
    }

    @Sendable private func create(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.BackfillResponse> {
        let body = try await request.decodeBody(AirflowV2.BackfillPostBody.self)
        return answer(
            try await backend.controlPlane.createBackfill(try BackfillOrder(body), by: context.actor).row)
    }

    @Sendable private func dryRun(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DryRunBackfillCollectionResponse> {
        let body = try await request.decodeBody(AirflowV2.BackfillPostBody.self)
        let preview = try await backend.controlPlane.previewBackfill(try BackfillOrder(body))
        return Answer(
            AirflowV2.DryRunBackfillCollectionResponse(
                backfills: preview.runs.map {
                    AirflowV2.DryRunBackfillResponse(logicalDate: $0.coming.logicalDate.rfc3339)
                }, totalEntries: preview.runs.count))
    }

    @Sendable private func pause(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.BackfillResponse> {
        answer(try await backend.controlPlane.setBackfillPaused(try context.backfillID(), true))
    }

    @Sendable private func unpause(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.BackfillResponse> {
        answer(try await backend.controlPlane.setBackfillPaused(try context.backfillID(), false))
    }

    @Sendable private func cancel(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.BackfillResponse> {
        answer(
            try await backend.controlPlane.cancelBackfill(try context.backfillID(), by: context.actor))
    }

    private func answer(_ row: BackfillRow) -> Answer<AirflowV2.BackfillResponse> {
        Answer(AirflowV2.BackfillResponse(row.backfill))
    }
}

extension APIContext {
    func backfillID() throws -> BackfillID {
        BackfillID(Int64(try number("backfill_id", in: 1...Int(Int64.max))))
    }
}

extension AirflowV2.BackfillResponse {
    fileprivate init(_ backfill: Backfill) {
        self.init(
            id: backfill.id.value, dagID: backfill.dagID.text, fromDate: backfill.fromDate.rfc3339,
            toDate: backfill.toDate.rfc3339, dagRunConf: backfill.parameters, isPaused: backfill.isPaused,
            reprocessBehavior: AirflowV2.ReprocessBehavior(rawValue: backfill.reprocess.rawValue) ?? .none,
            maxActiveRuns: backfill.maximumActiveRuns, createdAt: backfill.createdAt.rfc3339,
            completedAt: backfill.completedAt?.rfc3339, updatedAt: backfill.updatedAt.rfc3339)
    }
}

extension BackfillOrder {
    /// `run_on_latest_version` changes nothing: new runs are of the newest version, runs that run again keep
    /// theirs.
    fileprivate init(_ body: AirflowV2.BackfillPostBody) throws {
        try self.init(dagID: body.dagID, from: body.fromDate, to: body.toDate)
        maximumActiveRuns = body.maxActiveRuns ?? maximumActiveRuns
        isReversed = body.runBackwards ?? false
        reprocess = body.reprocessBehavior.flatMap { ReprocessBehavior(rawValue: $0.rawValue) } ?? .none
        conf = body.dagRunConf ?? JSONObject()
    }

    init(dagID: String, from: String, to: String) throws {
        guard DAGID(dagID).isValidName else {
            throw APIError.badRequest("dag_id does not have the form of a DAG id")
        }
        self.init(
            dagID: DAGID(dagID), fromDate: try BodyDate.read(from, key: "from_date"),
            toDate: try BodyDate.read(to, key: "to_date"))
    }
}
