import JSONText

/// Assets, as Airflow's API tells them.
extension AirflowV2 {
    /// A DAG that is scheduled on an asset.
    package struct DagScheduleAssetReference: Codable, Hashable, Sendable {
        package var createdAt: String
        package var dagID: String
        package var updatedAt: String

        package init(createdAt: String, dagID: String, updatedAt: String) {
            self.createdAt = createdAt
            self.dagID = dagID
            self.updatedAt = updatedAt
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case createdAt = "created_at"
            case dagID = "dag_id"
            case updatedAt = "updated_at"
        }
    }

    /// A task that updates or reads an asset.
    package struct TaskAssetReference: Codable, Hashable, Sendable {
        package var createdAt: String
        package var dagID: String
        package var taskID: String
        package var updatedAt: String

        package init(createdAt: String, dagID: String, taskID: String, updatedAt: String) {
            self.createdAt = createdAt
            self.dagID = dagID
            self.taskID = taskID
            self.updatedAt = updatedAt
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case createdAt = "created_at"
            case dagID = "dag_id"
            case taskID = "task_id"
            case updatedAt = "updated_at"
        }
    }

    package struct LastAssetEventResponse: Codable, Hashable, Sendable {
        package var id: Int64?
        package var timestamp: String?

        package init(id: Int64, timestamp: String) {
            self.id = id
            self.timestamp = timestamp
        }
    }

    /// Something that watches an asset from outside; Airflow's trigger has a number.
    package struct AssetWatcherResponse: Codable, Hashable, Sendable {
        package var createdDate: String
        package var name: String
        package var triggerID: Int

        package init(createdDate: String, name: String, triggerID: Int) {
            self.createdDate = createdDate
            self.name = name
            self.triggerID = triggerID
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case createdDate = "created_date"
            case name
            case triggerID = "trigger_id"
        }
    }

    package struct AssetResponse: Codable, Hashable, Sendable {
        /// Under which it was updated.
        package var aliases: [AssetAliasResponse]
        package var consumingTasks: [TaskAssetReference]
        package var createdAt: String
        package var extra: JSONObject
        package var group: String
        package var id: Int64
        @Nullable package var lastAssetEvent: LastAssetEventResponse?
        package var name: String
        package var producingTasks: [TaskAssetReference]
        package var scheduledDags: [DagScheduleAssetReference]
        package var updatedAt: String
        package var uri: String
        package var watchers: [AssetWatcherResponse]

        package init(
            id: Int64, uri: String, name: String, group: String, extra: JSONObject, createdAt: String,
            updatedAt: String, lastAssetEvent: LastAssetEventResponse?,
            consumingTasks: [TaskAssetReference], producingTasks: [TaskAssetReference],
            scheduledDags: [DagScheduleAssetReference], watchers: [AssetWatcherResponse],
            aliases: [AssetAliasResponse]
        ) {
            self.aliases = aliases
            self.id = id
            self.uri = uri
            self.name = name
            self.group = group
            self.extra = extra
            self.createdAt = createdAt
            self.updatedAt = updatedAt
            self.lastAssetEvent = lastAssetEvent
            self.consumingTasks = consumingTasks
            self.producingTasks = producingTasks
            self.scheduledDags = scheduledDags
            self.watchers = watchers
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case aliases, extra, group, id, name, uri, watchers
            case consumingTasks = "consuming_tasks"
            case createdAt = "created_at"
            case lastAssetEvent = "last_asset_event"
            case producingTasks = "producing_tasks"
            case scheduledDags = "scheduled_dags"
            case updatedAt = "updated_at"
        }
    }

    package struct AssetCollectionResponse: Codable, Hashable, Sendable {
        package var assets: [AssetResponse]
        package var totalEntries: Int

        package init(assets: [AssetResponse], totalEntries: Int) {
            self.assets = assets
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case assets
            case totalEntries = "total_entries"
        }
    }

    /// A name under which tasks tell of updates.
    package struct AssetAliasResponse: Codable, Hashable, Sendable {
        package var group = "asset"
        package var id: Int64
        package var name: String
        /// Ours: the URIs of the assets that were updated under it.
        package var assets: [String]

        package init(id: Int64, name: String, assets: [String]) {
            self.id = id
            self.name = name
            self.assets = assets
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case assets, group, id, name
        }
    }

    package struct AssetAliasCollectionResponse: Codable, Hashable, Sendable {
        package var assetAliases: [AssetAliasResponse]
        package var totalEntries: Int

        package init(assetAliases: [AssetAliasResponse], totalEntries: Int) {
            self.assetAliases = assetAliases
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case assetAliases = "asset_aliases"
            case totalEntries = "total_entries"
        }
    }
}
