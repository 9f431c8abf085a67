import DAGDomain
import GRDB
import JSONText

extension StateStore {
    /// The stored text of a DAG version, to load it again.
    package struct DAGSource: Hashable, Sendable {
        package let bytes: [UInt8]
        package let path: String
        package let folder: String
    }

    /// Keeps the text of a DAG version, so that a run can be pinned to it. A text that is known already only gets the
    /// path and folder where it lies now. To be called before anything is committed that names the version.
    package func recordVersion(
        of dag: DAG, source: [UInt8], at: Timestamp
    ) throws(StateStoreError) {
        let known = try read { database in
            try database.fetch(
                "SELECT path, folder FROM dag_version WHERE dag_id = ? AND hash = ?",
                [dag.id.text, dag.version.text]
            ) { [try $0.text(), try $0.text()] }
        }
        if known == [[dag.path, dag.folder]] { return }
        try write(at: at) { batch in
            for asset in dag.assets { try AssetRecord.upsert(asset, at: at, in: batch) }
            for alias in dag.assetAliases { try AssetAliasRecord.insert(alias, at: at, into: batch) }
            if known.isEmpty {
                try Self.insert(dag, source, at: at, into: batch)
            } else {
                try batch.changeOne(
                    "UPDATE dag_version SET path = ?, folder = ? WHERE dag_id = ? AND hash = ?",
                    [dag.path, dag.folder, dag.id.text, dag.version.text], expecting: "the version to exist")
            }
        }
    }

    private static func insert(
        _ dag: DAG, _ source: [UInt8], at: Timestamp, into batch: WriteBatch
    ) throws {
        let tags = JSONValue.array(dag.settings.tags.map(JSONValue.string))
        try batch.execute(
            """
            INSERT INTO dag_version
                (dag_id, number, hash, source, path, folder, description, owner, tags, created_at)
            VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM dag_version WHERE dag_id = ?),
                ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                dag.id.text, dag.id.text, dag.version.text, source.databaseBytes, dag.path, dag.folder,
                dag.settings.description, dag.settings.owner, tags.text(), at.microsecondsSinceEpoch,
            ])
        let version = batch.database.lastInsertedRowID
        for (index, task) in dag.tasks.enumerated() {
            try batch.execute(
                "INSERT INTO dag_version_task VALUES (?, ?, ?, ?, ?, ?)",
                [version, index, task.id.text, task.role.rawValue, task.pool.text, task.poolSlots])
        }
    }

    /// The text of a version; nil when it was never recorded.
    package func dagSource(
        _ dagID: DAGID, _ hash: DAGVersionHash
    ) throws(StateStoreError) -> DAGSource? {
        try read { database in
            try database.fetch(
                "SELECT source, path, folder FROM dag_version WHERE dag_id = ? AND hash = ?",
                [dagID.text, hash.text]
            ) { reader in
                DAGSource(bytes: try reader.bytes(), path: try reader.text(), folder: try reader.text())
            }.first
        }
    }
}
