extension V1 {
    /// A question that waits for a person.
    package struct Approval: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        package var taskID: String
        package var mapIndex: Int
        package var subject: String
        package var body: String
        package var since: String?
        /// When it is decided without a person.
        package var deadline: String?
        /// What is decided then; nil: the task fails.
        package var fallback: String?

        package init(
            dagID: String, runID: String, taskID: String, mapIndex: Int, subject: String, body: String,
            since: String?, deadline: String?, fallback: String?
        ) {
            self.dagID = dagID
            self.runID = runID
            self.taskID = taskID
            self.mapIndex = mapIndex
            self.subject = subject
            self.body = body
            self.since = since
            self.deadline = deadline
            self.fallback = fallback
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case subject, body, since, deadline
            case dagID = "dag_id"
            case runID = "run_id"
            case taskID = "task_id"
            case mapIndex = "map_index"
            case fallback = "default"
        }
    }

    /// The answer of a person.
    package struct DecisionBody: Codable, Hashable, Sendable {
        /// `approve` or `reject`.
        package var decision: String
        package var note: String?

        package init(decision: String, note: String? = nil) {
            self.decision = decision
            self.note = note
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case decision, note
        }
    }
}
