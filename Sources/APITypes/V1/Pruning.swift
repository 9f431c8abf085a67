extension V1 {
    /// What is to be pruned.
    package struct PruneBody: Codable, Hashable, Sendable {
        /// Seconds since the end of a run.
        package var olderThan: Double?
        /// Of each DAG the newest so many runs stay; 1 if absent.
        package var keep: Int?
        package var dagID: String?
        /// True unless false is sent.
        package var dryRun: Bool?

        package init(olderThan: Double? = nil, keep: Int? = nil, dagID: String? = nil, dryRun: Bool? = nil) {
            self.olderThan = olderThan
            self.keep = keep
            self.dagID = dagID
            self.dryRun = dryRun
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case keep
            case olderThan = "older_than"
            case dagID = "dag_id"
            case dryRun = "dry_run"
        }
    }

    /// What was removed, or would be.
    package struct Pruned: Codable, Hashable, Sendable {
        package var dryRun: Bool
        package var runs: [PrunedRun]
        package var runFolderBytes: Int64
        package var artifactFiles: Int
        package var artifactBytes: Int64
        /// Updates of assets, and keys of webhook messages, that were old as well.
        package var assetEvents = 0
        package var webhookDeliveries = 0

        package init(
            dryRun: Bool, runs: [PrunedRun], runFolderBytes: Int64, artifactFiles: Int, artifactBytes: Int64
        ) {
            self.dryRun = dryRun
            self.runs = runs
            self.runFolderBytes = runFolderBytes
            self.artifactFiles = artifactFiles
            self.artifactBytes = artifactBytes
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case runs
            case dryRun = "dry_run"
            case runFolderBytes = "run_folder_bytes"
            case artifactFiles = "artifact_files"
            case artifactBytes = "artifact_bytes"
            case assetEvents = "asset_events"
            case webhookDeliveries = "webhook_deliveries"
        }
    }

    package struct PrunedRun: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        @Nullable package var endDate: String?

        package init(dagID: String, runID: String, endDate: String?) {
            self.dagID = dagID
            self.runID = runID
            self.endDate = endDate
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dagID = "dag_id"
            case runID = "run_id"
            case endDate = "end_date"
        }
    }
}
