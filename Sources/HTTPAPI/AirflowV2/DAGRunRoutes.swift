import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// `/api/v2/dags/{dag_id}/dagRuns`; `~` as the DAG's id means all DAGs in the list.
struct DAGRunRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("dags/:dag_id/dagRuns", use: list)
        api.post("dags/:dag_id/dagRuns", use: trigger)
        api.get("dags/:dag_id/dagRuns/:dag_run_id", use: get)
        api.patch("dags/:dag_id/dagRuns/:dag_run_id", use: patch)
        api.delete("dags/:dag_id/dagRuns/:dag_run_id", use: delete)
        api.post("dags/:dag_id/dagRuns/:dag_run_id/clear", use: clear)
        api.get("dags/:dag_id/dagRuns/:dag_run_id/wait", use: wait)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DAGRunCollectionResponse> {
        let dagID = try context.dagIDOrAll()
        let query = try QueryItems(request)
        var filter = RunFilter()
        filter.descending = false
        try query.apply(to: &filter)
        (filter.limit, filter.offset) = try query.page()
        filter.dagIDs = dagID.map { [$0] }
        filter.states = try query.words("state", of: AirflowV2.DagRunState.self).flatMap(\.states).nonEmpty
        let types = try query.words("run_type", of: AirflowV2.DagRunType.self)
        filter.types = types.isEmpty ? nil : types.compactMap(\.type)
        let chosen = filter
        return Answer(
            try await backend.reading { backend in
                if let dagID { try backend.requireDAG(dagID) }
                let page = try backend.store.runs(chosen)
                var versions = VersionRows()
                let rows = try page.rows.map { row in
                    AirflowV2.DAGRunResponse(
                        row.run, version: try versions.response(for: row.run, backend.store))
                }
                return AirflowV2.DAGRunCollectionResponse(dagRuns: rows, totalEntries: page.total)
            })
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DAGRunResponse> {
        try await answer(about: try context.dagID(), try context.runID())
    }

    private func answer(about dagID: DAGID, _ runID: RunID) async throws -> Answer<AirflowV2.DAGRunResponse> {
        Answer(try await backend.reading { try AirflowV2.DAGRunResponse(try $0.run(dagID, runID), $0) })
    }

    @Sendable private func trigger(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DAGRunResponse> {
        let dagID = try context.dagID()
        let body = try await request.decodeBody(AirflowV2.TriggerDAGRunPostBody.self)
        guard body.dataIntervalStart == nil, body.dataIntervalEnd == nil, body.partitionKey == nil else {
            throw APIError.badRequest(
                "data_interval_start, data_interval_end and partition_key are not supported")
        }
        let trigger = TriggerRequest(
            dagID: dagID, runID: body.dagRunID.map { RunID($0) },
            logicalDate: try body.logicalDate.map { try BodyDate.read($0, key: "logical_date") },
            conf: body.conf ?? JSONObject(), note: body.note, trigger: context.runTrigger)
        do {
            let run = try await backend.controlPlane.trigger(trigger)
            return try await answer(about: run.dagID, run.runID)
        } catch ControlPlaneError.conflict(let text) {
            throw APIError.duplicate(text)
        }
    }

    @Sendable private func patch(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.DAGRunResponse> {
        let (dagID, runID) = (try context.dagID(), try context.runID())
        let body = try await request.decodeBody(AirflowV2.DAGRunPatchBody.self)
        switch body.state {
        case .success:
            _ = try await backend.controlPlane.markRun(
                dagID: dagID, runID: runID, as: .success, by: context.actor)
        case .failed:
            _ = try await backend.controlPlane.markRun(
                dagID: dagID, runID: runID, as: .failed, by: context.actor)
        case .queued:
            _ = try await backend.controlPlane.clear(
                dagID: dagID, RunChoice(runID), InstanceSelection(), dryRun: false, by: context.actor)
        case nil:
            throw APIError.badRequest(
                "only the state of a run can be changed; its note is given when it is triggered")
        }
        return try await answer(about: dagID, runID)
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> NoContent {
        try await backend.controlPlane.deleteRun(
            dagID: try context.dagID(), runID: try context.runID(), by: context.actor)
        return NoContent()
    }

    /// With `dry_run` (the default) the task instances that would run again, else the run.
    @Sendable private func clear(_ request: Request, _ context: APIContext) async throws -> Response {
        let (dagID, runID) = (try context.dagID(), try context.runID())
        let body = try await request.decodeBody(AirflowV2.DAGRunClearBody.self)
        let isDryRun = body.dryRun ?? true
        let changes = try await backend.controlPlane.clear(
            dagID: dagID, RunChoice(runID), InstanceSelection(onlyFailed: body.onlyFailed ?? false),
            onNewestVersion: body.runOnLatestVersion ?? false, dryRun: isDryRun, by: context.actor)
        if isDryRun {
            return try await Answer(backend.taskInstances(changes))
                .response(from: request, context: context)
        }
        return try await answer(about: dagID, runID).response(from: request, context: context)
    }

    /// One line of JSON for each state of the run until it has ended; the last one has the results asked for.
    @Sendable private func wait(_ request: Request, _ context: APIContext) async throws -> Response {
        let (dagID, runID) = (try context.dagID(), try context.runID())
        let query = try QueryItems(request)
        guard let interval = query["interval"], Double(interval) ?? 0 > 0 else {
            throw APIError.invalidBody([
                .query("missing", "interval", "Field required: a number above 0", input: query["interval"])
            ])
        }
        let results = query.all("result").map { TaskID($0) }
        _ = try await backend.reading { try $0.run(dagID, runID) }
        let waiting = RunWaiting(backend: backend, dagID: dagID, runID: runID, results: results)
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson"],
            body: .following(request, context) { send in try await waiting.run(send: send) })
    }
}

/// A date in a request body.
enum BodyDate {
    static func read(_ text: String, key: String) throws -> Timestamp {
        do {
            return try Timestamp(rfc3339: text)
        } catch {
            throw APIError.invalidBody([
                .body("datetime_from_date_parsing", at: [.string(key)], "\(error)", input: .string(text))
            ])
        }
    }
}

extension Backend {
    /// The instances that a clear or a mark changed, or would change, as Airflow lists them.
    func taskInstances(
        _ changes: [RunChange]
    ) async throws -> AirflowV2.TaskInstanceCollectionResponse {
        try await reading { backend in
            var versions = VersionRows()
            var listed: [AirflowV2.TaskInstanceResponse] = []
            for change in changes where !change.instances.isEmpty {
                guard let run = try backend.store.run(change.run.number)?.run else { continue }
                let meant = Set(change.instances.map { InstanceName($0.taskID, $0.mapIndex) })
                var filter = InstanceFilter()
                filter.taskIDs = change.tasks
                filter.limit = Int(Int32.max)
                let version = try versions.response(for: run, backend.store)
                listed += try backend.store.instances(of: run.number, filter).rows
                    .filter { meant.contains(InstanceName($0.taskID, $0.instance.key.mapIndex)) }
                    .map { AirflowV2.TaskInstanceResponse($0, version: version, fields: nil) }
            }
            return AirflowV2.TaskInstanceCollectionResponse(
                taskInstances: listed, totalEntries: listed.count)
        }
    }

    private struct InstanceName: Hashable {
        let task: TaskID
        let mapIndex: Int

        init(_ task: TaskID, _ mapIndex: Int) {
            self.task = task
            self.mapIndex = mapIndex
        }
    }
}
