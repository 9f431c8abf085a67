import GRDB

/// Looks for damage in a database: SQLite's own full check, foreign keys, and what our rows promise each other.
enum DatabaseCheck {
    /// A promise between rows, as a query that gives one text for each breach.
    private struct Promise {
        let title: String
        let breaches: String
    }

    /// - Returns: one line for each problem; at most 20 of each kind.
    static func problems(_ database: Database) throws -> [String] {
        let lines = try String.fetchAll(database, sql: "PRAGMA integrity_check(20)")
        // What follows would stumble over a damaged file.
        if lines != ["ok"] { return lines }
        var problems = try database.fetch("PRAGMA foreign_key_check") { reader in
            let table = try reader.text()
            let row = try reader.optionalInteger().map { " row \($0)" } ?? ""
            return "\(table)\(row) refers to a missing row of \(try reader.text())"
        }
        problems = Array(problems.prefix(20))
        for promise in promises {
            problems += try database.fetch("\(promise.breaches) LIMIT 20") { reader in
                "\(promise.title): \(try reader.text())"
            }
        }
        return problems
    }

    private static let promises = [
        Promise(
            title: "the ledger would give a run number twice",
            breaches:
                "SELECT 'run ' || max(number) FROM dag_run HAVING max(number) >= (SELECT next_run FROM ledger)"
        ),
        Promise(
            title: "the ledger has no row", breaches: "SELECT '' WHERE NOT EXISTS (SELECT 1 FROM ledger)"),
        Promise(
            title: "the standard pool is missing",
            breaches: "SELECT '' WHERE NOT EXISTS (SELECT 1 FROM pool WHERE name = 'default_pool')"),
        Promise(
            title: "a task instance is of no task of its DAG version",
            breaches: """
                SELECT 'run ' || run || ' task ' || task FROM task_instance
                JOIN dag_run ON dag_run.number = run
                WHERE NOT EXISTS (SELECT 1 FROM dag_version_task
                    WHERE version = dag_run.version AND dag_version_task.task = task_instance.task)
                """),
        Promise(
            title: "a task instance names an attempt that it does not have",
            breaches: """
                SELECT 'run ' || run || ' task ' || task FROM task_instance
                WHERE attempt IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attempt
                    WHERE attempt.run = task_instance.run AND attempt.task = task_instance.task
                        AND attempt.map_index = task_instance.map_index AND attempt.id = task_instance.attempt)
                """),
        Promise(
            title: "a reason, parameter, output or verdict is not JSON",
            breaches: """
                SELECT * FROM (
                    SELECT 'task_instance of run ' || run FROM task_instance WHERE reason IS NOT NULL AND NOT json_valid(reason)
                    UNION ALL SELECT 'attempt ' || id FROM attempt WHERE reason IS NOT NULL AND NOT json_valid(reason)
                    UNION ALL SELECT 'run ' || number FROM dag_run WHERE NOT json_valid(parameters)
                    UNION ALL SELECT 'output of run ' || run FROM task_output WHERE NOT json_valid(value)
                    UNION ALL SELECT 'verdict of run ' || run FROM gate_verdict WHERE NOT json_valid(verdict))
                """),
        Promise(
            title: "the counts of runs are wrong",
            breaches: """
                SELECT * FROM (
                    SELECT dag_id || ' ' || state FROM dag_run_count
                    WHERE runs <> (SELECT count(*) FROM dag_run WHERE dag_run.dag_id = dag_run_count.dag_id
                        AND dag_run.state = dag_run_count.state AND dag_run.type = dag_run_count.type)
                    UNION ALL
                    SELECT DISTINCT dag_id || ' ' || state FROM dag_run WHERE NOT EXISTS (
                        SELECT 1 FROM dag_run_count WHERE dag_run.dag_id = dag_run_count.dag_id
                        AND dag_run.state = dag_run_count.state AND dag_run.type = dag_run_count.type))
                """),
    ]
}
