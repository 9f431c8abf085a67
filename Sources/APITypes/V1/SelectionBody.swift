extension V1 {
    /// Which task instances a clear or a mark is about. No task ids: all of the run.
    package struct SelectionBody: Codable, Hashable, Sendable {
        package var taskIDs: [String]?
        package var includeUpstream: Bool?
        package var includeDownstream: Bool?
        package var onlyFailed: Bool?
        /// For a mark: `success`, `failed` or `skipped`. With no task ids and `success` or `failed`: the run too.
        package var state: String?
        /// Of the named tasks only the instance with this map index.
        package var mapIndex: Int?
        /// For a clear: other params for the run, as `name=value`.
        package var params: [ParameterText]?
        /// True unless `false` is sent.
        package var dryRun: Bool?

        package init(
            taskIDs: [String]? = nil, includeUpstream: Bool? = nil, includeDownstream: Bool? = nil,
            onlyFailed: Bool? = nil, state: String? = nil, mapIndex: Int? = nil,
            params: [ParameterText]? = nil,
            dryRun: Bool? = nil
        ) {
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
            case onlyFailed = "only_failed"
            case dryRun = "dry_run"
        }
    }

    /// The tasks that were, or with `dry_run` would be, changed.
    package struct Selection: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        package var dryRun: Bool
        package var taskIDs: [String]

        package init(dagID: String, runID: String, dryRun: Bool, taskIDs: [String]) {
            self.dagID = dagID
            self.runID = runID
            self.dryRun = dryRun
            self.taskIDs = taskIDs
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dagID = "dag_id"
            case runID = "run_id"
            case dryRun = "dry_run"
            case taskIDs = "task_ids"
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
