import DAGDomain
import GRDB

extension StateStore {
    /// How long each task of a DAG took on average in its newest runs, over those where it succeeded.
    ///
    /// - Parameter runs: how many of the newest runs are looked at.
    package func taskDurations(
        of dagID: DAGID, runs: Int = 20
    ) throws(StateStoreError) -> [TaskID: DurationRow] {
        try read { database in
            let rows = try database.fetch(
                """
                SELECT dag_version_task.task_id,
                    sum(task_instance.end_date - task_instance.start_date), count(*)
                FROM (SELECT number, version FROM dag_run WHERE dag_id = ? ORDER BY number DESC LIMIT ?) AS recent
                JOIN task_instance ON task_instance.run = recent.number
                JOIN dag_version_task ON dag_version_task.version = recent.version
                    AND dag_version_task.task = task_instance.task
                WHERE task_instance.state = 'success' AND task_instance.start_date IS NOT NULL
                    AND task_instance.end_date IS NOT NULL
                    AND coalesce(task_instance.reason NOT LIKE '{"kind":"cached"%', 1)
                GROUP BY dag_version_task.task_id
                """, [dagID.text, runs]
            ) { reader in
                (try reader.identifier(TaskID.self), try Self.readDuration(&reader))
            }
            return Dictionary(rows, uniquingKeysWith: { first, _ in first })
        }
    }

    /// How long the newest successful runs of a DAG took on average; nil when there is none.
    package func runDuration(
        of dagID: DAGID, runs: Int = 20
    ) throws(StateStoreError) -> DurationRow? {
        try read { database in
            let rows = try database.fetch(
                """
                SELECT coalesce(sum(end_date - start_date), 0), count(*) FROM (
                    SELECT start_date, end_date FROM dag_run
                    WHERE dag_id = ? AND state = 'success' ORDER BY number DESC LIMIT ?)
                WHERE start_date IS NOT NULL AND end_date IS NOT NULL
                """, [dagID.text, runs], as: Self.readDuration)
            return rows.first { $0.samples > 0 }
        }
    }

    /// Two columns: the sum in microseconds and the number of samples.
    private static func readDuration(_ reader: inout RowReader) throws -> DurationRow {
        let sum = try reader.integer()
        let samples = try reader.int()
        return DurationRow(
            average: .microseconds(sum / Int64(max(1, samples))), samples: samples)
    }
}
