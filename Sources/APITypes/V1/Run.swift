import JSONText

extension V1 {
    /// A run as lists show it.
    package struct Run: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        /// `queued`, `running`, `success`, `failed` or `cancelled`.
        package var state: String
        package var runType: String
        package var triggeredBy: String
        @Nullable package var logicalDate: String?
        @Nullable package var dataIntervalStart: String?
        @Nullable package var dataIntervalEnd: String?
        package var runAfter: String
        package var queuedAt: String
        @Nullable package var startDate: String?
        @Nullable package var endDate: String?
        /// Seconds; of a run that is not finished: null.
        @Nullable package var duration: Double?
        /// Why it ended as it did, when its tasks do not say it.
        @Nullable package var reason: String?
        @Nullable package var note: String?
        /// The resolved parameters.
        package var conf: JSONObject
        package var dagVersion: String
        /// The clauses of `retrain_when` that started it; empty for other runs.
        package var causes: [RunCause] = []

        package init(
            dagID: String, runID: String, state: String, runType: String, triggeredBy: String,
            logicalDate: String? = nil, dataIntervalStart: String? = nil, dataIntervalEnd: String? = nil,
            runAfter: String, queuedAt: String, startDate: String? = nil, endDate: String? = nil,
            duration: Double? = nil, reason: String? = nil, note: String? = nil, conf: JSONObject,
            dagVersion: String
        ) {
            self.dagID = dagID
            self.runID = runID
            self.state = state
            self.runType = runType
            self.triggeredBy = triggeredBy
            self.logicalDate = logicalDate
            self.dataIntervalStart = dataIntervalStart
            self.dataIntervalEnd = dataIntervalEnd
            self.runAfter = runAfter
            self.queuedAt = queuedAt
            self.startDate = startDate
            self.endDate = endDate
            self.duration = duration
            self.reason = reason
            self.note = note
            self.conf = conf
            self.dagVersion = dagVersion
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case state, duration, reason, note, conf, causes
            case dagID = "dag_id"
            case runID = "run_id"
            case runType = "run_type"
            case triggeredBy = "triggered_by"
            case logicalDate = "logical_date"
            case dataIntervalStart = "data_interval_start"
            case dataIntervalEnd = "data_interval_end"
            case runAfter = "run_after"
            case queuedAt = "queued_at"
            case startDate = "start_date"
            case endDate = "end_date"
            case dagVersion = "dag_version"
        }
    }
}
