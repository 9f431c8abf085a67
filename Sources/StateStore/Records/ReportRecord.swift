import DAGDomain
import GRDB
import JSONText

/// What an attempt reported: outputs, metrics with all their steps, artifacts and the gate's verdict, kept per
/// instance.
enum ReportRecord {
    static func replace(_ key: TaskInstanceKey, with report: AttemptReport, in batch: WriteBatch) throws {
        try forgetRows(key, in: batch)
        let id: [(any DatabaseValueConvertible)?] = [key.run.value, key.task, key.mapIndex]
        for (position, output) in report.outputs.enumerated() {
            try batch.execute(
                "INSERT INTO task_output VALUES (?, ?, ?, ?, ?, ?)",
                id + [output.name, position, output.value.text()])
        }
        for (position, metric) in report.metrics.enumerated() {
            try insert(metric, position: position, id: id, in: batch)
        }
        for (position, artifact) in report.artifacts.enumerated() {
            try batch.execute(
                "INSERT INTO artifact VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                id + [artifact.name, position, artifact.path, artifact.sha256, artifact.sizeBytes])
        }
        if let verdict = report.verdict {
            try batch.execute(
                "INSERT INTO gate_verdict VALUES (?, ?, ?, ?, ?)",
                id + [verdict.passed, GateVerdictCoding.encode(verdict).text()])
        }
        if let record = report.cache {
            try CacheRecordTables.write(record, of: key, endedAt: report.endDate, in: batch)
        }
    }

    static func forget(_ key: TaskInstanceKey, in batch: WriteBatch) throws {
        try forgetRows(key, in: batch)
        try CacheRecordTables.forget(key, in: batch)
    }

    /// SQLite has no NaN: it is stored as NULL, which no other metric is.
    private static func insert(
        _ metric: Metric, position: Int, id: [(any DatabaseValueConvertible)?], in batch: WriteBatch
    ) throws {
        try batch.execute(
            "INSERT INTO metric VALUES (?, ?, ?, ?, ?, ?, ?)",
            id + [position, metric.name, metric.value, metric.step])
        try batch.execute(
            """
            INSERT INTO metric_last VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET position = excluded.position
            """,
            id + [metric.name, position])
    }

    /// Most instances have nothing to forget: looking first is much cheaper than deletes, for each of which SQLite
    /// makes a temporary table.
    private static func forgetRows(_ key: TaskInstanceKey, in batch: WriteBatch) throws {
        let found = try batch.database.fetch(presence, [key.run.value, key.task, key.mapIndex]) { reader in
            try groups.filter { _ in try reader.bool() }
        }
        guard let present = found.first else {
            throw GuardError(detail: "there is no \(key.inWords) to report for")
        }
        for table in present.flatMap(\.self) {
            try batch.execute(
                "DELETE FROM \(table) WHERE run = ? AND task = ? AND map_index = ?",
                [key.run.value, key.task, key.mapIndex])
        }
    }

    /// Tables that are emptied together, in this order; the last of each has rows when any has.
    private static let groups = [["task_output"], ["metric_last", "metric"], ["artifact"], ["gate_verdict"]]

    /// One row if the instance exists, with a column for each group.
    private static let presence =
        "SELECT "
        + groups.compactMap(\.last).map { table in
            """
            EXISTS (SELECT 1 FROM \(table) WHERE \(table).run = task_instance.run
                AND \(table).task = task_instance.task AND \(table).map_index = task_instance.map_index)
            """
        }.joined(separator: ", ")
        + " FROM task_instance WHERE run = ? AND task = ? AND map_index = ?"
}
