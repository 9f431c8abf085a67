import DAGDomain
import GRDB
import JSONText

/// An asset as lists show it.
package struct AssetRow: Hashable, Sendable {
    package let id: Int64
    package let asset: Asset
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let lastEvent: AssetEventID?
    package let lastEventAt: Timestamp?
    /// Whether a person has described it, or a task has made it while it ran: no file has to name it.
    package let isKept: Bool
}

/// A name under which tasks tell of updates, and the assets that they have told of.
package struct AssetAliasRow: Hashable, Sendable {
    package let id: Int64
    package let name: AssetAliasName
    package let assets: [AssetURI]
}

/// An asset event as lists show it.
package struct AssetEventRow: Hashable, Sendable {
    package let event: AssetEvent
    package let assetID: Int64
    package let name: String
    package let group: String
    /// Under which a task told of it.
    package let aliases: [AssetAliasName]
    /// The runs that used it.
    package let runs: [RunNumber]
}

/// Which asset events a list shows.
package struct AssetEventFilter: Sendable {
    package var asset: Int64?
    package var dagID: DAGID?
    package var runID: RunID?
    package var taskID: TaskID?
    package var mapIndex: Int?
    /// Patterns of SQL's LIKE, any of which must fit the asset's name.
    package var names: [String]?
    package var timestamp = TimestampRange()
    package var descending = false
    package var limit = 50
    package var offset = 0

    package init() {}
}

/// An event that waits for a DAG, as Airflow counts them: one for each DAG and asset, from its first event on.
package struct QueuedAssetRow: Hashable, Sendable {
    package let assetID: Int64
    package let dagID: DAGID
    package let asset: AssetURI
    package let entry: AssetQueue.Entry
}

extension StateStore {
    private static let assetColumns = """
        asset.id, asset.uri, asset.name, asset.asset_group, asset.extra, asset.created_at, asset.updated_at,
        (SELECT max(id) FROM asset_event WHERE asset_event.asset = asset.id),
        (SELECT timestamp FROM asset_event WHERE asset_event.asset = asset.id ORDER BY id DESC LIMIT 1),
        asset.kept
        """

    private static func readAsset(_ reader: inout RowReader) throws -> AssetRow {
        let id = try reader.integer()
        let asset = Asset(
            try reader.identifier(), name: try reader.text(), group: try reader.text(),
            extra: try reader.object())
        return AssetRow(
            id: id, asset: asset, createdAt: try reader.timestamp(), updatedAt: try reader.timestamp(),
            lastEvent: try reader.optionalInteger().map { AssetEventID($0) },
            lastEventAt: try reader.optionalTimestamp(), isKept: try reader.int() > 0)
    }

    /// All assets, in the order of their ids.
    package func assets() throws(StateStoreError) -> [AssetRow] {
        try read { database in
            try database.fetch("SELECT \(Self.assetColumns) FROM asset ORDER BY id", as: Self.readAsset)
        }
    }

    package func asset(_ id: Int64) throws(StateStoreError) -> AssetRow? {
        try read { database in
            try database.fetch(
                "SELECT \(Self.assetColumns) FROM asset WHERE id = ?", [id], as: Self.readAsset
            ).first
        }
    }

    package func asset(_ uri: AssetURI) throws(StateStoreError) -> AssetRow? {
        try read { database in
            try database.fetch(
                "SELECT \(Self.assetColumns) FROM asset WHERE uri = ?", [uri.text], as: Self.readAsset
            ).first
        }
    }

    package func aliasMembers() throws(StateStoreError) -> AliasMembers {
        try read { database in try AssetAliasRecord.members(database) }
    }

    /// All aliases, in the order of their ids.
    package func assetAliases() throws(StateStoreError) -> [AssetAliasRow] {
        try read { database in
            let members = try AssetAliasRecord.members(database)
            return try database.fetch("SELECT id, name FROM asset_alias ORDER BY id") { reader in
                let id = try reader.integer()
                let name = try reader.identifier(AssetAliasName.self)
                return AssetAliasRow(id: id, name: name, assets: members[name].sorted())
            }
        }
    }

