extension V1 {
    /// Which task instances a clear or a mark is about. No task ids: all of the run.
    package struct SelectionBody: Codable, Hashable, Sendable {
        package var taskIDs: [String]?
        package var includeUpstream: Bool?
        package var includeDownstream: Bool?
        /// Also the runs with an earlier, with a later logical date.
        package var includePast: Bool?
        package var includeFuture: Bool?
        package var onlyFailed: Bool?
        /// For a mark: `success`, `failed` or `skipped`. With no task ids and `success` or `failed`: the run too.
        package var state: String?
        /// Of the named tasks only the instance with this map index.
        package var mapIndex: Int?
        /// For a clear: other params for the run, as `name=value`.
        package var params: [ParameterText]?
        /// For a clear: moves the runs onto the newest version of the DAG.
        package var runOnLatestVersion: Bool?
        /// For a clear: lets what is cleared be served from the cache.
        package var useCache: Bool?
        /// True unless `false` is sent.
        package var dryRun: Bool?

        package init(
            taskIDs: [String]? = nil, includeUpstream: Bool? = nil, includeDownstream: Bool? = nil,
            includePast: Bool? = nil, includeFuture: Bool? = nil, onlyFailed: Bool? = nil,
            state: String? = nil, mapIndex: Int? = nil, params: [ParameterText]? = nil,
            runOnLatestVersion: Bool? = nil, dryRun: Bool? = nil
        ) {
            self.includePast = includePast
            self.includeFuture = includeFuture
            self.runOnLatestVersion = runOnLatestVersion
            self.taskIDs = taskIDs
            self.includeUpstream = includeUpstream
            self.includeDownstream = includeDownstream
            self.onlyFailed = onlyFailed
            self.state = state
            self.mapIndex = mapIndex
            self.params = params
            self.dryRun = dryRun
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case state, params
            case mapIndex = "map_index"
            case taskIDs = "task_ids"
            case includeUpstream = "include_upstream"
            case includeDownstream = "include_downstream"
            case includePast = "include_past"
            case includeFuture = "include_future"
            case runOnLatestVersion = "run_on_latest_version"
            case useCache = "use_cache"
            case onlyFailed = "only_failed"
            case dryRun = "dry_run"
        }
    }

    /// What was, or with `dry_run` would be, changed.
    package struct Selection: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        package var dryRun: Bool
        /// The tasks of the run that was named.
        package var taskIDs: [String]
        /// Each changed run with its instances, in order of their dates.
        package var runs: [ChangedRun]

        package init(dagID: String, runID: String, dryRun: Bool, taskIDs: [String], runs: [ChangedRun]) {
            self.dagID = dagID
            self.runID = runID
            self.dryRun = dryRun
            self.taskIDs = taskIDs
            self.runs = runs
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case runs
            case dagID = "dag_id"
            case runID = "run_id"
            case dryRun = "dry_run"
            case taskIDs = "task_ids"
        }
    }

    /// What a clear or a mark changes in one run.
    package struct ChangedRun: Codable, Hashable, Sendable {
        package var runID: String
        @Nullable package var logicalDate: String?
        /// The version it is on afterwards; null when that does not change.
        @Nullable package var movedTo: String?
        /// Tasks that come with the new version, and those that go.
        package var added: [String]
        package var removed: [String]
        package var taskInstances: [ChangedInstance]

        package init(
            runID: String, logicalDate: String?, movedTo: String?, added: [String], removed: [String],
            taskInstances: [ChangedInstance]
        ) {
            self.runID = runID
            self.logicalDate = logicalDate
            self.movedTo = movedTo
            self.added = added
            self.removed = removed
            self.taskInstances = taskInstances
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case added, removed
            case runID = "run_id"
            case logicalDate = "logical_date"
            case movedTo = "moved_to"
            case taskInstances = "task_instances"
        }
    }

    /// An instance that a clear or a mark changes, with its state before.
    package struct ChangedInstance: Codable, Hashable, Sendable {
        package var taskID: String
        package var mapIndex: Int
        package var state: String

        package init(taskID: String, mapIndex: Int, state: String) {
            self.taskID = taskID
            self.mapIndex = mapIndex
            self.state = state
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case state
            case taskID = "task_id"
            case mapIndex = "map_index"
        }
    }

    /// Pauses a DAG's schedule, or lets it go on.
    package struct PauseBody: Codable, Hashable, Sendable {
        package var isPaused: Bool

        package init(isPaused: Bool) {
            self.isPaused = isPaused
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case isPaused = "is_paused"
        }
    }
}
