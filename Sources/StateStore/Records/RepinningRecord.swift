import DAGDomain
import GRDB

/// Moves the rows of a finished run onto another version of its DAG.
///
/// A task is its place in the version's file, in every table that hangs on an instance. Those tables are found by their
/// columns, so that one that is added later is not forgotten. Foreign keys are looked at when all rows have moved.
enum RepinningRecord {
    /// Beyond the places of any version: where rows are on their way.
    private static let offset = 1 << 40

    static func apply(_ repinning: RunRepinning, at: Timestamp, in batch: WriteBatch) throws {
        let run = repinning.run
        try batch.database.execute(sql: "PRAGMA defer_foreign_keys = ON")
        let position = try remember(run.number, at: at, in: batch)
        let tables = try tables(batch.database)
        for task in repinning.removed {
            try remember(task, of: run.number, position: position, in: batch)
            for table in tables {
                try batch.execute(
                    "DELETE FROM \(table) WHERE run = ? AND task = ?", [run.number.value, task])
            }
        }
        for table in tables { try move(table, repinning, in: batch) }
        try moveChildren(repinning, in: batch)
        try batch.changeOne(
            """
            UPDATE dag_run SET version = (SELECT id FROM dag_version WHERE dag_id = ? AND hash = ?)
            WHERE number = ? AND state = ?
            """,
            [run.dagID.text, run.version.text, run.number.value, run.state.rawValue],
            expecting: "run \(run.number.value) to be \(run.state.rawValue) before it is moved")
        try DAGRunRecord.update(run, from: run.state, in: batch)
        try settle(repinning, at: at, in: batch)
        try batch.execute(
            "INSERT INTO event_log (at, who, event, dag_id, run_id) VALUES (?, 'scheduler', 'move', ?, ?)",
            [at.microsecondsSinceEpoch, run.dagID.text, run.runID.text])
    }

    /// - Returns: the place of the version that the run leaves, in the run's history.
    private static func remember(_ run: RunNumber, at: Timestamp, in batch: WriteBatch) throws -> Int {
        let position =
            try Int.fetchOne(
                batch.database, sql: "SELECT count(*) FROM past_version WHERE run = ?", arguments: [run.value]
            )
            ?? 0
        try batch.changeOne(
            "INSERT INTO past_version SELECT number, ?, version, ? FROM dag_run WHERE number = ?",
            [position, at.microsecondsSinceEpoch, run.value], expecting: "run \(run.value) to be there")
        return position
    }

    /// Keeps what a task did that the new version does not have.
    private static func remember(
        _ task: Int, of run: RunNumber, position: Int, in batch: WriteBatch
    ) throws {
        try batch.execute(
            """
            INSERT INTO past_instance
            SELECT task_instance.run, ?, dag_version_task.task_id, map_index, state, try_number, start_date,
                end_date, attempt
            FROM task_instance JOIN past_version ON past_version.run = task_instance.run AND position = ?
                JOIN dag_version_task ON dag_version_task.version = past_version.version
                    AND dag_version_task.task = task_instance.task
            WHERE task_instance.run = ? AND task_instance.task = ?
            """, [position, position, run.value, task])
        try batch.execute(
            """
            UPDATE dag_run SET parent_run = NULL, parent_task = NULL, parent_map_index = NULL
            WHERE parent_run = ? AND parent_task = ?
            """, [run.value, task])
    }

    private static func tables(_ database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT known.name FROM sqlite_schema AS known JOIN pragma_table_info(known.name) AS part
                WHERE known.type = 'table' AND part.name IN ('run', 'task', 'map_index')
                GROUP BY known.name HAVING count(*) = 3
                """)
    }

    private static func move(_ table: String, _ repinning: RunRepinning, in batch: WriteBatch) throws {
        let run = repinning.run.number.value
        for (places, distance) in repinning.shifts {
            try batch.execute(
                "UPDATE \(table) SET task = task + ? WHERE run = ? AND task BETWEEN ? AND ?",
                [distance + offset, run, places.lowerBound, places.upperBound])
        }
        try batch.execute(
            "UPDATE \(table) SET task = task - ? WHERE run = ? AND task >= ?", [offset, run, offset / 2])
    }

    /// Runs that tasks of this one asked for name the task by its place too.
    private static func moveChildren(_ repinning: RunRepinning, in batch: WriteBatch) throws {
        let run = repinning.run.number.value
        for (places, distance) in repinning.shifts {
            try batch.execute(
                """
                UPDATE dag_run SET parent_task = parent_task + ?
                WHERE parent_run = ? AND parent_task BETWEEN ? AND ?
                """, [distance + offset, run, places.lowerBound, places.upperBound])
        }
        try batch.execute(
            "UPDATE dag_run SET parent_task = parent_task - ? WHERE parent_run = ? AND parent_task >= ?",
            [offset, run, offset / 2])
    }

    /// New tasks get their rows; reasons that name other tasks get the new places.
    private static func settle(_ repinning: RunRepinning, at: Timestamp, in batch: WriteBatch) throws {
        let added = Set(repinning.added)
        for instance in repinning.instances {
            if added.contains(instance.key.task) {
                try TaskInstanceRecord.insert(instance, at: at, into: batch)
            } else if instance.state.isFinished, instance.state != .success {
                try TaskInstanceRecord.update(instance, from: instance.state, at: at, in: batch)
            }
        }
    }
}
