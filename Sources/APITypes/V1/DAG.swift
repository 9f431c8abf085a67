extension V1 {
    /// A DAG as lists show it.
    package struct DAG: Codable, Hashable, Sendable {
        package var dagID: String
        package var description: String
        package var owner: String
        package var tags: [String]
        /// As the file says it; null for a DAG that only runs when asked.
        @Nullable package var schedule: String?
        package var timezone: String
        package var isPaused: Bool
        /// Why the scheduler paused it; null when a person did.
        @Nullable package var pauseReason: String?
        /// Whether its file is there.
        package var isActive: Bool
        /// Whether the newest text of its file is broken.
        package var hasImportErrors: Bool
        package var fileloc: String
        /// SHA-256 of the file's text.
        @Nullable package var version: String?
        package var maxActiveRuns: Int
        package var maxActiveTasks: Int
        package var taskCount: Int
        /// Queued or running.
        package var activeRuns: Int
        @Nullable package var nextLogicalDate: String?
        @Nullable package var latestRun: Run?

        package init(
            dagID: String, description: String, owner: String, tags: [String], schedule: String? = nil,
            timezone: String, isPaused: Bool, pauseReason: String? = nil, isActive: Bool,
            hasImportErrors: Bool, fileloc: String,
            version: String? = nil, maxActiveRuns: Int, maxActiveTasks: Int, taskCount: Int,
            activeRuns: Int, nextLogicalDate: String? = nil, latestRun: Run? = nil
        ) {
            self.dagID = dagID
            self.description = description
            self.owner = owner
            self.tags = tags
            self.schedule = schedule
            self.timezone = timezone
            self.isPaused = isPaused
            self.pauseReason = pauseReason
            self.isActive = isActive
            self.hasImportErrors = hasImportErrors
            self.fileloc = fileloc
            self.version = version
            self.maxActiveRuns = maxActiveRuns
            self.maxActiveTasks = maxActiveTasks
            self.taskCount = taskCount
            self.activeRuns = activeRuns
            self.nextLogicalDate = nextLogicalDate
            self.latestRun = latestRun
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, owner, tags, schedule, timezone, fileloc, version
            case dagID = "dag_id"
            case isPaused = "is_paused"
            case pauseReason = "pause_reason"
            case isActive = "is_active"
            case hasImportErrors = "has_import_errors"
            case maxActiveRuns = "max_active_runs"
            case maxActiveTasks = "max_active_tasks"
            case taskCount = "task_count"
            case activeRuns = "active_runs"
            case nextLogicalDate = "next_logical_date"
            case latestRun = "latest_run"
        }
    }
}
