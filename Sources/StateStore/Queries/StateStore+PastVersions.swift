import DAGDomain
import GRDB

/// What a task did in a run before the run was moved onto a version of its DAG that has no such task.
package struct PastInstanceRow: Hashable, Sendable {
    package let taskID: TaskID
    package let mapIndex: Int
    package let state: TaskInstanceState
    package let tryNumber: Int
    package let startDate: Timestamp?
    package let endDate: Timestamp?
    /// The last attempt, whose log is still there.
    package let attempt: AttemptID?
}

/// A version of its DAG that a run had before.
package struct PastVersionRow: Hashable, Sendable {
    package let version: DAGVersionHash
    package let number: Int
    /// When the run was moved onto the next one.
    package let until: Timestamp
    /// The tasks that the next version did not have any more.
    package var removed: [PastInstanceRow]
}

extension StateStore {
    /// The versions that a run was on before its present one, the oldest first; empty for nearly all runs.
    package func pastVersions(of run: RunNumber) throws(StateStoreError) -> [PastVersionRow] {
        try read { database in
            let versions = try database.fetch(
                """
                SELECT position, hash, number, until
                FROM past_version JOIN dag_version ON dag_version.id = past_version.version
                WHERE run = ? ORDER BY position
                """, [run.value]
            ) { reader in
                (
                    try reader.int(),
                    PastVersionRow(
                        version: try reader.identifier(), number: try reader.int(),
                        until: try reader.timestamp(), removed: [])
                )
            }
            return try versions.map { position, version in
                var version = version
                version.removed = try database.fetch(
                    """
                    SELECT task_id, instance, state, try_number, start_date, end_date, last_attempt
                    FROM past_instance WHERE run = ? AND position = ? ORDER BY task_id, instance
                    """, [run.value, position], as: Self.pastInstance)
                return version
            }
        }
    }

    private static func pastInstance(_ reader: inout RowReader) throws -> PastInstanceRow {
        PastInstanceRow(
            taskID: try reader.identifier(), mapIndex: try reader.int(), state: try reader.choice(),
            tryNumber: try reader.int(), startDate: try reader.optionalTimestamp(),
            endDate: try reader.optionalTimestamp(), attempt: try reader.optionalIdentifier())
    }
}
