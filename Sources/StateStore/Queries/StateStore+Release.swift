import DAGDomain
import GRDB

/// A run that may go by itself, and how much hangs on it.
package struct ReleasableRun: Hashable, Sendable {
    package let number: RunNumber
    package let instances: Int
}

/// What runs that go by themselves have to respect besides the rule.
package struct ReleaseRule: Hashable, Sendable {
    package var rule: RetentionRule
    /// Whether what OpenLineage has still to be told keeps a run.
    package var keepsUntold: Bool

    package init(_ rule: RetentionRule, keepsUntold: Bool) {
        self.rule = rule
        self.keepsUntold = keepsUntold
    }
}

/// Retention that nobody watches: more careful than a person's `db prune`, and a little at a time.
extension StateStore {
    /// The DAGs of which there are runs, present or not.
    package func dagsWithRuns() throws(StateStoreError) -> [DAGID] {
        try read { database in
            try database.fetch("SELECT DISTINCT dag_id FROM dag_run_count WHERE runs > 0 ORDER BY dag_id") {
                try $0.identifier()
            }
        }
    }

    /// Some runs of a DAG that may go, the oldest first.
    package func releasableRuns(
        of dagID: DAGID, _ rule: ReleaseRule, limit: Int
    ) throws(StateStoreError) -> [ReleasableRun] {
        let (condition, values) = Self.condition(dagID, rule)
        let order = rule.rule.endedBefore == nil ? "number" : "end_date"
        return try read { database in
            // constant: the order is one of two words
            try database.fetch(
                """
                \(Self.awaited) SELECT number, (SELECT count(*) FROM task_instance WHERE run = number)
                FROM dag_run AS old WHERE \(condition) ORDER BY \(order) LIMIT ?
                """, values + [limit]
            ) { ReleasableRun(number: RunNumber(try $0.integer()), instances: try $0.int()) }
        }
    }

    /// Removes those of the runs that may still go, with everything that hangs on them, in one transaction.
    ///
    /// - Returns: those that went.
    package func release(
        _ runs: [RunNumber], of dagID: DAGID, _ rule: ReleaseRule, at: Timestamp
    ) throws(StateStoreError) -> [RunNumber] {
        let (condition, values) = Self.condition(dagID, rule)
        var gone: [RunNumber] = []
        try write(at: at) { batch in
            gone = []
            for run in runs {
                let changed = try batch.execute(
                    """
                    \(Self.awaited) DELETE FROM dag_run WHERE number IN
                        (SELECT number FROM dag_run AS old WHERE \(condition) AND number = ?)
                    """, values + [run.value])
                if changed > 0 { gone.append(run) }
            }
        }
        try checkpointIfGrown()
        return gone
    }

    /// The contents that runs name; others may name them too.
    package func contents(ofRuns runs: [RunNumber]) throws(StateStoreError) -> Set<String> {
        try read { database in
            var found: Set<String> = []
            for run in runs {
                for table in ["artifact", "task_input"] {
                    // constant: one of two tables
                    let hashes = try database.fetch("SELECT sha256 FROM \(table) WHERE run = ?", [run.value])
                    {
                        try $0.optionalText()
                    }
                    found.formUnion(hashes.compactMap(\.self))
                }
            }
            return found
        }
    }

    /// Those numbers that were given to runs which are not there any more.
    package func removedRuns(among numbers: [Int64]) throws(StateStoreError) -> [Int64] {
        try read { database in
            let next = try database.fetchCount("SELECT next_run FROM ledger")
            return try numbers.filter { number in
                guard number < next else { return false }
                return try database.fetchCount(
                    "SELECT EXISTS (SELECT 1 FROM dag_run WHERE number = ?)", [number]) == 0
            }
        }
    }

    // MARK: The last look

    private static let lastLook = "retention_last"

    /// What `setLastRetention` was given last; nil before the first look.
    package func lastRetention() throws(StateStoreError) -> String? {
        try read { database in
            try database.fetch("SELECT value FROM setting WHERE key = ?", [Self.lastLook]) { try $0.text() }
                .first
        }
    }

