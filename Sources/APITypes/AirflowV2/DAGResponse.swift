extension AirflowV2 {
    /// A DAG in a list.
    package struct DAGResponse: Codable, Hashable, Sendable {
        @Nullable package var allowedRunTypes: [DagRunType]?
        @Nullable package var bundleName: String?
        @Nullable package var bundleVersion: String?
        package var dagDisplayName: String
        package var dagID: String
        @Nullable package var description: String?
        package var fileToken: String
        package var fileloc: String
        package var hasImportErrors: Bool
        package var hasTaskConcurrencyLimits: Bool
        package var isPaused: Bool
        package var isStale: Bool
        @Nullable package var lastExpired: String?
        @Nullable package var lastParseDuration: Double?
        @Nullable package var lastParsedTime: String?
        @Nullable package var maxActiveRuns: Int?
        package var maxActiveTasks: Int
        package var maxConsecutiveFailedDagRuns: Int
        @Nullable package var nextDagrunDataIntervalEnd: String?
        @Nullable package var nextDagrunDataIntervalStart: String?
        @Nullable package var nextDagrunLogicalDate: String?
        @Nullable package var nextDagrunRunAfter: String?
        package var owners: [String]
        @Nullable package var relativeFileloc: String?
        package var tags: [DagTagResponse]
        @Nullable package var timetableDescription: String?
        package var timetablePartitioned: Bool
        @Nullable package var timetableSummary: String?

        package init(
            allowedRunTypes: [DagRunType]? = nil, bundleName: String? = nil, bundleVersion: String? = nil,
            dagDisplayName: String, dagID: String, description: String? = nil, fileToken: String,
            fileloc: String, hasImportErrors: Bool, hasTaskConcurrencyLimits: Bool, isPaused: Bool,
            isStale: Bool, lastExpired: String? = nil, lastParseDuration: Double? = nil,
            lastParsedTime: String? = nil, maxActiveRuns: Int? = nil, maxActiveTasks: Int,
            maxConsecutiveFailedDagRuns: Int = 0, nextDagrunDataIntervalEnd: String? = nil,
            nextDagrunDataIntervalStart: String? = nil, nextDagrunLogicalDate: String? = nil,
            nextDagrunRunAfter: String? = nil, owners: [String], relativeFileloc: String? = nil,
            tags: [DagTagResponse], timetableDescription: String? = nil,
            timetablePartitioned: Bool = false, timetableSummary: String? = nil
        ) {
            self.allowedRunTypes = allowedRunTypes
            self.bundleName = bundleName
            self.bundleVersion = bundleVersion
            self.dagDisplayName = dagDisplayName
            self.dagID = dagID
            self.description = description
            self.fileToken = fileToken
            self.fileloc = fileloc
            self.hasImportErrors = hasImportErrors
            self.hasTaskConcurrencyLimits = hasTaskConcurrencyLimits
            self.isPaused = isPaused
            self.isStale = isStale
            self.lastExpired = lastExpired
            self.lastParseDuration = lastParseDuration
            self.lastParsedTime = lastParsedTime
            self.maxActiveRuns = maxActiveRuns
            self.maxActiveTasks = maxActiveTasks
            self.maxConsecutiveFailedDagRuns = maxConsecutiveFailedDagRuns
            self.nextDagrunDataIntervalEnd = nextDagrunDataIntervalEnd
            self.nextDagrunDataIntervalStart = nextDagrunDataIntervalStart
            self.nextDagrunLogicalDate = nextDagrunLogicalDate
            self.nextDagrunRunAfter = nextDagrunRunAfter
            self.owners = owners
            self.relativeFileloc = relativeFileloc
            self.tags = tags
            self.timetableDescription = timetableDescription
            self.timetablePartitioned = timetablePartitioned
            self.timetableSummary = timetableSummary
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case description, fileloc, owners, tags
            case allowedRunTypes = "allowed_run_types"
            case bundleName = "bundle_name"
            case bundleVersion = "bundle_version"
            case dagDisplayName = "dag_display_name"
            case dagID = "dag_id"
            case fileToken = "file_token"
            case hasImportErrors = "has_import_errors"
            case hasTaskConcurrencyLimits = "has_task_concurrency_limits"
            case isPaused = "is_paused"
            case isStale = "is_stale"
            case lastExpired = "last_expired"
            case lastParseDuration = "last_parse_duration"
            case lastParsedTime = "last_parsed_time"
            case maxActiveRuns = "max_active_runs"
            case maxActiveTasks = "max_active_tasks"
            case maxConsecutiveFailedDagRuns = "max_consecutive_failed_dag_runs"
            case nextDagrunDataIntervalEnd = "next_dagrun_data_interval_end"
            case nextDagrunDataIntervalStart = "next_dagrun_data_interval_start"
            case nextDagrunLogicalDate = "next_dagrun_logical_date"
            case nextDagrunRunAfter = "next_dagrun_run_after"
            case relativeFileloc = "relative_fileloc"
            case timetableDescription = "timetable_description"
            case timetablePartitioned = "timetable_partitioned"
            case timetableSummary = "timetable_summary"
        }
    }

    /// A page of DAGs.
    package struct DAGCollectionResponse: Codable, Hashable, Sendable {
        package var dags: [DAGResponse]
        package var totalEntries: Int

        package init(dags: [DAGResponse], totalEntries: Int) {
            self.dags = dags
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dags
            case totalEntries = "total_entries"
        }
    }

    /// One tag of a DAG.
    package struct DagTagResponse: Codable, Hashable, Sendable {
        package var dagDisplayName: String
        package var dagID: String
        package var name: String

        package init(dagDisplayName: String, dagID: String, name: String) {
            self.dagDisplayName = dagDisplayName
            self.dagID = dagID
            self.name = name
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case name
            case dagDisplayName = "dag_display_name"
            case dagID = "dag_id"
        }
    }

    /// What can be changed of a DAG from outside its file.
    package struct DAGPatchBody: Codable, Hashable, Sendable {
        package var isPaused: Bool

        package init(isPaused: Bool) {
            self.isPaused = isPaused
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case isPaused = "is_paused"
        }
    }
}
