import DAGDomain
import GRDB

extension StateStore {
    /// A text of a DAG that unfinished runs, or its own status, need.
    package struct VersionKey: Hashable, Sendable {
        package let dagID: DAGID
        package let hash: DAGVersionHash

        package init(dagID: DAGID, hash: DAGVersionHash) {
            self.dagID = dagID
            self.hash = hash
        }
    }

    /// What the scheduler must remember, and the DAG versions it needs for that. The work grows with what is
    /// unfinished, not with the history.
    package func loadUnfinished() throws(StateStoreError) -> (state: UnfinishedState, versions: [VersionKey])
    {
        try read { database in
            let runs = try Self.unfinishedRuns(database)
            let statuses = try database.fetch(
                "SELECT \(DAGStatusRecord.columns) FROM dag ORDER BY dag_id", as: DAGStatusRecord.read)
            let pools = try database.fetch(
                "SELECT \(PoolRecord.columns) FROM pool ORDER BY name", as: PoolRecord.read)
            let backfills = try database.fetch(
                "SELECT \(BackfillRecord.columns) FROM backfill WHERE completed_at IS NULL ORDER BY id",
                as: BackfillRecord.read)
            let next = try database.fetch("SELECT next_run, next_backfill, next_asset_event FROM ledger") {
                (run: try $0.integer(), backfill: try $0.integer(), event: try $0.integer())
            }
            guard let next = next.first else { throw RowError(detail: "the ledger has no row") }
            let state = UnfinishedState(
                statuses: statuses, pools: pools, runs: runs, nextRunNumber: RunNumber(next.run),
                backfills: backfills, nextBackfillID: BackfillID(next.backfill),
                assetQueues: try AssetQueueRecord.all(database),
                nextAssetEventID: AssetEventID(next.event), retrains: try RetrainRecord.all(database),
                aliasMembers: try AssetAliasRecord.members(database))
            var versions = Set(runs.map { VersionKey(dagID: $0.run.dagID, hash: $0.run.version) })
            versions.formUnion(statuses.map { VersionKey(dagID: $0.dagID, hash: $0.version) })
            return (state, versions.sorted { ($0.dagID, $0.hash) < ($1.dagID, $1.hash) })
        }
    }

    /// A run with all its instances, finished or not, as a clear needs it; nil when there is none.
    package func loadRun(_ number: RunNumber) throws(StateStoreError) -> UnfinishedState.Run? {
        try read { database in
            let runs = try database.fetch(
                "SELECT \(DAGRunRecord.columns) FROM \(DAGRunRecord.source) WHERE dag_run.number = ?",
                [number.value], as: DAGRunRecord.read)
            return try runs.first.map { try Self.completed($0, database) }
        }
    }

    private static func unfinishedRuns(_ database: Database) throws -> [UnfinishedState.Run] {
        let runs = try database.fetch(
            """
            SELECT \(DAGRunRecord.columns) FROM \(DAGRunRecord.source)
            WHERE dag_run.state IN ('queued', 'running') ORDER BY dag_run.number
            """, as: DAGRunRecord.read)
        return try runs.map { try completed($0, database) }
    }

    private static func completed(_ run: DAGRun, _ database: Database) throws -> UnfinishedState.Run {
        let instances = try database.fetch(
            """
            SELECT \(TaskInstanceRecord.columns) FROM task_instance WHERE run = ? ORDER BY task, map_index
            """, [run.number.value], as: TaskInstanceRecord.read)
        let live = try database.fetch(
            """
            SELECT \(AttemptRecord.columns) FROM attempt
            WHERE run = ? AND state IN ('starting', 'running') ORDER BY task, map_index
            """, [run.number.value], as: AttemptRecord.read)
        return UnfinishedState.Run(run: run, instances: instances, liveAttempts: live)
    }
}

extension Database {
    /// All rows of a query, each read by `body`.
    func fetch<Value>(
        _ sql: String, _ arguments: [(any DatabaseValueConvertible)?] = [],
        as body: (inout RowReader) throws -> Value
    ) throws -> [Value] {
        let statement = try cachedStatement(sql: sql)
        let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
        var values: [Value] = []
        while let row = try cursor.next() {
            var reader = RowReader(row)
            values.append(try body(&reader))
        }
        return values
    }
}
