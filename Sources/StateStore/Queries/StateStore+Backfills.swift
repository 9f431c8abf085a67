import DAGDomain
import GRDB

/// A backfill as lists show it.
package struct BackfillRow: Hashable, Sendable {
    package let backfill: Backfill
    /// How many of its runs are in each state; states without runs are left out.
    package let runCounts: [DAGRunState: Int]
}

/// A run that stands in the way of a backfill, or that it can run again.
package struct DatedRunRow: Hashable, Sendable {
    package let number: RunNumber
    package let runID: RunID
    package let logicalDate: Timestamp
    package let state: DAGRunState
}

extension StateStore {
    package func backfill(_ id: BackfillID) throws(StateStoreError) -> BackfillRow? {
        try read { database in
            try database.fetch(
                "SELECT \(BackfillRecord.columns) FROM backfill WHERE id = ?", [id.value],
                as: BackfillRecord.read
            ).first.map { try Self.row($0, database) }
        }
    }

    /// The newest first.
    package func backfills(
        of dagID: DAGID? = nil, isActive: Bool? = nil, limit: Int = 50, offset: Int = 0
    ) throws(StateStoreError) -> Page<BackfillRow> {
        var query = Query()
        if let dagID { query.add("dag_id = ?", dagID.text) }
        if let isActive { query.add("(completed_at IS NULL) = ?", isActive) }
        return try read { database in
            let rows = try database.fetch(
                """
                SELECT \(BackfillRecord.columns) FROM backfill \(query.clause)
                ORDER BY id DESC LIMIT ? OFFSET ?
                """, query.values + [limit, offset], as: BackfillRecord.read)
            return Page(
                rows: try rows.map { try Self.row($0, database) },
                total: try database.fetchCount(
                    "SELECT count(*) FROM backfill \(query.clause)", query.values))
        }
    }

    /// The runs of a DAG with a logical date between two instants, both inclusive.
    package func datedRuns(
        of dagID: DAGID, from: Timestamp, through: Timestamp
    ) throws(StateStoreError) -> [DatedRunRow] {
        try read { database in
            try database.fetch(
                """
                SELECT number, run_id, logical_date, state FROM dag_run
                WHERE dag_id = ? AND logical_date BETWEEN ? AND ?
                """, [dagID.text, from.microsecondsSinceEpoch, through.microsecondsSinceEpoch]
            ) { reader in
                DatedRunRow(
                    number: RunNumber(try reader.integer()), runID: try reader.identifier(),
                    logicalDate: try reader.timestamp(), state: try reader.choice())
            }
        }
    }

    /// The run ids of a DAG that begin with some letters, digits and underscores.
    package func runIDs(of dagID: DAGID, prefix: String) throws(StateStoreError) -> [RunID] {
        try read { database in
            try database.fetch(
                "SELECT run_id FROM dag_run WHERE dag_id = ? AND run_id >= ? AND run_id < ?",
                [dagID.text, prefix, prefix + "~"]
            ) { try $0.identifier() }
        }
    }

    private static func row(_ backfill: Backfill, _ database: Database) throws -> BackfillRow {
        let counts = try database.fetch(
            "SELECT state, count(*) FROM dag_run WHERE backfill = ? GROUP BY state", [backfill.id.value]
        ) { reader in (try reader.choice(DAGRunState.self), try reader.int()) }
        return BackfillRow(
            backfill: backfill, runCounts: Dictionary(counts, uniquingKeysWith: +))
    }
}
