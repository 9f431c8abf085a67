import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// Runs: ask for them, look at them, change them. States are the scheduler's own.
struct V1RunRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("runs", use: listAll)
        api.post("run-file", use: runFile)
        V1TransferRoutes(backend: backend).add(to: api)
        V1ReproductionRoutes(backend: backend).add(to: api)
        api.get("dags/:dag_id/runs", use: list)
        api.post("dags/:dag_id/runs", use: trigger)
        api.get("dags/:dag_id/runs/:dag_run_id", use: get)
        api.delete("dags/:dag_id/runs/:dag_run_id", use: delete)
        api.post("dags/:dag_id/runs/:dag_run_id/cancel", use: cancel)
        api.post("dags/:dag_id/runs/:dag_run_id/clear", use: clear)
        api.post("dags/:dag_id/runs/:dag_run_id/mark", use: mark)
    }

    @Sendable private func listAll(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.Run>> {
        try await list(request, dagIDs: QueryItems(request).all("dag_id").map { DAGID($0) }.nonEmpty)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.Run>> {
        let dagID = try context.dagID()
        try await backend.reading { try $0.requireDAG(dagID) }
        return try await list(request, dagIDs: [dagID])
    }

    private func list(_ request: Request, dagIDs: [DAGID]?) async throws -> Answer<V1.Page<V1.Run>> {
        let query = try QueryItems(request)
        var filter = RunFilter()
        try query.apply(to: &filter)
        (filter.limit, filter.offset) = try query.longPage()
        filter.dagIDs = dagIDs
        filter.states = try query.words("state", of: DAGRunState.self).nonEmpty
        filter.types = try query.words("run_type", of: DAGRunType.self).nonEmpty
        let chosen = filter
        return Answer(
            try await backend.reading { backend in
                let page = try backend.store.runs(chosen)
                let causes = try backend.store.causes(of: page.rows.map(\.run.number))
                let items = page.rows.map { row in
                    var run = V1.Run(row.run)
                    run.causes = (causes[row.run.number] ?? []).map { V1.RunCause($0) }
                    return run
                }
                return V1.Page(items: items, totalEntries: page.total)
            })
    }

    @Sendable private func trigger(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Run> {
        let dagID = try context.dagID()
        let body = try await request.decodeBody(V1.TriggerBody.self)
        let run = try await backend.controlPlane.trigger(
            try TriggerRequest(body, dagID: dagID, trigger: context.runTrigger))
        return Answer(V1.Run(run), status: .created)
    }

    /// Runs any file of this machine, so it is for those who are on it.
    @Sendable private func runFile(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Run> {
        guard context.origin.isTrusted else {
            throw APIError.forbidden("a DAG file is run over the unix socket only")
        }
        let body = try await request.decodeBody(V1.RunFileBody.self)
        guard body.path.hasPrefix("/"), !body.path.contains("\0") else {
            throw APIError.badRequest("path must be absolute")
        }
        let texts = V1.TriggerBody(
            runID: body.runID, logicalDate: body.logicalDate, conf: body.conf, params: body.params,
            note: body.note, noCache: body.noCache)
        let run = try await backend.controlPlane.runFile(
            body.path, try TriggerRequest(texts, dagID: DAGID(""), trigger: context.runTrigger))
        return Answer(V1.Run(run), status: .created)
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.RunDetails> {
        let (dagID, runID) = (try context.dagID(), try context.runID())
        return Answer(try await backend.reading { try V1.RunDetails(try $0.runView(dagID, runID), $0) })
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> NoContent {
        try await backend.controlPlane.deleteRun(
            dagID: try context.dagID(), runID: try context.runID(), by: context.actor)
        return NoContent()
    }

    @Sendable private func cancel(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Run> {
        Answer(
            V1.Run(
                try await backend.controlPlane.cancel(
                    dagID: try context.dagID(), runID: try context.runID(), by: context.actor)))
    }

    @Sendable private func clear(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Selection> {
        let (dagID, runID) = (try context.dagID(), try context.runID())
        let body = try await request.decodeBody(V1.SelectionBody.self)
        let isDryRun = body.dryRun ?? true
        let changes = try await backend.controlPlane.clear(
            dagID: dagID, RunChoice(body, runID), try InstanceSelection(body),
            onNewestVersion: body.runOnLatestVersion ?? false, dryRun: isDryRun, by: context.actor)
        return Answer(V1.Selection(dagID, runID, isDryRun, changes))
    }

    /// Without task ids the run itself is marked, and with it what has not ended.
    @Sendable private func mark(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Selection> {
        let (dagID, runID) = (try context.dagID(), try context.runID())
        let body = try await request.decodeBody(V1.SelectionBody.self)
        guard let state = body.state.flatMap({ TaskInstanceState(rawValue: $0) }),
            [.success, .failed, .skipped].contains(state)
        else { throw APIError.badRequest("state must be success, failed or skipped") }
        let isDryRun = body.dryRun ?? true
        let selection = try InstanceSelection(body)
        if selection.taskIDs.isEmpty, let runState = DAGRunState(rawValue: state.rawValue) {
            let view = try await backend.reading { try $0.runView(dagID, runID) }
            guard body.includePast != true, body.includeFuture != true else {
                throw APIError.badRequest(
                    "include_past and include_future go with task_ids: runs are marked one by one")
            }
            let open = RunChange(
                run: view.run, version: view.run.version,
                instances: view.instances.filter { !$0.instance.state.isFinished }.map {
                    RunChange.Instance(
                        taskID: $0.taskID, mapIndex: $0.instance.key.mapIndex, state: $0.instance.state)
                }, added: [], removed: [])
            if !isDryRun {
                _ = try await backend.controlPlane.markRun(
                    dagID: dagID, runID: runID, as: runState, by: context.actor)
            }
            return Answer(V1.Selection(dagID, runID, isDryRun, [open]))
        }
        let changes = try await backend.controlPlane.mark(
            dagID: dagID, RunChoice(body, runID), selection, as: state, dryRun: isDryRun, by: context.actor)
        return Answer(V1.Selection(dagID, runID, isDryRun, changes))
    }
}

extension TriggerRequest {
    fileprivate init(_ body: V1.TriggerBody, dagID: DAGID, trigger: RunTrigger) throws {
        self.init(
            dagID: dagID, runID: body.runID.map { RunID($0) },
            logicalDate: try body.logicalDate.map { try BodyDate.read($0, key: "logical_date") },
            conf: body.conf ?? JSONObject(),
            parameterTexts: body.params?.map { ($0.name, $0.text) } ?? [], note: body.note, trigger: trigger)
        usesCache = body.noCache != true
    }
}

extension InstanceSelection {
    fileprivate init(_ body: V1.SelectionBody) throws {
        let tasks = (body.taskIDs ?? []).map { TaskID($0) }
        guard tasks.allSatisfy(\.isValidName) else {
            throw APIError.badRequest("task_ids holds something that is not the form of a task id")
        }
        self.init(
            taskIDs: tasks, includesUpstream: body.includeUpstream ?? false,
            includesDownstream: body.includeDownstream ?? false, onlyFailed: body.onlyFailed ?? false,
            mapIndices: body.mapIndex.map { index in
                Dictionary(uniqueKeysWithValues: Set(tasks).map { ($0, [index]) })
            } ?? [:],
            assignments: (body.params ?? []).map { "\($0.name)=\($0.text)" })
        usesCache = body.useCache ?? false
    }
}

extension RunChoice {
    fileprivate init(_ body: V1.SelectionBody, _ runID: RunID) {
        self.init(
            runID, includesPast: body.includePast ?? false, includesFuture: body.includeFuture ?? false)
    }
}

extension V1.Selection {
    fileprivate init(_ dagID: DAGID, _ runID: RunID, _ isDryRun: Bool, _ changes: [RunChange]) {
        let named = changes.first { $0.run.runID == runID }
        self.init(
            dagID: dagID.text, runID: runID.text, dryRun: isDryRun,
            taskIDs: (named?.tasks ?? []).map(\.text),
            runs: changes.filter { !$0.isNothing }.map { V1.ChangedRun($0) })
    }
}

extension V1.ChangedRun {
    fileprivate init(_ change: RunChange) {
        self.init(
            runID: change.run.runID.text, logicalDate: change.run.logicalDate?.rfc3339,
            movedTo: change.isMoved ? change.version.text : nil, added: change.added.map(\.text),
            removed: change.removed.map(\.text),
            taskInstances: change.instances.map {
                V1.ChangedInstance(
                    taskID: $0.taskID.text, mapIndex: $0.mapIndex, state: $0.state.rawValue)
            })
    }
}
