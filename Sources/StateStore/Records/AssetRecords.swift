import DAGDomain
import GRDB
import JSONText

/// The rows of assets.
enum AssetRecord {
    /// Writes what a file says of an asset; what is known already and says the same is left alone. A file that gives
    /// the URI alone leaves what a person has said of it.
    static func upsert(_ asset: Asset, at: Timestamp, in batch: WriteBatch) throws {
        let isPlain = asset.isPlain
        try write(asset, isKept: false, where: isPlain ? "kept = 0" : "TRUE", at: at, in: batch)
    }

    /// Writes what somebody said of an asset while the program ran; it is listed although no file may name it.
    static func describe(_ asset: Asset, at: Timestamp, in batch: WriteBatch) throws {
        try write(asset, isKept: true, where: "TRUE", at: at, in: batch)
    }

    private static func write(
        _ asset: Asset, isKept: Bool, where condition: String, at: Timestamp, in batch: WriteBatch
    ) throws {
        try batch.execute(
            """
            INSERT INTO asset (uri, name, asset_group, extra, created_at, updated_at, kept)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (uri) DO UPDATE SET name = excluded.name, asset_group = excluded.asset_group,
                extra = excluded.extra, kept = max(kept, excluded.kept), updated_at = excluded.updated_at
            WHERE (name <> excluded.name OR asset_group <> excluded.asset_group OR extra <> excluded.extra
                OR kept < excluded.kept) AND \(condition)
            """,
            [
                asset.uri.text, asset.name, asset.group, asset.extra.text(), at.microsecondsSinceEpoch,
                at.microsecondsSinceEpoch, isKept,
            ])
    }

    /// Forgets an asset with its events and files; nothing of it waits any more.
    static func delete(_ uri: AssetURI, in batch: WriteBatch) throws {
        let asset = "(SELECT id FROM asset WHERE uri = ?)"
        for table in ["queued_asset_event", "asset_alias_member"] {
            try batch.execute("DELETE FROM \(table) WHERE asset = \(asset)", [uri.text])
        }
        try batch.execute(
            "DELETE FROM run_asset_event WHERE event IN (SELECT id FROM asset_event WHERE asset = \(asset))",
            [uri.text])
        try batch.execute("DELETE FROM asset_event WHERE asset = \(asset)", [uri.text])
        for table in ["asset_watch", "watched_file", "asset"] {
            try batch.execute("DELETE FROM \(table) WHERE uri = ?", [uri.text])
        }
    }
}

/// The columns of an asset event and how they become one.
enum AssetEventRecord {
    /// In the order in which `read` takes them.
    static let columns = """
        asset_event.id, asset.uri, asset_event.timestamp, asset_event.extra, asset_event.source_dag_id,
        asset_event.source_run_id, asset_event.source_task_id, asset_event.source_map_index,
        asset_event.source_text
        """
    static let source = "asset_event JOIN asset ON asset.id = asset_event.asset"

    static func read(_ reader: inout RowReader) throws -> AssetEvent {
        let id = AssetEventID(try reader.integer())
        let asset = try reader.identifier(AssetURI.self)
        let timestamp = try reader.timestamp()
        let extra = try reader.object()
        let dagID = try reader.optionalIdentifier(DAGID.self)
        let runID = try reader.optionalIdentifier(RunID.self)
        let taskID = try reader.optionalIdentifier(TaskID.self)
        let mapIndex = try reader.int()
        let text = try reader.optionalText()
        let source: AssetEventSource =
            if let dagID, let runID, let taskID {
                .task(dagID, runID, taskID, mapIndex: mapIndex)
            } else {
                .outside(text ?? "")
            }
        return AssetEvent(id: id, asset: asset, timestamp: timestamp, extra: extra, source: source)
    }

