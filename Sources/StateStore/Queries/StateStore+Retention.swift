import DAGDomain
import GRDB
import JSONText

/// What is old enough to go.
package struct RetentionRule: Hashable, Sendable {
    /// Only runs that ended before this.
    package var endedBefore: Timestamp?
    /// Of each DAG the newest so many stay.
    package var keptRuns: Int
    package var dagID: DAGID?

    package init(endedBefore: Timestamp? = nil, keptRuns: Int = 1, dagID: DAGID? = nil) {
        self.endedBefore = endedBefore
        self.keptRuns = keptRuns
        self.dagID = dagID
    }
}

/// A run that may go.
package struct ExpiredRun: Hashable, Sendable {
    package let number: RunNumber
    package let dagID: DAGID
    package let runID: RunID
    package let endDate: Timestamp?
}

extension StateStore {
    // MARK: Pins

    package func isPinned(_ run: RunNumber) throws(StateStoreError) -> Bool {
        try read { database in
            try database.fetchCount("SELECT EXISTS (SELECT 1 FROM pinned_run WHERE run = ?)", [run.value])
                == 1
        }
    }

    /// - Returns: whether that changed anything.
    package func pin(
        _ run: RunNumber, by who: String, note: String, event: RecordedEvent, at: Timestamp
    ) throws(StateStoreError) -> Bool {
        var changed = 0
        try write(at: at) { batch in
            changed = try batch.execute(
                """
                INSERT INTO pinned_run SELECT number, ?, ?, ? FROM dag_run WHERE number = ?
                ON CONFLICT DO NOTHING
                """, [at.microsecondsSinceEpoch, who, note, run.value])
            if changed == 1 { try Self.insert(event, at: at, into: batch) }
        }
        return changed == 1
    }

    /// - Returns: whether that changed anything.
    package func unpin(
        _ run: RunNumber, event: RecordedEvent, at: Timestamp
    ) throws(StateStoreError) -> Bool {
        var changed = 0
        try write(at: at) { batch in
            changed = try batch.execute("DELETE FROM pinned_run WHERE run = ?", [run.value])
            if changed == 1 { try Self.insert(event, at: at, into: batch) }
        }
        return changed == 1
    }

    /// Those of a DAG that are pinned.
    package func pinnedRuns(of dagID: DAGID? = nil) throws(StateStoreError) -> Set<RunNumber> {
        try read { database in
            Set(
                try database.fetch(
                    """
                    SELECT run FROM pinned_run JOIN dag_run ON number = run
                    WHERE ? IS NULL OR dag_id = ?
                    """, [dagID?.text, dagID?.text]
                ) { RunNumber(try $0.integer()) })
        }
    }

    // MARK: Old runs

    /// Finished runs that the rule lets go and that nobody needs: not pinned, and no version of a model was made by
    /// them. The oldest first.
    package func expiredRuns(_ rule: RetentionRule) throws(StateStoreError) -> [ExpiredRun] {
        var query = Query()
        query.add("place > ?", rule.keptRuns)
        query.add("state <> 'queued' AND state <> 'running'")
        if let instant = rule.endedBefore { query.add("end_date < ?", instant.microsecondsSinceEpoch) }
        if let dagID = rule.dagID { query.add("dag_id = ?", dagID.text) }
        query.add("NOT EXISTS (SELECT 1 FROM pinned_run WHERE run = number)")
        query.add(
            """
            NOT EXISTS (SELECT 1 FROM model_version
                WHERE model_version.dag_id = ranked.dag_id AND model_version.run_id = ranked.run_id)
            """)
        return try read { database in
            try database.fetch(
                """
                SELECT number, dag_id, run_id, end_date FROM (
                    SELECT number, dag_id, run_id, end_date, state,
                        row_number() OVER (PARTITION BY dag_id ORDER BY number DESC) AS place
                    FROM dag_run) AS ranked
                \(query.clause) ORDER BY number
                """, query.values
            ) { reader in
                ExpiredRun(
                    number: RunNumber(try reader.integer()), dagID: try reader.identifier(),
                    runID: try reader.identifier(), endDate: try reader.optionalTimestamp())
            }
        }
    }

