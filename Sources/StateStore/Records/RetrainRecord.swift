import DAGDomain
import GRDB

/// The rows of `retrain_when`.
enum RetrainRecord {
    static func all(_ database: Database) throws -> [RetrainState] {
        try database.fetch("SELECT dag_id, state FROM retrain_state ORDER BY dag_id") { reader in
            let dagID = try reader.identifier(DAGID.self)
            return try RetrainCoding.state(try reader.text(), of: dagID)
        }
    }

    static func replace(_ state: RetrainState, in batch: WriteBatch) throws {
        try batch.changeOne(
            """
            INSERT INTO retrain_state VALUES (?, ?) ON CONFLICT (dag_id) DO UPDATE SET state = excluded.state
            """, [state.dagID.text, RetrainCoding.text(state)], expecting: "one row for \(state.dagID)")
    }

    static func delete(of dagID: DAGID, in batch: WriteBatch) throws {
        try batch.execute("DELETE FROM retrain_state WHERE dag_id = ?", [dagID.text])
    }

    static func insert(_ firings: [RetrainFiring], of run: RunNumber, into batch: WriteBatch) throws {
        for (position, firing) in firings.enumerated() {
            try batch.execute(
                "INSERT INTO run_cause VALUES (?, ?, ?)", [run.value, position, RetrainCoding.text(firing)])
        }
    }
}

extension StateStore {
    /// What `retrain_when` remembers of a DAG; nil when nothing ever fired.
    package func retrainState(of dagID: DAGID) throws(StateStoreError) -> RetrainState? {
        try read { database in
            try database.fetch(
                "SELECT state FROM retrain_state WHERE dag_id = ?", [dagID.text]
            ) { try RetrainCoding.state(try $0.text(), of: dagID) }.first
        }
    }

    /// Which clauses of `retrain_when` started these runs; nothing for runs that were started otherwise.
    package func causes(of runs: [RunNumber]) throws(StateStoreError) -> [RunNumber: [RetrainFiring]] {
        guard let first = runs.min(), let last = runs.max() else { return [:] }
        let rows = try read { database in
            try database.fetch(
                "SELECT run, cause FROM run_cause WHERE run BETWEEN ? AND ? ORDER BY run, position",
                [first.value, last.value]
            ) { (RunNumber(try $0.integer()), try RetrainCoding.firing(try $0.text())) }
        }
        let wanted = Set(runs)
        return Dictionary(grouping: rows.filter { wanted.contains($0.0) }, by: \.0).mapValues { $0.map(\.1) }
    }
}
