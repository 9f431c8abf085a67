import JSONText

extension AirflowV2 {
    package enum ReprocessBehavior: String, Codable, Hashable, Sendable, CaseIterable {
        case failed, completed, none
    }

    /// A request for a backfill.
    package struct BackfillPostBody: Codable, Hashable, Sendable {
        package var dagID: String
        package var fromDate: String
        package var toDate: String
        package var dagRunConf: JSONObject?
        package var maxActiveRuns: Int?
        package var reprocessBehavior: ReprocessBehavior?
        package var runBackwards: Bool?
        package var runOnLatestVersion: Bool?

        package init(dagID: String, fromDate: String, toDate: String) {
            self.dagID = dagID
            self.fromDate = fromDate
            self.toDate = toDate
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dagID = "dag_id"
            case fromDate = "from_date"
            case toDate = "to_date"
            case dagRunConf = "dag_run_conf"
            case maxActiveRuns = "max_active_runs"
            case reprocessBehavior = "reprocess_behavior"
            case runBackwards = "run_backwards"
            case runOnLatestVersion = "run_on_latest_version"
        }
    }

    package struct BackfillResponse: Codable, Hashable, Sendable {
        package var id: Int64
        package var dagID: String
        package var dagDisplayName: String
        package var fromDate: String
        package var toDate: String
        package var dagRunConf: JSONObject
        package var isPaused: Bool
        package var reprocessBehavior: ReprocessBehavior
        package var maxActiveRuns: Int
        package var createdAt: String
        @Nullable package var completedAt: String?
        package var updatedAt: String

        package init(
            id: Int64, dagID: String, fromDate: String, toDate: String, dagRunConf: JSONObject,
            isPaused: Bool, reprocessBehavior: ReprocessBehavior, maxActiveRuns: Int, createdAt: String,
            completedAt: String?, updatedAt: String
        ) {
            self.id = id
            self.dagID = dagID
            dagDisplayName = dagID
            self.fromDate = fromDate
            self.toDate = toDate
            self.dagRunConf = dagRunConf
            self.isPaused = isPaused
            self.reprocessBehavior = reprocessBehavior
            self.maxActiveRuns = maxActiveRuns
            self.createdAt = createdAt
            self.completedAt = completedAt
            self.updatedAt = updatedAt
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case id
            case dagID = "dag_id"
            case dagDisplayName = "dag_display_name"
            case fromDate = "from_date"
            case toDate = "to_date"
            case dagRunConf = "dag_run_conf"
            case isPaused = "is_paused"
            case reprocessBehavior = "reprocess_behavior"
            case maxActiveRuns = "max_active_runs"
            case createdAt = "created_at"
            case completedAt = "completed_at"
            case updatedAt = "updated_at"
        }
    }

    package struct BackfillCollectionResponse: Codable, Hashable, Sendable {
        package var backfills: [BackfillResponse]
        package var totalEntries: Int

        package init(backfills: [BackfillResponse], totalEntries: Int) {
            self.backfills = backfills
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case backfills
            case totalEntries = "total_entries"
        }
    }

    /// A run that a backfill would make.
    package struct DryRunBackfillResponse: Codable, Hashable, Sendable {
        package var logicalDate: String
        @Nullable package var partitionDate: String?
        @Nullable package var partitionKey: String?

        package init(logicalDate: String) {
            self.logicalDate = logicalDate
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case logicalDate = "logical_date"
            case partitionDate = "partition_date"
            case partitionKey = "partition_key"
        }
    }

    package struct DryRunBackfillCollectionResponse: Codable, Hashable, Sendable {
        package var backfills: [DryRunBackfillResponse]
        package var totalEntries: Int

        package init(backfills: [DryRunBackfillResponse], totalEntries: Int) {
            self.backfills = backfills
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case backfills
            case totalEntries = "total_entries"
        }
    }
}
