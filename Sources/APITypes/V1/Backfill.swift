import JSONText

extension V1 {
    /// A backfill, with Airflow's names where it has them.
    package struct Backfill: Codable, Hashable, Sendable {
        package var id: Int64
        package var dagID: String
        package var dagDisplayName: String
        /// Both inclusive.
        package var fromDate: String
        package var toDate: String
        /// `active`, `paused`, or `complete`.
        package var state: String
        package var isPaused: Bool
        package var maxActiveRuns: Int
        /// `none`, `failed` or `completed`.
        package var reprocessBehavior: String
        package var runBackwards: Bool
        package var collapse: Bool
        /// What its new runs were given.
        package var dagRunConf: JSONObject
        package var createdAt: String
        package var updatedAt: String
        @Nullable package var completedAt: String?
        /// How many runs belong to it, and how many of them are in each state.
        package var totalRuns: Int
        package var runs: [StateCount]

        package init(
            id: Int64, dagID: String, fromDate: String, toDate: String, state: String, isPaused: Bool,
            maxActiveRuns: Int, reprocessBehavior: String, runBackwards: Bool, collapse: Bool,
            dagRunConf: JSONObject, createdAt: String, updatedAt: String, completedAt: String?,
            totalRuns: Int, runs: [StateCount]
        ) {
            self.id = id
            self.dagID = dagID
            dagDisplayName = dagID
            self.fromDate = fromDate
            self.toDate = toDate
            self.state = state
            self.isPaused = isPaused
            self.maxActiveRuns = maxActiveRuns
            self.reprocessBehavior = reprocessBehavior
            self.runBackwards = runBackwards
            self.collapse = collapse
            self.dagRunConf = dagRunConf
            self.createdAt = createdAt
            self.updatedAt = updatedAt
            self.completedAt = completedAt
            self.totalRuns = totalRuns
            self.runs = runs
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case id, state, collapse, runs
            case dagID = "dag_id"
            case dagDisplayName = "dag_display_name"
            case fromDate = "from_date"
            case toDate = "to_date"
            case isPaused = "is_paused"
            case maxActiveRuns = "max_active_runs"
            case reprocessBehavior = "reprocess_behavior"
            case runBackwards = "run_backwards"
            case dagRunConf = "dag_run_conf"
            case createdAt = "created_at"
            case updatedAt = "updated_at"
            case completedAt = "completed_at"
            case totalRuns = "total_runs"
        }
    }

    /// A run that a backfill would make, or would let run again.
    package struct BackfillRun: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        package var logicalDate: String
        package var dataIntervalStart: String
        package var dataIntervalEnd: String
        package var localTime: String
        /// Whether a finished run runs again.
        package var reprocess: Bool

        package init(
            dagID: String, runID: String, logicalDate: String, dataIntervalStart: String,
            dataIntervalEnd: String, localTime: String, reprocess: Bool
        ) {
            self.dagID = dagID
            self.runID = runID
            self.logicalDate = logicalDate
            self.dataIntervalStart = dataIntervalStart
            self.dataIntervalEnd = dataIntervalEnd
            self.localTime = localTime
            self.reprocess = reprocess
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case reprocess
            case dagID = "dag_id"
            case runID = "run_id"
            case logicalDate = "logical_date"
            case dataIntervalStart = "data_interval_start"
            case dataIntervalEnd = "data_interval_end"
            case localTime = "local_time"
        }
    }

    /// A request for a backfill.
    package struct BackfillBody: Codable, Hashable, Sendable {
        package var dagID: String
        package var fromDate: String
        package var toDate: String
        package var maxActiveRuns: Int?
        package var reprocessBehavior: String?
        package var runBackwards: Bool?
        package var collapse: Bool?
        package var dagRunConf: JSONObject?
        /// `--param k=v` texts, read by the declared type; they win over `dag_run_conf`.
        package var params: [ParameterText]?
        /// The number of a version of the DAG, or the beginning of its hash.
        package var version: String?
        /// Runs every task, also those that could be served from the cache.
        package var noCache: Bool?

        package init(dagID: String, fromDate: String, toDate: String) {
            self.dagID = dagID
            self.fromDate = fromDate
            self.toDate = toDate
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case collapse, params, version
            case dagID = "dag_id"
            case fromDate = "from_date"
            case toDate = "to_date"
            case maxActiveRuns = "max_active_runs"
            case reprocessBehavior = "reprocess_behavior"
            case runBackwards = "run_backwards"
            case dagRunConf = "dag_run_conf"
            case noCache = "no_cache"
        }
    }
}
