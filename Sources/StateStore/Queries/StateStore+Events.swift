import DAGDomain
import GRDB
import JSONText

/// Something a person or the daemon did, for the record.
package struct EventRow: Hashable, Sendable {
    package let id: Int64
    package let at: Timestamp
    package let event: RecordedEvent
}

/// What is recorded of an action: who did what, to what.
package struct RecordedEvent: Hashable, Sendable {
    package var who: String
    /// A word such as `trigger`, `clear`, `pause`.
    package var what: String
    package var dagID: DAGID?
    package var runID: RunID?
    package var taskID: TaskID?
    package var mapIndex: Int?
    package var detail: JSONObject?

    package init(
        who: String, what: String, dagID: DAGID? = nil, runID: RunID? = nil, taskID: TaskID? = nil,
        mapIndex: Int? = nil, detail: JSONObject? = nil
    ) {
        self.who = who
        self.what = what
        self.dagID = dagID
        self.runID = runID
        self.taskID = taskID
        self.mapIndex = mapIndex
        self.detail = detail
    }
}

extension StateStore {
    package func recordEvent(_ event: RecordedEvent, at: Timestamp) throws(StateStoreError) {
        try write(at: at) { batch in try Self.insert(event, at: at, into: batch) }
    }

    static func insert(_ event: RecordedEvent, at: Timestamp, into batch: WriteBatch) throws {
        try batch.execute(
            """
            INSERT INTO event_log (at, who, event, dag_id, run_id, task_id, map_index, detail)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                at.microsecondsSinceEpoch, event.who, event.what, event.dagID?.text, event.runID?.text,
                event.taskID?.text, event.mapIndex, event.detail?.text(),
            ])
    }

    /// The record, newest first; of one DAG or of all.
    package func events(
        of dagID: DAGID? = nil, limit: Int = 50, offset: Int = 0
    ) throws(StateStoreError) -> [EventRow] {
        var query = Query()
        if let dagID { query.add("dag_id = ?", dagID.text) }
        return try read { database in
            try database.fetch(
                """
                SELECT id, at, who, event, dag_id, run_id, task_id, map_index, detail FROM event_log
                \(query.clause) ORDER BY id DESC LIMIT ? OFFSET ?
                """, query.values + [limit, offset]
            ) { reader in
                EventRow(
                    id: try reader.integer(), at: try reader.timestamp(),
                    event: RecordedEvent(
                        who: try reader.text(), what: try reader.text(),
                        dagID: try reader.optionalIdentifier(), runID: try reader.optionalIdentifier(),
                        taskID: try reader.optionalIdentifier(),
                        mapIndex: try reader.optionalInteger().map(Int.init),
                        detail: try reader.optionalObject()))
            }
        }
    }
}
