import DAGDomain
import GRDB

extension StateStore {
    package func run(_ dagID: DAGID, _ runID: RunID) throws(StateStoreError) -> RunRow? {
        try read { database in
            try database.fetch(
                "\(Self.runSelection) WHERE dag_run.dag_id = ? AND dag_run.run_id = ?",
                [dagID.text, runID.text], as: Self.readRun
            ).first
        }
    }

    package func run(_ number: RunNumber) throws(StateStoreError) -> RunRow? {
        try read { database in
            try database.fetch(
                "\(Self.runSelection) WHERE dag_run.number = ?", [number.value], as: Self.readRun
            ).first
        }
    }

    package func existsRun(_ dagID: DAGID, _ runID: RunID) throws(StateStoreError) -> Bool {
        try read { database in
            try database.fetchCount(
                "SELECT count(*) FROM dag_run WHERE dag_id = ? AND run_id = ?",
                [dagID.text, runID.text]) > 0
        }
    }

    package func existsLogicalDate(
        _ dagID: DAGID, _ date: Timestamp
    ) throws(StateStoreError) -> Bool {
        try read { database in
            try database.fetchCount(
                "SELECT count(*) FROM dag_run WHERE dag_id = ? AND logical_date = ?",
                [dagID.text, date.microsecondsSinceEpoch]) > 0
        }
    }

    /// The run of a DAG with the latest logical date before an instant; nil when there is none.
    package func run(of dagID: DAGID, before date: Timestamp) throws(StateStoreError) -> DAGRun? {
        try read { database in
            try database.fetch(
                """
                SELECT \(DAGRunRecord.columns) FROM \(DAGRunRecord.source)
                WHERE dag_run.dag_id = ? AND dag_run.logical_date < ? ORDER BY dag_run.logical_date DESC LIMIT 1
                """, [dagID.text, date.microsecondsSinceEpoch], as: DAGRunRecord.read
            ).first
        }
    }

    /// The run that an external sensor looks at: the one with the logical date it asks for, or the newest.
    package func externalRun(_ external: ExternalRun, at date: Timestamp?) throws(StateStoreError) -> DAGRun?
    {
        try read { database in
            let source = "SELECT \(DAGRunRecord.columns) FROM \(DAGRunRecord.source) WHERE dag_run.dag_id = ?"
            guard let offset = external.offset, let date else {
                return try database.fetch(
                    source + " ORDER BY dag_run.number DESC LIMIT 1", [external.dagID.text],
                    as: DAGRunRecord.read
                ).first
            }
            return try database.fetch(
                source + " AND dag_run.logical_date = ?",
                [external.dagID.text, (date - offset).microsecondsSinceEpoch], as: DAGRunRecord.read
            ).first
        }
    }

    /// A page of runs with the number of all that match.
    package func runs(_ filter: RunFilter = RunFilter()) throws(StateStoreError) -> Page<RunRow> {
        try read { database in
            let selection = RunSelection(filter)
            let rows = try database.fetch(
                """
                \(Self.runSelection) WHERE dag_run.number IN (\(selection.page))
                ORDER BY \(selection.order), dag_run.number \(selection.direction)
                """, selection.pageValues, as: Self.readRun)
            return Page(
                rows: rows, total: try database.fetchCount(selection.total, selection.totalValues))
        }
    }

    /// How many runs each DAG has in each state; states without runs are left out.
    package func runCounts(
        of dagIDs: [DAGID]? = nil
    ) throws(StateStoreError) -> [RunCountRow] {
        var query = Query()
        query.add("dag_id", in: dagIDs?.map(\.text))
        return try read { database in
            try database.fetch(
                """
                SELECT dag_id, state, sum(runs) FROM dag_run_count \(query.clause)
                GROUP BY dag_id, state HAVING sum(runs) > 0 ORDER BY dag_id, state
                """, query.values
            ) { reader in
                RunCountRow(
                    dagID: try reader.identifier(), state: try reader.choice(), runs: try reader.int())
            }
        }
    }

    private static let runSelection =
        "SELECT \(DAGRunRecord.columns), dag_version.number FROM \(DAGRunRecord.source)"

    private static func readRun(_ reader: inout RowReader) throws -> RunRow {
        RunRow(run: try DAGRunRecord.read(&reader), versionNumber: try reader.int())
    }
}
