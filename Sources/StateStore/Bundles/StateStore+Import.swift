import DAGDomain
import Foundation
import GRDB
import JSONText

extension StateStore {
    /// Records a run out of a bundle under a number of this home, in one transaction. Its DAG version must have been
    /// recorded before, and its artifacts be kept.
    ///
    /// - Throws: `guardFailed` for whatever in the bundle could not have been written by this program; nothing is
    ///   recorded then.
    package func importRun(
        _ bundle: RunBundleReader, as number: RunNumber, of dag: DAG, at: Timestamp, by who: String
    ) throws(StateStoreError) {
        try write(at: at) { batch in
            do {
                try Self.insertRun(bundle, as: number, of: dag, in: batch)
                for table in RunBundle.tables { try Self.insert(table, of: bundle, as: number, in: batch) }
                try Self.check(number, dag, in: batch.database)
                try batch.execute("UPDATE ledger SET next_run = max(next_run, ?)", [number.value &+ 1])
                try batch.execute(
                    """
                    INSERT INTO event_log (at, who, event, dag_id, run_id)
                    SELECT ?, ?, 'import', dag_id, run_id FROM dag_run WHERE number = ?
                    """, [at.microsecondsSinceEpoch, who, number.value])
            } catch let error as RunBundleError {
                throw GuardError(detail: "the file \(error.text)")
            } catch let error as RowError {
                throw GuardError(detail: "the file holds what cannot be: \(error.detail)")
            }
        }
    }

    private static func insertRun(
        _ bundle: RunBundleReader, as number: RunNumber, of dag: DAG, in batch: WriteBatch
    ) throws {
        let known = Set(try batch.database.columns(in: RunBundle.runTable).map(\.name))
            .subtracting(RunBundle.ownColumns)
        var count = 0
        try bundle.rows(of: RunBundle.runTable, columns: known) { columns, values in
            count += 1
            try batch.execute(
                """
                INSERT INTO dag_run (number, version, \(columns.joined(separator: ", ")))
                SELECT ?, id, \(columns.map { _ in "?" }.joined(separator: ", "))
                FROM dag_version WHERE dag_id = ? AND hash = ?
                """, [number.value] + values + [dag.id.text, dag.version.text])
        }
        guard count == 1 else { throw GuardError(detail: "the file holds \(count) runs") }
    }

    private static func insert(
        _ table: String, of bundle: RunBundleReader, as number: RunNumber, in batch: WriteBatch
    ) throws {
        let known = Set(try batch.database.columns(in: table).map(\.name)).subtracting(["run"])
        try bundle.rows(of: table, columns: known) { columns, values in
            try batch.execute(
                """
                INSERT INTO \(table) (run, \(columns.joined(separator: ", ")))
                VALUES (?, \(columns.map { _ in "?" }.joined(separator: ", ")))
                """, [number.value] + values)
        }
    }

    /// Reads back what was inserted, and holds it to what this program could have written.
    private static func check(_ number: RunNumber, _ dag: DAG, in database: Database) throws {
        let runs = try database.fetch(
            "SELECT \(DAGRunRecord.columns) FROM \(DAGRunRecord.source) WHERE dag_run.number = ?",
            [number.value],
            as: DAGRunRecord.read)
        guard let run = runs.first, run.dagID == dag.id, run.runID.isValid, run.state.isFinished else {
            throw GuardError(detail: "the file holds no finished run of DAG \(dag.id)")
        }
        let instances = try database.fetch(
            "SELECT \(TaskInstanceRecord.columns) FROM task_instance WHERE run = ?", [number.value],
            as: TaskInstanceRecord.read)
        let tasks = Set(instances.map(\.key.task))
        guard instances.allSatisfy({ $0.state.isFinished }), tasks == Set(dag.tasks.indices) else {
            throw GuardError(detail: "the tasks of the run are not those of its DAG, or have not ended")
        }
        let attempts = try database.fetch(
            "SELECT \(AttemptRecord.columns) FROM attempt WHERE run = ?", [number.value],
            as: AttemptRecord.read)
        guard attempts.allSatisfy({ $0.state.isFinished && RunBundle.isAttemptID($0.id.text) }) else {
            throw GuardError(detail: "an attempt has not ended, or has an id that is none")
        }
        for instance in instances {
            let report = try report(of: instance.key, in: database)
            for artifact in report.artifacts where !RunBundle.isHash(artifact.sha256) {
                throw GuardError(detail: "the artifact \(artifact.name) has no hash")
            }
        }
    }
}
