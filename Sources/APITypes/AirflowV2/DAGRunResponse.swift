import JSONText

extension AirflowV2 {
    /// A run.
    package struct DAGRunResponse: Codable, Hashable, Sendable {
        @Nullable package var bundleVersion: String?
        @Nullable package var conf: JSONObject?
        package var dagDisplayName: String
        package var dagID: String
        package var dagRunID: String
        package var dagVersions: [DagVersionResponse]
        @Nullable package var dataIntervalEnd: String?
        @Nullable package var dataIntervalStart: String?
        /// Seconds.
        @Nullable package var duration: Double?
        @Nullable package var endDate: String?
        @Nullable package var lastSchedulingDecision: String?
        @Nullable package var logicalDate: String?
        @Nullable package var note: String?
        @Nullable package var partitionKey: String?
        @Nullable package var queuedAt: String?
        package var runAfter: String
        package var runType: DagRunType
        @Nullable package var startDate: String?
        package var state: DagRunState
        @Nullable package var triggeredBy: DagRunTriggeredByType?
        @Nullable package var triggeringUserName: String?

        package init(
            bundleVersion: String? = nil, conf: JSONObject? = nil, dagDisplayName: String, dagID: String,
            dagRunID: String, dagVersions: [DagVersionResponse], dataIntervalEnd: String? = nil,
            dataIntervalStart: String? = nil, duration: Double? = nil, endDate: String? = nil,
            lastSchedulingDecision: String? = nil, logicalDate: String? = nil, note: String? = nil,
            partitionKey: String? = nil, queuedAt: String? = nil, runAfter: String, runType: DagRunType,
            startDate: String? = nil, state: DagRunState, triggeredBy: DagRunTriggeredByType? = nil,
            triggeringUserName: String? = nil
        ) {
            self.bundleVersion = bundleVersion
            self.conf = conf
            self.dagDisplayName = dagDisplayName
            self.dagID = dagID
            self.dagRunID = dagRunID
            self.dagVersions = dagVersions
            self.dataIntervalEnd = dataIntervalEnd
            self.dataIntervalStart = dataIntervalStart
            self.duration = duration
            self.endDate = endDate
            self.lastSchedulingDecision = lastSchedulingDecision
            self.logicalDate = logicalDate
            self.note = note
            self.partitionKey = partitionKey
            self.queuedAt = queuedAt
            self.runAfter = runAfter
            self.runType = runType
            self.startDate = startDate
            self.state = state
            self.triggeredBy = triggeredBy
            self.triggeringUserName = triggeringUserName
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case conf, duration, note, state
            case bundleVersion = "bundle_version"
            case dagDisplayName = "dag_display_name"
            case dagID = "dag_id"
            case dagRunID = "dag_run_id"
            case dagVersions = "dag_versions"
            case dataIntervalEnd = "data_interval_end"
            case dataIntervalStart = "data_interval_start"
            case endDate = "end_date"
            case lastSchedulingDecision = "last_scheduling_decision"
            case logicalDate = "logical_date"
            case partitionKey = "partition_key"
            case queuedAt = "queued_at"
            case runAfter = "run_after"
            case runType = "run_type"
            case startDate = "start_date"
            case triggeredBy = "triggered_by"
            case triggeringUserName = "triggering_user_name"
        }
    }

    /// A page of runs.
    package struct DAGRunCollectionResponse: Codable, Hashable, Sendable {
        package var dagRuns: [DAGRunResponse]
        package var totalEntries: Int

        package init(dagRuns: [DAGRunResponse], totalEntries: Int) {
            self.dagRuns = dagRuns
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dagRuns = "dag_runs"
            case totalEntries = "total_entries"
        }
    }

    /// The states of a run that clients know; a client refuses any other word.
    package enum DagRunState: String, Codable, Hashable, Sendable, CaseIterable {
        case queued, running, success, failed
    }

    /// Why a run exists.
    package enum DagRunType: String, Codable, Hashable, Sendable, CaseIterable {
        case backfill, scheduled, manual
        case assetTriggered = "asset_triggered"
        case assetMaterialization = "asset_materialization"
    }

    /// Who asked for a run.
    package enum DagRunTriggeredByType: String, Codable, Hashable, Sendable, CaseIterable {
        case cli, ui, test, timetable, asset, backfill
        case taskOperator = "operator"
        case restApi = "rest_api"
    }
}
