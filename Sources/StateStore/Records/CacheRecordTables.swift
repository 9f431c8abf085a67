import DAGDomain
import GRDB
import JSONText

/// What the cache said of an attempt, and the result that others can be served from.
enum CacheRecordTables {
    static func write(
        _ record: CacheRecord, of key: TaskInstanceKey, endedAt: Timestamp, in batch: WriteBatch
    ) throws {
        let place: [(any DatabaseValueConvertible)?] = [key.run.value, key.task, key.mapIndex]
        let components = JSONValue.array(record.components.map(\.json)).text()
        let instant = record.computedAt?.microsecondsSinceEpoch
        try batch.execute(
            "INSERT OR REPLACE INTO cache_lookup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            place + [
                record.tryNumber, record.key, components, record.answer.rawValue, record.text,
                record.sourceRun.text, record.sourceTry, instant,
            ])
        guard record.isKept, let cacheKey = record.key else { return }
        try batch.execute(
            """
            INSERT INTO cache_entry (run, task, map_index, key, computed_at, source_run, source_try)
            VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET run = excluded.run, task = excluded.task,
                    map_index = excluded.map_index, computed_at = excluded.computed_at,
                    source_run = excluded.source_run, source_try = excluded.source_try, report = NULL
            """,
            place + [
                cacheKey, instant ?? endedAt.microsecondsSinceEpoch, record.sourceRun.text, record.sourceTry,
            ])
    }

    /// The results of an instance whose report no longer counts serve nobody, but for what was set aside.
    static func forget(_ key: TaskInstanceKey, in batch: WriteBatch) throws {
        try batch.execute(
            "DELETE FROM cache_entry WHERE run = ? AND task = ? AND map_index = ? AND report IS NULL",
            [key.run.value, key.task, key.mapIndex])
    }

    /// Keeps the results of an instance, a success, whose report is about to be forgotten.
    static func setAside(_ key: TaskInstanceKey, in batch: WriteBatch) throws {
        let place: [(any DatabaseValueConvertible)?] = [key.run.value, key.task, key.mapIndex]
        let keys = try batch.database.fetch(
            """
            SELECT key FROM cache_entry JOIN task_instance USING (run, task, map_index)
            WHERE run = ? AND task = ? AND map_index = ? AND report IS NULL AND state = 'success'
            """, place
        ) { try $0.text() }
        guard !keys.isEmpty else { return }
        let report = try StateStore.report(of: key, in: batch.database)
        for text in keys {
            try batch.execute(
                "UPDATE cache_entry SET report = ? WHERE key = ?",
                [KeptReportCoding.encode(report).text(), text])
        }
    }
}
