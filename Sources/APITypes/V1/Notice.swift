import JSONText

extension V1 {
    /// Somebody who is, was or could not be told of something.
    package struct Notice: Codable, Hashable, Sendable {
        package var id: Int64
        /// What the receiver knows it by, the same for every try.
        package var uid: String
        package var dagID: String
        package var runID: String
        /// Null: about the run itself.
        @Nullable package var taskID: String?
        package var mapIndex: Int
        /// `on_failure` and so on, or `deadline`.
        package var event: String
        /// `command`, `webhook` or `email`.
        package var kind: String
        /// `pending`, `sending`, `sent`, or `failed`: given up.
        package var state: String
        package var tries: Int
        package var createdAt: String
        @Nullable package var nextAt: String?
        @Nullable package var endedAt: String?
        /// Why the last try failed.
        @Nullable package var problem: String?
        /// What is told, in one sentence and as facts.
        package var text: String
        package var facts: JSONObject

        package init(
            id: Int64, uid: String, dagID: String, runID: String, taskID: String?, mapIndex: Int,
            event: String, kind: String, state: String, tries: Int, createdAt: String, nextAt: String?,
            endedAt: String?, problem: String?, text: String, facts: JSONObject
        ) {
            self.id = id
            self.uid = uid
            self.dagID = dagID
            self.runID = runID
            self.taskID = taskID
            self.mapIndex = mapIndex
            self.event = event
            self.kind = kind
            self.state = state
            self.tries = tries
            self.createdAt = createdAt
            self.nextAt = nextAt
            self.endedAt = endedAt
            self.problem = problem
            self.text = text
            self.facts = facts
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case id, uid, event, kind, state, tries, problem, text, facts
            case dagID = "dag_id"
            case runID = "run_id"
            case taskID = "task_id"
            case mapIndex = "map_index"
            case createdAt = "created_at"
            case nextAt = "next_at"
            case endedAt = "ended_at"
        }
    }

    /// What is known of a deadline of a run or of one of its tasks.
    package struct Deadline: Codable, Hashable, Sendable {
        /// Null: the run's.
        @Nullable package var taskID: String?
        /// `open`, `met`, `missed`, or `ignored`: too little history.
        package var outcome: String
        @Nullable package var due: String?
        package var text: String

        package init(taskID: String?, outcome: String, due: String?, text: String) {
            self.taskID = taskID
            self.outcome = outcome
            self.due = due
            self.text = text
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case outcome, due, text
            case taskID = "task_id"
        }
    }
}
