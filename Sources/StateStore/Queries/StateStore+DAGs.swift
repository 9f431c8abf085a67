import DAGDomain
import GRDB
import JSONText

extension StateStore {
    /// DAGs that have a status, by id.
    package func dags(_ filter: DAGFilter = DAGFilter()) throws(StateStoreError) -> Page<DAGRow> {
        var query = Query()
        query.add("dag.dag_id", in: filter.dagIDs?.map(\.text))
        query.add("dag.dag_id", like: filter.dagIDPatterns)
        query.add("dag_version.owner", in: filter.owners)
        if let isPaused = filter.isPaused { query.add("dag.is_paused = ?", isPaused) }
        if let isActive = filter.isActive { query.add("dag.is_active = ?", isActive) }
        if let tags = filter.tags {
            query.add(
                """
                EXISTS (SELECT 1 FROM json_each(dag_version.tags) AS tag
                    WHERE tag.value IN (SELECT value FROM json_each(?)))
                """, Query.json(tags))
        }
        let source = """
            FROM dag JOIN dag_version ON dag_version.dag_id = dag.dag_id AND dag_version.hash = dag.version
            \(query.clause)
            """
        return try read { database in
            let rows = try database.fetch(
                """
                SELECT \(DAGStatusRecord.columns), dag_version.number, dag_version.description,
                    dag_version.owner, dag_version.tags, dag_version.path, dag_version.folder,
                    dag_version.created_at,
                    EXISTS (SELECT 1 FROM import_error WHERE import_error.path = dag_version.path)
                \(source) ORDER BY dag.dag_id \(filter.descending ? "DESC" : "") LIMIT ? OFFSET ?
                """, query.values + [filter.limit, filter.offset], as: Self.readDAG)
            return Page(rows: rows, total: try database.fetchCount("SELECT count(*) \(source)", query.values))
        }
    }

    package func dag(_ dagID: DAGID) throws(StateStoreError) -> DAGRow? {
        var filter = DAGFilter()
        filter.dagIDs = [dagID]
        return try dags(filter).rows.first
    }

    private static func readDAG(_ reader: inout RowReader) throws -> DAGRow {
        DAGRow(
            status: try DAGStatusRecord.read(&reader), versionNumber: try reader.int(),
            description: try reader.text(), owner: try reader.text(),
            tags: try reader.json().arrayValue?.compactMap(\.stringValue) ?? [], path: try reader.text(),
            folder: try reader.text(), versionCreatedAt: try reader.timestamp(),
            hasImportErrors: try reader.bool())
    }

    /// The versions of a DAG, newest first.
    package func versions(
        of dagID: DAGID, limit: Int = 50, offset: Int = 0
    ) throws(StateStoreError) -> Page<DAGVersionRow> {
        try read { database in
            let rows = try database.fetch(
                """
                SELECT dag_id, number, hash, path, folder, created_at FROM dag_version
                WHERE dag_id = ? ORDER BY number DESC LIMIT ? OFFSET ?
                """, [dagID.text, limit, offset]
            ) { reader in
                DAGVersionRow(
                    dagID: try reader.identifier(), number: try reader.int(), hash: try reader.identifier(),
                    path: try reader.text(), folder: try reader.text(), createdAt: try reader.timestamp())
            }
            let total = try database.fetchCount(
                "SELECT count(*) FROM dag_version WHERE dag_id = ?", [dagID.text])
            return Page(rows: rows, total: total)
        }
    }

    /// What the catch-up policy left out, newest first.
    package func skippedTicks(
        of dagID: DAGID, limit: Int = 50
    ) throws(StateStoreError) -> [SkippedTickRow] {
        try read { database in
            try database.fetch(
                """
                SELECT dag_id, count, first_date, last_date, at FROM skipped_tick
                WHERE dag_id = ? ORDER BY id DESC LIMIT ?
                """, [dagID.text, limit]
            ) { reader in
                SkippedTickRow(
                    dagID: try reader.identifier(), count: try reader.int(), first: try reader.timestamp(),
                    last: try reader.timestamp(), at: try reader.timestamp())
            }
        }
    }

    /// Replaces the list of files that could not be loaded.
    package func setImportErrors(
        _ errors: [ImportErrorRow], at: Timestamp
    ) throws(StateStoreError) {
        try write(at: at) { batch in
            try batch.execute("DELETE FROM import_error", [])
            for error in errors {
                try batch.execute(
                    "INSERT INTO import_error VALUES (?, ?, ?)",
                    [error.path, error.message, error.at.microsecondsSinceEpoch])
            }
        }
    }

    /// The files that could not be loaded, by path.
    package func importErrors() throws(StateStoreError) -> [ImportErrorRow] {
        try read { database in
            try database.fetch("SELECT path, message, at FROM import_error ORDER BY path") { reader in
                ImportErrorRow(
                    path: try reader.text(), message: try reader.text(), at: try reader.timestamp())
            }
        }
    }
}
