import DAGDomain
import GRDB
import JSONText

/// What was filled in in a task's templates for a try; without secrets.
package struct RenderedFieldsRow: Hashable, Sendable {
    package let key: TaskInstanceKey
    package let tryNumber: Int
    package let dagID: DAGID
    package let taskID: TaskID
    package let fields: JSONObject

    package init(
        key: TaskInstanceKey, tryNumber: Int, dagID: DAGID, taskID: TaskID, fields: JSONObject
    ) {
        self.key = key
        self.tryNumber = tryNumber
        self.dagID = dagID
        self.taskID = taskID
        self.fields = fields
    }
}

extension StateStore {
    /// Of each task the newest runs keep their fields (Airflow: `max_num_rendered_ti_fields_per_task`, 30).
    package static let renderedRunsKept = 30

    /// Keeps the fields of the newest try of each instance, and forgets those of runs that are too old. An instance
    /// that was deleted meanwhile is passed over.
    package func recordRendered(_ rows: [RenderedFieldsRow], at: Timestamp) throws(StateStoreError) {
        guard !rows.isEmpty else { return }
        try write(at: at) { batch in
            for row in rows {
                try batch.execute(
                    """
                    INSERT OR REPLACE INTO rendered_fields
                    SELECT run, task, map_index, ?, ?, ?, ? FROM task_instance
                    WHERE run = ? AND task = ? AND map_index = ?
                    """,
                    [
                        row.tryNumber, row.dagID.text, row.taskID.text, row.fields.text(), row.key.run.value,
                        row.key.task, row.key.mapIndex,
                    ])
            }
            for task in Set(rows.map { [$0.dagID.text, $0.taskID.text] }) {
                try batch.execute(
                    """
                    DELETE FROM rendered_fields WHERE dag_id = ? AND task_id = ? AND run < (
                        SELECT min(run) FROM (SELECT DISTINCT run FROM rendered_fields
                            WHERE dag_id = ? AND task_id = ? ORDER BY run DESC LIMIT ?))
                    """,
                    [task[0], task[1], task[0], task[1], Self.renderedRunsKept])
            }
        }
    }

    /// The kept fields of a run: of all its instances, or of one.
    package func renderedFields(
        of run: RunNumber, _ key: TaskInstanceKey? = nil
    ) throws(StateStoreError) -> [RenderedFieldsRow] {
        var query = Query()
        query.add("run = ?", run.value)
        if let key { query.add("task = ? AND map_index = ?", key.task, key.mapIndex) }
        return try read { database in
            try database.fetch(
                """
                SELECT run, task, map_index, try_number, dag_id, task_id, fields FROM rendered_fields
                \(query.clause)
                """, query.values
            ) { reader in
                RenderedFieldsRow(
                    key: try reader.instanceKey(), tryNumber: try reader.int(),
                    dagID: try reader.identifier(), taskID: try reader.identifier(),
                    fields: try reader.object())
            }
        }
    }
}
