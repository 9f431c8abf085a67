extension V1 {
    /// Something that changed, sent on `/api/v1/events` after it was committed.
    package struct Event: Codable, Hashable, Sendable {
        /// `run`, `task_instance` or `dag`.
        package var type: String
        package var dagID: String
        @Nullable package var runID: String?
        @Nullable package var run: Run?
        @Nullable package var taskInstance: TaskInstance?

        package init(
            type: String, dagID: String, runID: String? = nil, run: Run? = nil,
            taskInstance: TaskInstance? = nil
        ) {
            self.type = type
            self.dagID = dagID
            self.runID = runID
            self.run = run
            self.taskInstance = taskInstance
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case type, run
            case dagID = "dag_id"
            case runID = "run_id"
            case taskInstance = "task_instance"
        }
    }
}
