import JSONText

extension V1 {
    /// A clause of `retrain_when` that has fired, with what it saw.
    package struct RunCause: Codable, Hashable, Sendable {
        package var clause: String
        /// When it fired: of the clock's clauses the tick.
        package var at: String
        /// The metric, or the rows; null for clauses without a number.
        @Nullable package var value: JSONValue?
        @Nullable package var dagID: String?
        @Nullable package var runID: String?
        @Nullable package var taskID: String?
        @Nullable package var mapIndex: Int?
        /// Who updated the asset, when no task did.
        @Nullable package var source: String?
        /// All of it for people.
        package var sentence: String

        package init(
            clause: String, at: String, value: JSONValue?, dagID: String? = nil, runID: String? = nil,
            taskID: String? = nil, mapIndex: Int? = nil, source: String? = nil, sentence: String
        ) {
            self.clause = clause
            self.at = at
            self.value = value
            self.dagID = dagID
            self.runID = runID
            self.taskID = taskID
            self.mapIndex = mapIndex
            self.source = source
            self.sentence = sentence
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case clause, at, value, source, sentence
            case dagID = "dag_id"
            case runID = "run_id"
            case taskID = "task_id"
            case mapIndex = "map_index"
        }
    }

    /// What a DAG with `retrain_when` waits for.
    package struct Retraining: Codable, Hashable, Sendable {
        package var condition: String
        /// Seconds.
        package var cooldown: Double
        /// Such as `4/week`.
        @Nullable package var budget: String?
        /// Runs that the budget counts now.
        package var spent: Int
        /// What has fired since the last run.
        package var fired: [RunCause]
        /// Rows since the last run, by asset.
        package var newRows: JSONObject
        /// When the schedule last started a run.
        @Nullable package var lastStart: String?
        /// The next tick of a clause of the clock.
        @Nullable package var nextTick: String?
        /// Whether what has fired is enough for a run.
        package var isMet: Bool
        /// Why no run starts all the same: `paused`, `cooldown`, `budget` or `max_active_runs`.
        @Nullable package var waitsFor: String?
        @Nullable package var waitsUntil: String?
        /// All of it for people.
        package var sentence: String

        package init(
            condition: String, cooldown: Double, budget: String?, spent: Int, fired: [RunCause],
            newRows: JSONObject, lastStart: String?, nextTick: String?, isMet: Bool, waitsFor: String?,
            waitsUntil: String?, sentence: String
        ) {
            self.condition = condition
            self.cooldown = cooldown
            self.budget = budget
            self.spent = spent
            self.fired = fired
            self.newRows = newRows
            self.lastStart = lastStart
            self.nextTick = nextTick
            self.isMet = isMet
            self.waitsFor = waitsFor
            self.waitsUntil = waitsUntil
            self.sentence = sentence
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case condition, cooldown, budget, spent, fired, sentence
            case newRows = "new_rows"
            case lastStart = "last_start"
            case nextTick = "next_tick"
            case isMet = "is_met"
            case waitsFor = "waits_for"
            case waitsUntil = "waits_until"
        }
    }
}
