import JSONText

extension V1 {
    /// A run with its task instances: the object of `run --output json`, and more.
    package struct RunDetails: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        package var state: String
        /// In file order, then by map index.
        package var taskInstances: [TaskInstance]
        package var runType: String
        package var triggeredBy: String
        @Nullable package var logicalDate: String?
        @Nullable package var dataIntervalStart: String?
        @Nullable package var dataIntervalEnd: String?
        package var runAfter: String
        package var queuedAt: String
        @Nullable package var startDate: String?
        @Nullable package var endDate: String?
        @Nullable package var duration: Double?
        @Nullable package var reason: String?
        @Nullable package var note: String?
        package var conf: JSONObject
        package var dagVersion: String
        /// The clauses of `retrain_when` that started it; empty for other runs.
        package var causes: [RunCause] = []
        /// What is on record of its deadlines and those of its tasks; the rest is to come, or was in time.
        package var deadlines: [Deadline]
        /// The versions it had before it was moved onto this one, with what tasks did that are gone.
        package var pastVersions: [PastVersion]

        package init(
            dagID: String, runID: String, state: String, taskInstances: [TaskInstance], runType: String,
            triggeredBy: String, logicalDate: String? = nil, dataIntervalStart: String? = nil,
            dataIntervalEnd: String? = nil, runAfter: String, queuedAt: String, startDate: String? = nil,
            endDate: String? = nil, duration: Double? = nil, reason: String? = nil, note: String? = nil,
            conf: JSONObject, dagVersion: String, deadlines: [Deadline] = [],
            pastVersions: [PastVersion] = []
        ) {
            self.dagID = dagID
            self.runID = runID
            self.state = state
            self.taskInstances = taskInstances
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
            self.deadlines = deadlines
            self.pastVersions = pastVersions
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case state, duration, reason, note, conf, causes, deadlines
            case dagID = "dag_id"
            case runID = "run_id"
            case taskInstances = "task_instances"
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
            case pastVersions = "past_versions"
        }
    }
}