    /// Removes runs with everything that hangs on them, in one transaction; those that cannot go any more (pinned or
    /// running meanwhile) stay.
    ///
    /// - Returns: the numbers of those that went.
    package func deleteExpired(_ runs: [RunNumber], at: Timestamp) throws(StateStoreError) -> [RunNumber] {
        var gone: [RunNumber] = []
        try write(at: at) { batch in
            gone = []
            for run in runs {
                let changed = try batch.execute(
                    """
                    DELETE FROM dag_run WHERE number = ? AND state <> 'queued' AND state <> 'running'
                        AND NOT EXISTS (SELECT 1 FROM pinned_run WHERE run = number)
                        AND NOT EXISTS (SELECT 1 FROM model_version
                            WHERE model_version.dag_id = dag_run.dag_id AND model_version.run_id = dag_run.run_id)
                    """, [run.value])
                if changed > 0 { gone.append(run) }
            }
        }
        return gone
    }

    // MARK: Contents

    /// Every content that something on record names, in whichever table: each column that is called after its hash, and
    /// two texts. So what a later table keeps is not forgotten.
    ///
    /// - Parameter runs: whose artifacts are taken as gone.
    package func neededContents(
        withoutRuns runs: Set<RunNumber> = []
    ) throws(StateStoreError) -> Set<String> {
        try read { database in
            var needed: Set<String> = []
            for (table, column) in try Self.contentColumns(database) {
                if table == "artifact" || table == "task_input" {
                    // constant: the names come from the schema
                    let rows = try database.fetch("SELECT run, \(column) FROM \(table)") {
                        (RunNumber(try $0.integer()), try $0.optionalText())
                    }
                    for (run, hash) in rows where !runs.contains(run) { if let hash { needed.insert(hash) } }
                } else {
                    // constant: the names come from the schema
                    needed.formUnion(
                        try database.fetch("SELECT DISTINCT \(column) FROM \(table)") {
                            try $0.optionalText()
                        }
                        .compactMap(\.self))
                }
            }
            needed.formUnion(try Self.contentsInTexts(database))
            return needed
        }
    }

    /// Whether anything on record names one content.
    package func needsContent(_ sha256: String) throws(StateStoreError) -> Bool {
        try read { database in
            for (table, column) in try Self.contentColumns(database) {
                // constant: the names come from the schema
                let found = try database.fetchCount(
                    "SELECT EXISTS (SELECT 1 FROM \(table) WHERE \(column) = ?)", [sha256])
                if found == 1 { return true }
            }
            return try database.fetchCount(
                """
                SELECT EXISTS (SELECT 1 FROM model_version WHERE instr(facts, ?) > 0)
                    OR EXISTS (SELECT 1 FROM cache_entry WHERE instr(report, ?) > 0)
                """, [sha256, sha256]) == 1
        }
    }

    /// What is in a content is no reason to keep it.
    private static func contentColumns(_ database: Database) throws -> [(table: String, column: String)] {
        try database.fetch(
            """
            SELECT known.name, part.name FROM sqlite_schema AS known
                JOIN pragma_table_info(known.name) AS part
            WHERE known.type = 'table' AND known.name <> 'artifact_content'
                AND (part.name = 'sha256' OR part.name LIKE '%\\_sha256' ESCAPE '\\')
            """
        ) { (try $0.text(), try $0.text()) }
    }

    /// In what is kept as JSON: facts of model versions, and results of the cache that were set aside.
    private static func contentsInTexts(_ database: Database) throws -> [String] {
        try database.fetch(
            """
            SELECT facts FROM model_version
            UNION ALL SELECT report FROM cache_entry WHERE report IS NOT NULL
            """
        ) { try $0.text() }.flatMap { text in
            text.split { !$0.isHexDigit }.filter { $0.utf8.count == 64 }.map(String.init)
        }
    }
}
