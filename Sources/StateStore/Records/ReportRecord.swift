import DAGDomain
import GRDB
import JSONText

/// What an attempt reported: outputs, metrics with all their steps, artifacts and the gate's verdict, kept per
/// instance.
enum ReportRecord {
    private static let tables = ["task_output", "metric_last", "metric", "artifact", "gate_verdict"]

    static func replace(_ key: TaskInstanceKey, with report: AttemptReport, in batch: WriteBatch) throws {
        try requireInstance(key, in: batch)
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
    }

    static func forget(_ key: TaskInstanceKey, in batch: WriteBatch) throws {
        try requireInstance(key, in: batch)
        try forgetRows(key, in: batch)
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

    private static func requireInstance(_ key: TaskInstanceKey, in batch: WriteBatch) throws {
        let statement = try batch.database.cachedStatement(
            sql: "SELECT 1 FROM task_instance WHERE run = ? AND task = ? AND map_index = ?")
        let arguments: StatementArguments = [key.run.value, key.task, key.mapIndex]
        guard try Row.fetchOne(statement, arguments: arguments) != nil else {
            throw GuardError(detail: "there is no \(key.inWords) to report for")
        }
    }

    private static func forgetRows(_ key: TaskInstanceKey, in batch: WriteBatch) throws {
        for table in tables {
            try batch.execute(
                "DELETE FROM \(table) WHERE run = ? AND task = ? AND map_index = ?",
                [key.run.value, key.task, key.mapIndex])
        }
    }
}