    static func insert(_ event: AssetEvent, queuedFor dags: [DAGID], into batch: WriteBatch) throws {
        try batch.execute(
            """
            INSERT INTO asset (uri, name, asset_group, extra, created_at, updated_at, kept)
            VALUES (?, ?, ?, '{}', ?, ?, 1) ON CONFLICT (uri) DO NOTHING
            """,
            [
                event.asset.text, event.asset.text, Asset.defaultGroup,
                event.timestamp.microsecondsSinceEpoch, event.timestamp.microsecondsSinceEpoch,
            ])
        var origin: (dag: String?, run: String?, task: String?, mapIndex: Int, text: String?) =
            (nil, nil, nil, -1, nil)
        switch event.source {
        case .task(let dagID, let runID, let taskID, let mapIndex):
            origin = (dagID.text, runID.text, taskID.text, mapIndex, nil)
        case .outside(let text): origin.text = text
        }
        try batch.changeOne(
            """
            INSERT INTO asset_event SELECT ?, id, ?, ?, ?, ?, ?, ?, ? FROM asset WHERE uri = ?
            """,
            [
                event.id.value, event.timestamp.microsecondsSinceEpoch, event.extra.text(), origin.dag,
                origin.run, origin.task, origin.mapIndex, origin.text, event.asset.text,
            ], expecting: "asset \(event.asset) to exist")
        for alias in event.aliases {
            try AssetAliasRecord.insert(alias, at: event.timestamp, into: batch)
            try batch.execute(
                "INSERT INTO asset_event_alias SELECT ?, id FROM asset_alias WHERE name = ?",
                [event.id.value, alias.text])
        }
        for dag in dags {
            try batch.execute(
                "INSERT INTO queued_asset_event SELECT ?, id, ? FROM asset WHERE uri = ?",
                [dag.text, event.id.value, event.asset.text])
        }
        try batch.execute(
            "UPDATE ledger SET next_asset_event = max(next_asset_event, ?)", [event.id.value &+ 1])
    }
}

/// The events that wait for a DAG.
enum AssetQueueRecord {
    static func all(_ database: Database) throws -> [AssetQueue] {
        let rows = try database.fetch(
            """
            SELECT queue.dag_id, asset.uri, queue.count, first.timestamp, last.timestamp, queue.last
            FROM (SELECT dag_id, asset, count(*) AS count, min(event) AS first, max(event) AS last
                    FROM queued_asset_event GROUP BY dag_id, asset) AS queue
                JOIN asset ON asset.id = queue.asset
                JOIN asset_event AS first ON first.id = queue.first
                JOIN asset_event AS last ON last.id = queue.last
            """
        ) { reader in
            (
                dagID: try reader.identifier(DAGID.self), asset: try reader.identifier(AssetURI.self),
                entry: AssetQueue.Entry(
                    count: try reader.int(), since: try reader.timestamp(), latest: try reader.timestamp(),
                    last: AssetEventID(try reader.integer()))
            )
        }
        return Dictionary(grouping: rows, by: \.dagID).map { dagID, rows in
            AssetQueue(
                dagID: dagID, entries: Dictionary(uniqueKeysWithValues: rows.map { ($0.asset, $0.entry) }))
        }.sorted { $0.dagID < $1.dagID }
    }

    /// Gives what waits for a DAG to one of its runs.
    static func consume(
        by run: RunNumber, _ dagID: DAGID, count: Int, through last: AssetEventID, in batch: WriteBatch
    ) throws {
        let given = try batch.execute(
            """
            INSERT INTO run_asset_event (run, event, dag_id)
            SELECT ?, event, dag_id FROM queued_asset_event WHERE dag_id = ?
            """, [run.value, dagID.text])
        let taken = try batch.execute(
            "DELETE FROM queued_asset_event WHERE dag_id = ? AND event <= ?", [dagID.text, last.value])
        guard given == count, taken == count else {
            throw GuardError(
                detail: "expected \(count) asset events to wait for \(dagID), but \(given) did, \(taken) of "
                    + "them through event \(last.value)")
        }
    }

    static func drop(_ assets: [AssetURI], of dagID: DAGID, in batch: WriteBatch) throws {
        for asset in assets {
            try batch.execute(
                """
                DELETE FROM queued_asset_event
                WHERE dag_id = ? AND asset = (SELECT id FROM asset WHERE uri = ?)
                """, [dagID.text, asset.text])
        }
    }
}
