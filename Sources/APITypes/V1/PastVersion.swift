extension V1 {
    /// A version of its DAG that a run had before a clear moved it onto a newer one.
    package struct PastVersion: Codable, Hashable, Sendable {
        package var version: String
        package var versionNumber: Int
        /// When the run was moved.
        package var until: String
        /// What the tasks had done that the next version no longer had.
        package var removed: [PastInstance]

        package init(version: String, versionNumber: Int, until: String, removed: [PastInstance]) {
            self.version = version
            self.versionNumber = versionNumber
            self.until = until
            self.removed = removed
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case version, until, removed
            case versionNumber = "version_number"
        }
    }

    /// How a task had ended that a run no longer has.
    package struct PastInstance: Codable, Hashable, Sendable {
        package var taskID: String
        package var mapIndex: Int
        package var state: String
        package var tryNumber: Int
        @Nullable package var startDate: String?
        @Nullable package var endDate: String?
        /// The last attempt: its log is `ATTEMPT.log` in the run's folder.
        @Nullable package var attempt: String?

        package init(
            taskID: String, mapIndex: Int, state: String, tryNumber: Int, startDate: String?,
            endDate: String?, attempt: String?
        ) {
            self.taskID = taskID
            self.mapIndex = mapIndex
            self.state = state
            self.tryNumber = tryNumber
            self.startDate = startDate
            self.endDate = endDate
            self.attempt = attempt
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case state, attempt
            case taskID = "task_id"
            case mapIndex = "map_index"
            case tryNumber = "try_number"
            case startDate = "start_date"
            case endDate = "end_date"
        }
    }
}
