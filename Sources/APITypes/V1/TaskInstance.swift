import JSONText

extension V1 {
    /// One task in one run.
    package struct TaskInstance: Codable, Hashable, Sendable {
        package var taskID: String
        /// -1 when not mapped.
        package var mapIndex: Int
        /// As the scheduler names it, `pending` and `cancelled` included.
        package var state: String
        /// 0 before the first attempt.
        package var tryNumber: Int
        /// Of the last attempt.
        @Nullable package var startDate: String?
        @Nullable package var endDate: String?
        /// Seconds, of the last attempt.
        @Nullable package var duration: Double?
        package var type: String
        /// The try after which none is left.
        package var maxTries: Int
        @Nullable package var pool: String?
        @Nullable package var scheduledAt: String?
        @Nullable package var queuedAt: String?
        /// The earliest start of the next try.
        @Nullable package var notBefore: String?
        /// What kind of thing ended it badly, for example `user_error`, `timeout`, `gate`.
        @Nullable package var failure: String?
        /// The reason of its state in a sentence.
        @Nullable package var reason: String?
        @Nullable package var exitCode: Int?
        package var metrics: [Metric]
        @Nullable package var gate: GateVerdict?

        package init(
            taskID: String, mapIndex: Int, state: String, tryNumber: Int, startDate: String? = nil,
            endDate: String? = nil, duration: Double? = nil, type: String, maxTries: Int,
            pool: String? = nil, scheduledAt: String? = nil, queuedAt: String? = nil,
            notBefore: String? = nil, failure: String? = nil, reason: String? = nil, exitCode: Int? = nil,
            metrics: [Metric], gate: GateVerdict? = nil
        ) {
            self.taskID = taskID
            self.mapIndex = mapIndex
            self.state = state
            self.tryNumber = tryNumber
            self.startDate = startDate
            self.endDate = endDate
            self.duration = duration
            self.type = type
            self.maxTries = maxTries
            self.pool = pool
            self.scheduledAt = scheduledAt
            self.queuedAt = queuedAt
            self.notBefore = notBefore
            self.failure = failure
            self.reason = reason
            self.exitCode = exitCode
            self.metrics = metrics
            self.gate = gate
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case state, duration, type, pool, failure, reason, metrics, gate
            case taskID = "task_id"
            case mapIndex = "map_index"
            case tryNumber = "try_number"
            case startDate = "start_date"
            case endDate = "end_date"
            case maxTries = "max_tries"
            case scheduledAt = "scheduled_at"
            case queuedAt = "queued_at"
            case notBefore = "not_before"
            case exitCode = "exit_code"
        }
    }

    /// The last value of a metric.
    package struct Metric: Codable, Hashable, Sendable {
        package var name: String
        /// A number, or `"NaN"`, `"Infinity"`, `"-Infinity"`, which JSON has no number for (MLflow writes the same).
        package var value: JSONValue
        @Nullable package var step: Int64?

        package init(name: String, value: JSONValue, step: Int64? = nil) {
            self.name = name
            self.value = value
            self.step = step
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case name, value, step
        }
    }
}
