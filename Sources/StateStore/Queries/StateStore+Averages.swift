import DAGDomain
import GRDB

extension StateStore {
    /// How long the newest successful runs of a DAG before a run took, and tasks in them. A mapped task takes from the
    /// start of its first instance to the end of its last one.
    package func averageRuntimes(
        of dagID: DAGID, before run: RunNumber, _ questions: [RuntimeQuestion]
    ) throws(StateStoreError) -> [AverageRuntime] {
        try read { database in
            try questions.map { question in
                let (sql, values) = Self.runtimeQuery(dagID, run, question)
                let rows = try database.fetch(sql, values) { reader in
                    (sum: try reader.integer(), samples: try reader.int())
                }
                let (sum, samples) = rows.first ?? (0, 0)
                return AverageRuntime(
                    question, average: .microseconds(sum / Int64(max(1, samples))), samples: samples)
            }
        }
    }

    private static func runtimeQuery(
        _ dagID: DAGID, _ run: RunNumber, _ question: RuntimeQuestion
    ) -> (sql: String, values: [(any DatabaseValueConvertible)?]) {
        let recent = """
            SELECT number, version, end_date - start_date AS length FROM dag_run
            WHERE dag_id = ? AND state = 'success' AND number < ? AND start_date IS NOT NULL
            ORDER BY number DESC LIMIT ?
            """
        let values: [(any DatabaseValueConvertible)?] = [dagID.text, run.value, question.runs]
        guard let task = question.taskID else {
            return ("SELECT coalesce(sum(length), 0), count(*) FROM (\(recent))", values)
        }
        let sql = """
            SELECT coalesce(sum(length), 0), count(*) FROM (
                SELECT max(instance.end_date) - min(instance.start_date) AS length
                FROM (\(recent)) AS recent
                JOIN dag_version_task ON dag_version_task.version = recent.version
                    AND dag_version_task.task_id = ?
                JOIN task_instance AS instance ON instance.run = recent.number
                    AND instance.task = dag_version_task.task
                WHERE instance.state = 'success' AND instance.start_date IS NOT NULL
                GROUP BY recent.number)
            """
        return (sql, values + [task.text])
    }
}
