import DAGDomain
import GRDB
import JSONText

/// A result that is kept for others.
package struct KeptResult: Hashable, Sendable {
    /// Who computed it.
    package let sourceRun: RunID
    package let sourceTry: Int
    package let computedAt: Timestamp
    package let report: KeptReport
}

/// An earlier success of a task, as the cache saw it.
package struct EarlierSuccess: Hashable, Sendable {
    package let runID: RunID
    package let tryNumber: Int
    package let key: String?
    package let components: [CacheComponent]
}

extension StateStore {
    /// The result that is kept under a key, read at one instant; nil when there is none, or its holder is no success any
    /// more.
    package func keptResult(_ key: String) throws(StateStoreError) -> KeptResult? {
        try read { database in
            let found = try database.fetch(
                """
                SELECT run, task, map_index, source_run, source_try, computed_at, report
                FROM cache_entry JOIN task_instance USING (run, task, map_index)
                WHERE key = ? AND (report IS NOT NULL OR state = 'success')
                """, [key]
            ) { reader in
                (
                    holder: try reader.instanceKey(), run: try reader.identifier(RunID.self),
                    tryNumber: try reader.int(), computedAt: try reader.timestamp(),
                    report: try reader.optionalObject()
                )
            }
            guard let entry = found.first else { return nil }
            let report = try entry.report.map(Self.keptReport) ?? Self.report(of: entry.holder, in: database)
            return KeptResult(
                sourceRun: entry.run, sourceTry: entry.tryNumber, computedAt: entry.computedAt, report: report
            )
        }
    }

    private static func keptReport(_ object: JSONObject) throws -> KeptReport {
        guard let report = KeptReportCoding.decode(object) else {
            throw RowError(detail: "a result of the cache cannot be read")
        }
        return report
    }

    static func report(of key: TaskInstanceKey, in database: Database) throws -> KeptReport {
        func query(_ table: String, _ columns: String) -> String {
            "SELECT \(columns) FROM \(table) WHERE run = ? AND task = ? AND map_index = ? ORDER BY position"
        }
        let place = values(key)
        return KeptReport(
            outputs: try database.fetch(query("task_output", "name, value"), place, as: readOutput),
            metrics: try database.fetch(query("metric", "name, value, step"), place, as: readMetric),
            artifacts: try database.fetch(
                query("artifact", "name, path, sha256, size_bytes"), place, as: readArtifact),
            verdict: try database.fetch(
                "SELECT verdict FROM gate_verdict WHERE run = ? AND task = ? AND map_index = ?", place
            ) { try $0.verdict() }.first)
    }

    /// The newest success of a task of which the cache has a record. The task may have had another place in the file
    /// then.
    package func lastCachedSuccess(
        of task: TaskID, in dag: DAGID, mapIndex: Int
    ) throws(StateStoreError) -> EarlierSuccess? {
        try read { database in
            try database.fetch(
                """
                SELECT dag_run.run_id, cache_lookup.try_number, cache_lookup.key, cache_lookup.components
                FROM dag_run JOIN dag_version_task USING (version)
                    JOIN cache_lookup ON cache_lookup.run = dag_run.number
                        AND cache_lookup.task = dag_version_task.task AND cache_lookup.map_index = ?
                    JOIN attempt USING (run, task, map_index, try_number)
                WHERE dag_run.dag_id = ? AND dag_version_task.task_id = ? AND attempt.state = 'succeeded'
                ORDER BY dag_run.number DESC, cache_lookup.try_number DESC LIMIT 1
                """, [mapIndex, dag.text, task.text]
            ) { reader in
                EarlierSuccess(
                    runID: try reader.identifier(), tryNumber: try reader.int(),
                    key: try reader.optionalText(),
                    components: try reader.cacheComponents())
            }.first
        }
    }

    /// What the cache said of the attempts of an instance, oldest first. Without the components, which can be many.
    package func cacheRecords(of key: TaskInstanceKey) throws(StateStoreError) -> [CacheRecord] {
        try read { database in
            try database.fetch(
                """
                SELECT try_number, key, answer, text, source_run, source_try, computed_at FROM cache_lookup
                WHERE run = ? AND task = ? AND map_index = ? ORDER BY try_number
                """, Self.values(key)
            ) { reader in
                var record = CacheRecord(
                    tryNumber: try reader.int(), key: try reader.optionalText(), components: [],
                    answer: try reader.choice(), text: try reader.text(), sourceRun: try reader.identifier(),
                    sourceTry: try reader.int())
                record.computedAt = try reader.optionalTimestamp()
                return record
            }
        }
    }
}

extension RowReader {
    fileprivate mutating func cacheComponents() throws -> [CacheComponent] {
        guard let components = CacheComponent.list(try json()) else {
            throw RowError(detail: "the parts of a cache key cannot be read")
        }
        return components
    }
}
