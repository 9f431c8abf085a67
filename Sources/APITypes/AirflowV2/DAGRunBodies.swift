import JSONText

extension AirflowV2 {
    /// A request for a run. Clients always send `logical_date`, null when there is none.
    package struct TriggerDAGRunPostBody: Codable, Hashable, Sendable {
        package var conf: JSONObject?
        package var dagRunID: String?
        package var dataIntervalEnd: String?
        package var dataIntervalStart: String?
        package var logicalDate: String?
        package var note: String?
        package var partitionKey: String?
        package var runAfter: String?

        package init(
            conf: JSONObject? = nil, dagRunID: String? = nil, dataIntervalEnd: String? = nil,
            dataIntervalStart: String? = nil, logicalDate: String? = nil, note: String? = nil,
            partitionKey: String? = nil, runAfter: String? = nil
        ) {
            self.conf = conf
            self.dagRunID = dagRunID
            self.dataIntervalEnd = dataIntervalEnd
            self.dataIntervalStart = dataIntervalStart
            self.logicalDate = logicalDate
            self.note = note
            self.partitionKey = partitionKey
            self.runAfter = runAfter
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case conf, note
            case dagRunID = "dag_run_id"
            case dataIntervalEnd = "data_interval_end"
            case dataIntervalStart = "data_interval_start"
            case logicalDate = "logical_date"
            case partitionKey = "partition_key"
            case runAfter = "run_after"
        }
    }

    /// What can be changed of a run.
    package struct DAGRunPatchBody: Codable, Hashable, Sendable {
        package var note: String?
        package var state: DAGRunPatchStates?

        package init(note: String? = nil, state: DAGRunPatchStates? = nil) {
            self.note = note
            self.state = state
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case note, state
        }
    }

    /// The states a run can be set to.
    package enum DAGRunPatchStates: String, Codable, Hashable, Sendable, CaseIterable {
        case queued, success, failed
    }

    /// A request to run a run's tasks again; without `dry_run: false` nothing changes.
    package struct DAGRunClearBody: Codable, Hashable, Sendable {
        package var dryRun: Bool?
        package var onlyFailed: Bool?
        package var runOnLatestVersion: Bool?

        package init(dryRun: Bool? = nil, onlyFailed: Bool? = nil, runOnLatestVersion: Bool? = nil) {
            self.dryRun = dryRun
            self.onlyFailed = onlyFailed
            self.runOnLatestVersion = runOnLatestVersion
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dryRun = "dry_run"
            case onlyFailed = "only_failed"
            case runOnLatestVersion = "run_on_latest_version"
        }
    }

    /// One line of the stream of `wait`: the run's state, and at the end the results asked for.
    package struct DAGRunWaitLine: Codable, Hashable, Sendable {
        package var state: DagRunState
        @Nullable package var results: JSONObject?

        package init(state: DagRunState, results: JSONObject? = nil) {
            self.state = state
            self.results = results
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case state, results
        }
    }
}
