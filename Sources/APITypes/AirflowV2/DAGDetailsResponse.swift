import JSONText

extension AirflowV2 {
    /// Everything that is told of one DAG.
    package struct DAGDetailsResponse: Codable, Hashable, Sendable {
        package var activeRunsCount: Int
        @Nullable package var allowedRunTypes: [DagRunType]?
        @Nullable package var assetExpression: JSONObject?
        @Nullable package var bundleName: String?
        @Nullable package var bundleVersion: String?
        package var catchup: Bool
        package var concurrency: Int
        package var dagDisplayName: String
        package var dagID: String
        /// ISO 8601.
        @Nullable package var dagRunTimeout: String?
        @Nullable package var defaultArgs: JSONObject?
        @Nullable package var description: String?
        @Nullable package var docMD: String?
        @Nullable package var endDate: String?
        package var fileToken: String
        package var fileloc: String
        package var hasImportErrors: Bool
        package var hasTaskConcurrencyLimits: Bool
        package var isFavorite: Bool
        package var isPaused: Bool
        @Nullable package var isPausedUponCreation: Bool?
        package var isStale: Bool
        @Nullable package var lastExpired: String?
        @Nullable package var lastParseDuration: Double?
        @Nullable package var lastParsed: String?
        @Nullable package var lastParsedTime: String?
        @Nullable package var latestDagVersion: DagVersionResponse?
        @Nullable package var maxActiveRuns: Int?
        package var maxActiveTasks: Int
        package var maxConsecutiveFailedDagRuns: Int
        @Nullable package var nextDagrunDataIntervalEnd: String?
        @Nullable package var nextDagrunDataIntervalStart: String?
        @Nullable package var nextDagrunLogicalDate: String?
        @Nullable package var nextDagrunRunAfter: String?
        @Nullable package var ownerLinks: JSONObject?
        package var owners: [String]
        @Nullable package var params: JSONObject?
        @Nullable package var relativeFileloc: String?
        package var renderTemplateAsNativeObj: Bool
        @Nullable package var startDate: String?
        package var tags: [DagTagResponse]
        @Nullable package var templateSearchPath: [String]?
        @Nullable package var timetableDescription: String?
        package var timetablePartitioned: Bool
        @Nullable package var timetableSummary: String?
        @Nullable package var timezone: String?

        package init(
            activeRunsCount: Int = 0, allowedRunTypes: [DagRunType]? = nil,
            assetExpression: JSONObject? = nil, bundleName: String? = nil, bundleVersion: String? = nil,
            catchup: Bool, concurrency: Int, dagDisplayName: String, dagID: String,
            dagRunTimeout: String? = nil, defaultArgs: JSONObject? = nil, description: String? = nil,
            docMD: String? = nil, endDate: String? = nil, fileToken: String, fileloc: String,
            hasImportErrors: Bool, hasTaskConcurrencyLimits: Bool, isFavorite: Bool = false,
            isPaused: Bool, isPausedUponCreation: Bool? = nil, isStale: Bool, lastExpired: String? = nil,
            lastParseDuration: Double? = nil, lastParsed: String? = nil, lastParsedTime: String? = nil,
            latestDagVersion: DagVersionResponse? = nil, maxActiveRuns: Int? = nil, maxActiveTasks: Int,
            maxConsecutiveFailedDagRuns: Int = 0, nextDagrunDataIntervalEnd: String? = nil,
            nextDagrunDataIntervalStart: String? = nil, nextDagrunLogicalDate: String? = nil,
            nextDagrunRunAfter: String? = nil, ownerLinks: JSONObject? = nil, owners: [String],
            params: JSONObject? = nil, relativeFileloc: String? = nil,
            renderTemplateAsNativeObj: Bool = false, startDate: String? = nil, tags: [DagTagResponse],
            templateSearchPath: [String]? = nil, timetableDescription: String? = nil,
            timetablePartitioned: Bool = false, timetableSummary: String? = nil, timezone: String? = nil
        ) {
            self.activeRunsCount = activeRunsCount
            self.allowedRunTypes = allowedRunTypes
            self.assetExpression = assetExpression
            self.bundleName = bundleName
            self.bundleVersion = bundleVersion
            self.catchup = catchup
            self.concurrency = concurrency
            self.dagDisplayName = dagDisplayName
            self.dagID = dagID
            self.dagRunTimeout = dagRunTimeout
            self.defaultArgs = defaultArgs
            self.description = description
            self.docMD = docMD
            self.endDate = endDate
            self.fileToken = fileToken
            self.fileloc = fileloc
            self.hasImportErrors = hasImportErrors
            self.hasTaskConcurrencyLimits = hasTaskConcurrencyLimits
            self.isFavorite = isFavorite
            self.isPaused = isPaused
            self.isPausedUponCreation = isPausedUponCreation
            self.isStale = isStale
            self.lastExpired = lastExpired
            self.lastParseDuration = lastParseDuration
            self.lastParsed = lastParsed
            self.lastParsedTime = lastParsedTime
            self.latestDagVersion = latestDagVersion
            self.maxActiveRuns = maxActiveRuns
            self.maxActiveTasks = maxActiveTasks
            self.maxConsecutiveFailedDagRuns = maxConsecutiveFailedDagRuns
            self.nextDagrunDataIntervalEnd = nextDagrunDataIntervalEnd
            self.nextDagrunDataIntervalStart = nextDagrunDataIntervalStart
            self.nextDagrunLogicalDate = nextDagrunLogicalDate
            self.nextDagrunRunAfter = nextDagrunRunAfter
            self.ownerLinks = ownerLinks
            self.owners = owners
            self.params = params
            self.relativeFileloc = relativeFileloc
            self.renderTemplateAsNativeObj = renderTemplateAsNativeObj
            self.startDate = startDate
            self.tags = tags
            self.templateSearchPath = templateSearchPath
            self.timetableDescription = timetableDescription
            self.timetablePartitioned = timetablePartitioned
            self.timetableSummary = timetableSummary
            self.timezone = timezone
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case catchup, concurrency, description, fileloc, owners, params, tags, timezone
            case activeRunsCount = "active_runs_count"
            case allowedRunTypes = "allowed_run_types"
            case assetExpression = "asset_expression"
            case bundleName = "bundle_name"
            case bundleVersion = "bundle_version"
            case dagDisplayName = "dag_display_name"
            case dagID = "dag_id"
            case dagRunTimeout = "dag_run_timeout"
            case defaultArgs = "default_args"
            case docMD = "doc_md"
            case endDate = "end_date"
            case fileToken = "file_token"
            case hasImportErrors = "has_import_errors"
            case hasTaskConcurrencyLimits = "has_task_concurrency_limits"
            case isFavorite = "is_favorite"
            case isPaused = "is_paused"
            case isPausedUponCreation = "is_paused_upon_creation"
            case isStale = "is_stale"
            case lastExpired = "last_expired"
            case lastParseDuration = "last_parse_duration"
            case lastParsed = "last_parsed"
            case lastParsedTime = "last_parsed_time"
            case latestDagVersion = "latest_dag_version"
            case maxActiveRuns = "max_active_runs"
            case maxActiveTasks = "max_active_tasks"
            case maxConsecutiveFailedDagRuns = "max_consecutive_failed_dag_runs"
            case nextDagrunDataIntervalEnd = "next_dagrun_data_interval_end"
            case nextDagrunDataIntervalStart = "next_dagrun_data_interval_start"
            case nextDagrunLogicalDate = "next_dagrun_logical_date"
            case nextDagrunRunAfter = "next_dagrun_run_after"
            case ownerLinks = "owner_links"
            case relativeFileloc = "relative_fileloc"
            case renderTemplateAsNativeObj = "render_template_as_native_obj"
            case startDate = "start_date"
            case templateSearchPath = "template_search_path"
            case timetableDescription = "timetable_description"
            case timetablePartitioned = "timetable_partitioned"
            case timetableSummary = "timetable_summary"
        }
    }
}