    package func assetEvents(
        _ filter: AssetEventFilter = AssetEventFilter()
    ) throws(StateStoreError) -> Page<AssetEventRow> {
        var query = Query()
        if let asset = filter.asset { query.add("asset_event.asset = ?", asset) }
        if let dagID = filter.dagID { query.add("asset_event.source_dag_id = ?", dagID.text) }
        if let runID = filter.runID { query.add("asset_event.source_run_id = ?", runID.text) }
        if let taskID = filter.taskID { query.add("asset_event.source_task_id = ?", taskID.text) }
        if let mapIndex = filter.mapIndex { query.add("asset_event.source_map_index = ?", mapIndex) }
        query.add("asset.name", like: filter.names)
        if let from = filter.timestamp.from {
            query.add("asset_event.timestamp >= ?", from.microsecondsSinceEpoch)
        }
        if let last = filter.timestamp.through {
            query.add("asset_event.timestamp <= ?", last.microsecondsSinceEpoch)
        }
        return try read { database in
            Page(
                rows: try Self.events(
                    """
                    \(query.clause) ORDER BY asset_event.id \(filter.descending ? "DESC" : "") LIMIT ? OFFSET ?
                    """, query.values + [filter.limit, filter.offset], database),
                total: try database.fetchCount(
                    "SELECT count(*) FROM \(AssetEventRecord.source) \(query.clause)", query.values))
        }
    }

    package func assetEvent(_ id: AssetEventID) throws(StateStoreError) -> AssetEventRow? {
        try read { database in
            try Self.events("WHERE asset_event.id = ?", [id.value], database).first
        }
    }

    /// The events that a run was started by, in their order.
    package func assetEvents(of run: RunNumber) throws(StateStoreError) -> [AssetEventRow] {
        try read { database in
            try Self.events(
                """
                WHERE asset_event.id IN (SELECT event FROM run_asset_event WHERE run = ?)
                ORDER BY asset_event.id
                """, [run.value], database)
        }
    }

    private static func events(
        _ clauses: String, _ values: [(any DatabaseValueConvertible)?], _ database: Database
    ) throws -> [AssetEventRow] {
        let rows = try database.fetch(
            """
            SELECT asset_event.asset, asset.name, asset.asset_group, \(AssetEventRecord.columns)
            FROM \(AssetEventRecord.source) \(clauses)
            """, values
        ) { reader in
            (
                asset: try reader.integer(), name: try reader.text(), group: try reader.text(),
                event: try AssetEventRecord.read(&reader)
            )
        }
        return try rows.map { row in
            AssetEventRow(
                event: row.event, assetID: row.asset, name: row.name, group: row.group,
                aliases: try database.fetch(
                    """
                    SELECT name FROM asset_event_alias JOIN asset_alias ON asset_alias.id = alias
                    WHERE event = ? ORDER BY name
                    """, [row.event.id.value]
                ) { try $0.identifier(AssetAliasName.self) },
                runs: try database.fetch(
                    "SELECT run FROM run_asset_event WHERE event = ? ORDER BY run", [row.event.id.value]
                ) { RunNumber(try $0.integer()) })
        }
    }

    /// What waits, by DAG and asset.
    package func queuedAssets(of dagID: DAGID? = nil) throws(StateStoreError) -> [QueuedAssetRow] {
        try read { database in
            let ids = try Dictionary(
                uniqueKeysWithValues: database.fetch("SELECT uri, id FROM asset") {
                    (try $0.identifier(AssetURI.self), try $0.integer())
                })
            return try AssetQueueRecord.all(database).filter { $0.dagID == dagID ?? $0.dagID }.flatMap {
                queue in
                queue.entries.sorted { $0.key < $1.key }.compactMap { asset, entry in
                    ids[asset].map {
                        QueuedAssetRow(assetID: $0, dagID: queue.dagID, asset: asset, entry: entry)
                    }
                }
            }
        }
    }
}
