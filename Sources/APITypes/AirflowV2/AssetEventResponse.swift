import JSONText

/// Asset events, as Airflow's API tells them.
extension AirflowV2 {
    /// A run that an event started.
    package struct DagRunAssetReference: Codable, Hashable, Sendable {
        package var dagID: String
        @Nullable package var dataIntervalEnd: String?
        @Nullable package var dataIntervalStart: String?
        @Nullable package var endDate: String?
        @Nullable package var logicalDate: String?
        @Nullable package var partitionKey: String?
        package var runID: String
        /// Of a run that has not started, when it was made: Airflow's clients insist on a date.
        package var startDate: String
        package var state: String

        package init(
            dagID: String, runID: String, startDate: String, endDate: String?, state: String,
            logicalDate: String?, dataIntervalStart: String?, dataIntervalEnd: String?
        ) {
            self.dagID = dagID
            self.runID = runID
            self.startDate = startDate
            self.endDate = endDate
            self.state = state
            self.logicalDate = logicalDate
            self.dataIntervalStart = dataIntervalStart
            self.dataIntervalEnd = dataIntervalEnd
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dagID = "dag_id"
            case dataIntervalEnd = "data_interval_end"
            case dataIntervalStart = "data_interval_start"
            case endDate = "end_date"
            case logicalDate = "logical_date"
            case partitionKey = "partition_key"
            case runID = "run_id"
            case startDate = "start_date"
            case state
        }
    }

    package struct AssetEventResponse: Codable, Hashable, Sendable {
        package var assetID: Int64
        package var createdDagruns: [DagRunAssetReference]
        package var extra: JSONObject
        package var group: String
        package var id: Int64
        package var name: String
        @Nullable package var partitionKey: String?
        @Nullable package var sourceDagID: String?
        package var sourceMapIndex: Int
        @Nullable package var sourceRunID: String?
        @Nullable package var sourceTaskID: String?
        package var timestamp: String
        package var uri: String
        /// Ours: who told of an update that no task made.
        @Nullable package var source: String?
        /// Ours: the aliases under which a task told of it.
        package var aliases: [String] = []

        package init(
            id: Int64, assetID: Int64, uri: String, name: String, group: String, timestamp: String,
            extra: JSONObject, createdDagruns: [DagRunAssetReference]
        ) {
            self.id = id
            self.assetID = assetID
            self.uri = uri
            self.name = name
            self.group = group
            self.timestamp = timestamp
            self.extra = extra
            self.createdDagruns = createdDagruns
            sourceMapIndex = -1
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case aliases, extra, group, id, name, source, timestamp, uri
            case assetID = "asset_id"
            case createdDagruns = "created_dagruns"
            case partitionKey = "partition_key"
            case sourceDagID = "source_dag_id"
            case sourceMapIndex = "source_map_index"
            case sourceRunID = "source_run_id"
            case sourceTaskID = "source_task_id"
        }
    }

    package struct AssetEventCollectionResponse: Codable, Hashable, Sendable {
        package var assetEvents: [AssetEventResponse]
        package var totalEntries: Int

        package init(assetEvents: [AssetEventResponse], totalEntries: Int) {
            self.assetEvents = assetEvents
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case assetEvents = "asset_events"
            case totalEntries = "total_entries"
        }
    }

    /// An update of an asset that a program tells of.
    package struct CreateAssetEventsBody: Codable, Hashable, Sendable {
        package var assetID: Int64
        package var extra: JSONObject?
        package var partitionKey: String?

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case extra
            case assetID = "asset_id"
            case partitionKey = "partition_key"
        }
    }

    /// Events of one asset that wait for a DAG.
    package struct QueuedEventResponse: Codable, Hashable, Sendable {
        package var assetID: Int64
        package var createdAt: String
        package var dagDisplayName: String
        package var dagID: String

        package init(assetID: Int64, createdAt: String, dagID: String) {
            self.assetID = assetID
            self.createdAt = createdAt
            dagDisplayName = dagID
            self.dagID = dagID
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case assetID = "asset_id"
            case createdAt = "created_at"
            case dagDisplayName = "dag_display_name"
            case dagID = "dag_id"
        }
    }

    package struct QueuedEventCollectionResponse: Codable, Hashable, Sendable {
        package var queuedEvents: [QueuedEventResponse]
        package var totalEntries: Int

        package init(queuedEvents: [QueuedEventResponse]) {
            self.queuedEvents = queuedEvents
            totalEntries = queuedEvents.count
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case queuedEvents = "queued_events"
            case totalEntries = "total_entries"
        }
    }
}
