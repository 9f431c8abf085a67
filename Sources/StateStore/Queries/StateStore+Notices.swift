import DAGDomain
import GRDB

/// Which notices a list shows.
package struct NoticeFilter: Hashable, Sendable {
    package var dagID: DAGID?
    package var runID: RunID?
    package var run: RunNumber?
    package var taskID: TaskID?
    package var states: [NoticeState]?
    package var limit = 50
    package var offset = 0

    package init() {}

    fileprivate var query: Query {
        var query = Query()
        if let dagID { query.add("notice.dag_id = ?", dagID.text) }
        if let runID { query.add("dag_run.run_id = ?", runID.text) }
        if let run { query.add("notice.run = ?", run.value) }
        if let taskID { query.add("json_extract(notice.facts, '$.task_id') = ?", taskID.text) }
        query.add("notice.state", in: states?.map(\.rawValue))
        return query
    }
}

extension StateStore {
    /// The newest first.
    package func notices(_ filter: NoticeFilter) throws(StateStoreError) -> Page<NoticeRow> {
        let query = filter.query
        return try read { database in
            let rows = try database.fetch(
                """
                SELECT \(NoticeRecord.columns) FROM \(NoticeRecord.source) \(query.clause)
                ORDER BY notice.id DESC LIMIT ? OFFSET ?
                """, query.values + [filter.limit, filter.offset], as: NoticeRecord.read)
            let total = try database.fetchCount(
                "SELECT count(*) FROM \(NoticeRecord.source) \(query.clause)", query.values)
            return Page(rows: rows, total: total)
        }
    }

    package func notice(_ id: Int64) throws(StateStoreError) -> NoticeRow? {
        try read { database in
            try database.fetch(
                "SELECT \(NoticeRecord.columns) FROM \(NoticeRecord.source) WHERE notice.id = ?", [id],
                as: NoticeRecord.read
            ).first
        }
    }

    /// Those whose instant has come, the oldest first.
    package func dueNotices(at instant: Timestamp, limit: Int) throws(StateStoreError) -> [NoticeRow] {
        try read { database in
            try database.fetch(
                """
                SELECT \(NoticeRecord.columns) FROM \(NoticeRecord.source)
                WHERE notice.state = 'pending' AND notice.next_at <= ?
                ORDER BY notice.next_at, notice.id LIMIT ?
                """, [instant.microsecondsSinceEpoch, limit], as: NoticeRecord.read)
        }
    }

    /// Those of which a try is under way.
    package func noticesInFlight() throws(StateStoreError) -> [NoticeRow] {
        try read { database in
            try database.fetch(
                """
                SELECT \(NoticeRecord.columns) FROM \(NoticeRecord.source)
                WHERE notice.state = 'sending' ORDER BY notice.id
                """, as: NoticeRecord.read)
        }
    }

    /// When the next one is to be sent; nil when none waits.
    package func nextNotice() throws(StateStoreError) -> Timestamp? {
        try read { database in
            try database.fetch("SELECT min(next_at) FROM notice WHERE state = 'pending'") {
                try $0.optionalTimestamp()
            }.first ?? nil
        }
    }

    // MARK: Sending

    /// Notes that a try begins, before anything is sent.
    ///
    /// - Returns: whether the notice still waits: its run may have been deleted meanwhile.
    package func noticeBegins(_ row: NoticeRow, at: Timestamp) throws(StateStoreError) -> Bool {
        var changed = 0
        try write(at: at) { batch in
            changed = try batch.execute(
                """
                UPDATE notice SET state = 'sending', tries = tries + 1, next_at = NULL
                WHERE id = ? AND state = 'pending' AND tries = ?
                """, [row.id, row.tries])
        }
        return changed == 1
    }

    /// - Parameter remark: that somebody has not got it, for example.
    package func noticeIsSent(
        _ id: Int64, remark: String? = nil, at: Timestamp
    ) throws(StateStoreError) {
        try write(at: at) { batch in
            try batch.execute(
                """
                UPDATE notice SET state = 'sent', ended_at = ?, problem = ?
                WHERE id = ? AND state = 'sending'
                """, [at.microsecondsSinceEpoch, remark, id])
        }
    }

    /// A try has failed.
    ///
    /// - Parameters:
    ///   - next: when it is tried again; nil gives it up.
    ///   - event: for the record of events, when it is given up.
    package func noticeFails(
        _ id: Int64, problem: String, next: Timestamp?, event: RecordedEvent?, at: Timestamp
    ) throws(StateStoreError) {
        try write(at: at) { batch in
            let changed = try batch.execute(
                """
                UPDATE notice SET state = ?, next_at = ?, ended_at = ?, problem = ?
                WHERE id = ? AND state = 'sending'
                """,
                [
                    next == nil ? "failed" : "pending", next?.microsecondsSinceEpoch,
                    next == nil ? at.microsecondsSinceEpoch : nil, problem, id,
                ])
            if changed == 1, let event { try Self.insert(event, at: at, into: batch) }
        }
    }

    /// Has a notice that was sent or given up sent again, with all its tries.
    ///
    /// - Returns: whether it was; not while it waits for its turn or is being sent.
    package func sendNoticeAgain(
        _ id: Int64, event: RecordedEvent, at: Timestamp
    ) throws(StateStoreError) -> Bool {
        var changed = 0
        try write(at: at) { batch in
            changed = try batch.execute(
                """
                UPDATE notice SET state = 'pending', tries = 0, next_at = ?, ended_at = NULL
                WHERE id = ? AND (state = 'sent' OR state = 'failed')
                """, [at.microsecondsSinceEpoch, id])
            if changed == 1 { try Self.insert(event, at: at, into: batch) }
        }
        return changed == 1
    }
}
