import JSONText

extension AirflowV2 {
    /// A request to set the state of a task instance.
    package struct PatchTaskInstanceBody: Codable, Hashable, Sendable {
        package var includeDownstream: Bool?
        package var includeFuture: Bool?
        package var includePast: Bool?
        package var includeUpstream: Bool?
        package var newState: TaskInstanceState?
        package var note: String?

        package init(
            includeDownstream: Bool? = nil, includeFuture: Bool? = nil, includePast: Bool? = nil,
            includeUpstream: Bool? = nil, newState: TaskInstanceState? = nil, note: String? = nil
        ) {
            self.includeDownstream = includeDownstream
            self.includeFuture = includeFuture
            self.includePast = includePast
            self.includeUpstream = includeUpstream
            self.newState = newState
            self.note = note
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case note
            case includeDownstream = "include_downstream"
            case includeFuture = "include_future"
            case includePast = "include_past"
            case includeUpstream = "include_upstream"
            case newState = "new_state"
        }
    }

    /// A request to run task instances again; without `dry_run: false` nothing changes.
    package struct ClearTaskInstancesBody: Codable, Hashable, Sendable {
        package var dagRunID: String?
        package var dryRun: Bool?
        package var endDate: String?
        package var includeDownstream: Bool?
        package var includeFuture: Bool?
        package var includePast: Bool?
        package var includeUpstream: Bool?
        package var onlyFailed: Bool?
        package var onlyRunning: Bool?
        package var preventRunningTask: Bool?
        package var resetDagRuns: Bool?
        package var runOnLatestVersion: Bool?
        package var startDate: String?
        /// Each a task id, or a pair of a task id and a map index.
        package var taskIDs: [JSONValue]?

        package init(
            dagRunID: String? = nil, dryRun: Bool? = nil, endDate: String? = nil,
            includeDownstream: Bool? = nil, includeFuture: Bool? = nil, includePast: Bool? = nil,
            includeUpstream: Bool? = nil, onlyFailed: Bool? = nil, onlyRunning: Bool? = nil,
            preventRunningTask: Bool? = nil, resetDagRuns: Bool? = nil, runOnLatestVersion: Bool? = nil,
            startDate: String? = nil, taskIDs: [JSONValue]? = nil
        ) {
            self.dagRunID = dagRunID
            self.dryRun = dryRun
            self.endDate = endDate
            self.includeDownstream = includeDownstream
            self.includeFuture = includeFuture
            self.includePast = includePast
            self.includeUpstream = includeUpstream
            self.onlyFailed = onlyFailed
            self.onlyRunning = onlyRunning
            self.preventRunningTask = preventRunningTask
            self.resetDagRuns = resetDagRuns
            self.runOnLatestVersion = runOnLatestVersion
            self.startDate = startDate
            self.taskIDs = taskIDs
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dagRunID = "dag_run_id"
            case dryRun = "dry_run"
            case endDate = "end_date"
            case includeDownstream = "include_downstream"
            case includeFuture = "include_future"
            case includePast = "include_past"
            case includeUpstream = "include_upstream"
            case onlyFailed = "only_failed"
            case onlyRunning = "only_running"
            case preventRunningTask = "prevent_running_task"
            case resetDagRuns = "reset_dag_runs"
            case runOnLatestVersion = "run_on_latest_version"
            case startDate = "start_date"
            case taskIDs = "task_ids"
        }
    }

    /// One thing that keeps a task instance from running.
    package struct TaskDependencyResponse: Codable, Hashable, Sendable {
        package var name: String
        package var reason: String

        package init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case name, reason
        }
    }

    /// Everything that keeps a task instance from running.
    package struct TaskDependencyCollectionResponse: Codable, Hashable, Sendable {
        package var dependencies: [TaskDependencyResponse]
        package var totalEntries: Int

        package init(dependencies: [TaskDependencyResponse], totalEntries: Int) {
            self.dependencies = dependencies
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dependencies
            case totalEntries = "total_entries"
        }
    }
}