    package func setLastRetention(
        _ text: String, event: RecordedEvent?, at: Timestamp
    ) throws(StateStoreError) {
        try write(at: at) { batch in
            try batch.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", [Self.lastLook, text])
            if let event { try Self.insert(event, at: at, into: batch) }
        }
    }

    // MARK: What keeps a run

    /// Runs whose updates of assets somebody still waits for, or works on.
    private static let awaited = """
        WITH awaited (dag_id, run_id) AS (
            SELECT source_dag_id, source_run_id FROM queued_asset_event JOIN asset_event ON id = event
                WHERE source_dag_id IS NOT NULL
            UNION SELECT source_dag_id, source_run_id FROM dag_run AS consumer
                JOIN run_asset_event ON run = consumer.number JOIN asset_event ON id = event
                WHERE (consumer.state = 'queued' OR consumer.state = 'running') AND source_dag_id IS NOT NULL)
        """

    private static func condition(
        _ dagID: DAGID, _ rule: ReleaseRule
    ) -> (text: String, values: [(any DatabaseValueConvertible)?]) {
        var conditions = [
            "old.dag_id = ?", "old.state <> 'queued' AND old.state <> 'running'",
            """
            number <= (SELECT number FROM dag_run WHERE dag_id = ? ORDER BY number DESC LIMIT 1 OFFSET ?)
            """,
            // What later runs compare with.
            "number <> (SELECT ifnull(max(number), 0) FROM dag_run WHERE dag_id = ? AND state = 'success')",
        ]
        var values: [(any DatabaseValueConvertible)?] = [
            dagID.text, dagID.text, max(rule.rule.keptRuns, 1), dagID.text,
        ]
        if let instant = rule.rule.endedBefore {
            conditions.append("old.end_date < ?")
            values.append(instant.microsecondsSinceEpoch)
        }
        conditions += keepers
        if rule.keepsUntold { conditions.append("number NOT IN (SELECT run FROM lineage_note)") }
        return (conditions.joined(separator: " AND "), values)
    }

    private static let keepers = [
        "NOT EXISTS (SELECT 1 FROM pinned_run WHERE run = number)",
        """
        NOT EXISTS (SELECT 1 FROM model_version WHERE model_version.dag_id = old.dag_id
            AND model_version.run_id = old.run_id)
        """,
        // It brought into service what is there now, or what a rollback brings back with the same params.
        """
        NOT EXISTS (SELECT 1 FROM deployment AS made
            WHERE made.dag_id = old.dag_id AND made.run_id = old.run_id AND (made.state = 'running'
                OR made.state = 'healthy' OR (made.state = 'replaced' AND EXISTS (SELECT 1 FROM deployment AS present
                    WHERE present.model = made.model AND present.alias = made.alias AND present.state = 'healthy'
                        AND present.previous_version = made.version))))
        """,
        // Somebody is still to be told of it.
        """
        NOT EXISTS (SELECT 1 FROM notice WHERE run = number AND (state = 'pending' OR state = 'sending'))
        """,
        "NOT EXISTS (SELECT 1 FROM backfill WHERE id = old.backfill AND completed_at IS NULL)",
        "(old.dag_id, old.run_id) NOT IN (SELECT dag_id, run_id FROM awaited)",
        // The task that asked for it goes on from its end.
        """
        NOT EXISTS (SELECT 1 FROM dag_run AS parent WHERE parent.number = old.parent_run
            AND (parent.state = 'queued' OR parent.state = 'running'))
        """,
        // A run that waits for the one before it (`depends_on_past`).
        """
        NOT EXISTS (SELECT 1 FROM dag_run AS next WHERE next.dag_id = old.dag_id
            AND (next.state = 'queued' OR next.state = 'running') AND next.logical_date > old.logical_date
            AND NOT EXISTS (SELECT 1 FROM dag_run AS between_them WHERE between_them.dag_id = old.dag_id
                AND between_them.logical_date > old.logical_date
                AND between_them.logical_date < next.logical_date))
        """,
    ]
}
