import APITypes
import DAGDomain
import Hummingbird
import JSONText
import SchedulerService
import StateStore

/// `/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances` and `clearTaskInstances`. A map index is either the last
/// step of the path or the query item `map_index`.
struct TaskInstanceRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        let run = api.group("dags/:dag_id/dagRuns/:dag_run_id/taskInstances")
        run.get("", use: list)
        for path in [":task_id", ":task_id/:map_index"] as [RouterPath] {
            let task = run.group(path)
            task.get("", use: get)
            task.patch("", use: patch)
            task.patch("dry_run", use: dryRun)
            task.get("tries", use: tries)
            task.get("tries/:try_number", use: tryResponse)
            task.get("dependencies", use: dependencies)
        }
        run.get(":task_id/listMapped", use: listMapped)
        api.post("dags/:dag_id/clearTaskInstances", use: clear)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.TaskInstanceCollectionResponse> {
        let query = try QueryItems(request)
        var filter = try filter(query)
        filter.taskIDs = query.all("task_id").map { TaskID($0) }.nonEmpty
        filter.taskIDPatterns = query.patterns("task_display_name_pattern")
        filter.mapIndices = query.all("map_index").compactMap { Int($0) }.nonEmpty
        return try await page(filter, try context.dagID(), try context.runID())
    }

    /// The instances of one mapped task, by map index; none before it is expanded, or when there was nothing to run
    /// through.
    @Sendable private func listMapped(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.TaskInstanceCollectionResponse> {
        let (dagID, runID, taskID) = (try context.dagID(), try context.runID(), try context.taskID())
        try await backend.reading { backend in
            let dag = try backend.controlPlane.definition(of: backend.run(dagID, runID).run)
            guard let task = dag.index(of: taskID) else {
                throw APIError.unknown(.task, "Task id \(taskID) not found")
            }
            guard dag.mappings[task] != nil else {
                throw APIError.unknown(.task, "Task id \(taskID) is not mapped")
            }
        }
        var filter = try filter(try QueryItems(request))
        filter.taskIDs = [taskID]
        filter.isMapped = true
        return try await page(filter, dagID, runID)
    }

    private func filter(_ query: QueryItems) throws -> InstanceFilter {
        var filter = InstanceFilter()
        (filter.limit, filter.offset) = try query.page()
        filter.descending = query["order_by"]?.hasPrefix("-") ?? false
        filter.pools = query.all("pool").map { PoolName($0) }.nonEmpty
        filter.states = try states(query)
        return filter
    }

    private func page(
        _ chosen: InstanceFilter, _ dagID: DAGID, _ runID: RunID
    ) async throws -> Answer<AirflowV2.TaskInstanceCollectionResponse> {
        Answer(
            try await backend.reading { backend in
                let row = try backend.run(dagID, runID)
                let page = try backend.store.instances(of: row.run.number, chosen)
                var versions = VersionRows()
                let version = try versions.response(for: row.run, backend.store)
                let fields = try backend.renderedFields(of: page.rows, row.run)
                return AirflowV2.TaskInstanceCollectionResponse(
                    taskInstances: page.rows.map {
                        AirflowV2.TaskInstanceResponse(
                            $0, version: version, fields: fields[$0.instance.key])
                    },
                    totalEntries: page.total)
            })
    }

    /// `no_status` and `none` are Airflow's words for what we call pending.
    private func states(_ query: QueryItems) throws -> [TaskInstanceState]? {
        let pending: Set<String> = ["no_status", "none", "null"]
        let known = try query.words("state", of: StateWord.self)
        return known.flatMap { word -> [TaskInstanceState] in
            if pending.contains(word.rawValue) { return [.pending] }
            return TaskInstanceState.allCases.filter {
                AirflowV2.TaskInstanceState($0)?.rawValue == word.rawValue
            }
        }.nonEmpty ?? (known.isEmpty ? nil : [])
    }

    private struct StateWord: RawRepresentable, CaseIterable {
        let rawValue: String

        init?(rawValue: String) {
            guard Self.words.contains(rawValue) else { return nil }
            self.rawValue = rawValue
        }

        static let words =
            AirflowV2.TaskInstanceState.allCases.map(\.rawValue) + ["no_status", "none", "null"]
        static var allCases: [StateWord] { words.compactMap { StateWord(rawValue: $0) } }
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.TaskInstanceResponse> {
        let place = try TaskPlace(request, context)
        return Answer(
            try await backend.reading { backend in
                let (run, row) = try backend.instance(place)
                var versions = VersionRows()
                return AirflowV2.TaskInstanceResponse(
                    row, version: try versions.response(for: run.run, backend.store),
                    fields: try backend.renderedFields(of: [row], run.run)[row.instance.key])
            })
    }

    @Sendable private func tries(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.TaskInstanceHistoryCollectionResponse> {
        let rows = try await history(try TaskPlace(request, context))
        return Answer(
            AirflowV2.TaskInstanceHistoryCollectionResponse(taskInstances: rows, totalEntries: rows.count))
    }

    @Sendable private func tryResponse(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.TaskInstanceHistoryResponse> {
        let place = try TaskPlace(request, context)
        let number = try context.number("try_number", in: 1...Int(Int32.max))
        guard let row = try await history(place).first(where: { $0.tryNumber == number }) else {
            throw ControlPlaneError.unknownAttempt(place.dagID, place.runID, place.taskID, tryNumber: number)
        }
        return Answer(row)
    }

    private func history(_ place: TaskPlace) async throws -> [AirflowV2.TaskInstanceHistoryResponse] {
        try await backend.reading { backend in
            let (run, row) = try backend.instance(place)
            var versions = VersionRows()
            let version = try versions.response(for: run.run, backend.store)
            return try backend.store.attempts(of: row.instance.key).map {
                AirflowV2.TaskInstanceHistoryResponse($0, of: row, version: version)
            }
        }
    }

    /// What keeps an instance from running; nothing once it runs or has ended.
    @Sendable private func dependencies(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.TaskDependencyCollectionResponse> {
        let place = try TaskPlace(request, context)
        let explanation = try await backend.controlPlane.explain(
            dagID: place.dagID, runID: place.runID, taskID: place.taskID, mapIndex: place.mapIndex)
        let isWaiting = !explanation.state.isFinished && explanation.state != .running
        let reasons =
            isWaiting
            ? [AirflowV2.TaskDependencyResponse(name: "Scheduler", reason: explanation.sentence)] : []
        return Answer(
            AirflowV2.TaskDependencyCollectionResponse(dependencies: reasons, totalEntries: reasons.count))
    }

    @Sendable private func patch(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.TaskInstanceCollectionResponse> {
        try await mark(request, context, dryRun: false)
    }

    @Sendable private func dryRun(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.TaskInstanceCollectionResponse> {
        try await mark(request, context, dryRun: true)
    }

    private func mark(
        _ request: Request, _ context: APIContext, dryRun: Bool
    ) async throws -> Answer<AirflowV2.TaskInstanceCollectionResponse> {
        let place = try TaskPlace(request, context)
        let body = try await request.decodeBody(AirflowV2.PatchTaskInstanceBody.self)
        let state: TaskInstanceState
        switch body.newState {
        case .success: state = .success
        case .failed: state = .failed
        case .skipped: state = .skipped
        default: throw APIError.badRequest("new_state must be success, failed or skipped")
        }
        let runs = RunChoice(
            place.runID, includesPast: body.includePast ?? false,
            includesFuture: body.includeFuture ?? false)
        let changes = try await backend.controlPlane.mark(
            dagID: place.dagID, runs,
            InstanceSelection(
                taskIDs: [place.taskID], includesUpstream: body.includeUpstream ?? false,
                includesDownstream: body.includeDownstream ?? false,
                mapIndices: place.mapIndex < 0 ? [:] : [place.taskID: [place.mapIndex]]), as: state,
            dryRun: dryRun, by: context.actor)
        return Answer(try await backend.taskInstances(changes))
    }

    @Sendable private func clear(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<AirflowV2.TaskInstanceCollectionResponse> {
        let dagID = try context.dagID()
        let body = try await request.decodeBody(AirflowV2.ClearTaskInstancesBody.self)
        guard body.resetDagRuns != false else {
            throw APIError.badRequest("reset_dag_runs: a run with tasks to run is always queued again")
        }
        var selection = InstanceSelection(
            includesUpstream: body.includeUpstream ?? false,
            includesDownstream: body.includeDownstream ?? false, onlyFailed: body.onlyFailed ?? true,
            onlyRunning: body.onlyRunning ?? false)
        for value in body.taskIDs ?? [] { try selection.add(value) }
        let changes = try await backend.controlPlane.clear(
            dagID: dagID, try RunChoice(body), selection, onNewestVersion: body.runOnLatestVersion ?? false,
            dryRun: body.dryRun ?? true, by: context.actor)
        return Answer(try await backend.taskInstances(changes))
    }
}

extension InstanceSelection {
    /// A task's id, or a pair of it and a map index. A task that is named without an index is meant as a whole.
    fileprivate mutating func add(_ value: JSONValue) throws {
        guard let text = value.stringValue ?? value[0]?.stringValue, TaskID(text).isValidName else {
            throw APIError.invalidBody([
                .body("string_type", at: ["task_ids"], "Input should be a task id", input: value)
            ])
        }
        let task = TaskID(text)
        let isWhole = taskIDs.contains(task) && mapIndices[task] == nil
        if !taskIDs.contains(task) { taskIDs.append(task) }
        guard let index = value[1]?.intValue, value.stringValue == nil, !isWhole else {
            mapIndices[task] = nil
            return
        }
        mapIndices[task, default: []].insert(Int(clamping: index))
    }
}

extension RunChoice {
    /// One run with its past and future, or all with a logical date between two dates.
    fileprivate init(_ body: AirflowV2.ClearTaskInstancesBody) throws {
        if let text = body.dagRunID {
            guard RunID(text).isValid else {
                throw APIError.badRequest("dag_run_id does not have the form of a run id")
            }
            self.init(
                RunID(text), includesPast: body.includePast ?? false,
                includesFuture: body.includeFuture ?? false)
        } else {
            let from = try body.startDate.map { try BodyDate.read($0, key: "start_date") }
            let through = try body.endDate.map { try BodyDate.read($0, key: "end_date") }
            self.init(
                nil, from: body.includePast == true ? nil : from,
                through: body.includeFuture == true ? nil : through)
        }
    }
}

/// The task instance that a path names.
struct TaskPlace: Sendable {
    let dagID: DAGID
    let runID: RunID
    let taskID: TaskID
    let mapIndex: Int

    init(_ request: Request, _ context: APIContext) throws {
        dagID = try context.dagID()
        runID = try context.runID()
        taskID = try context.taskID()
        let range = -1...Int(Int32.max)
        mapIndex =
            context.parameters.get("map_index") == nil
            ? try QueryItems(request).int("map_index", in: range) ?? -1
            : try context.number("map_index", in: range)
    }
}

extension Backend {
    /// What was filled in in the templates of instances of one run; inside `reading` only.
    func renderedFields(of rows: [InstanceRow], _ run: DAGRun) throws -> [TaskInstanceKey: JSONObject] {
        try controlPlane.renderedFields(of: rows.map(\.instance), run: run)
    }

    /// Inside `reading` only.
    func instance(_ place: TaskPlace) throws -> (run: RunRow, row: InstanceRow) {
        let run = try run(place.dagID, place.runID)
        return (run, try instance(run, place.taskID, mapIndex: place.mapIndex))
    }
}
