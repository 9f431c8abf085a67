import DAGDomain
import JSONText
import StateStore

extension ControlPlane {
    /// Has a notice that was sent or given up sent again; its id stays the same.
    package func sendNoticeAgain(_ id: Int64, by user: String) throws(ControlPlaneError) -> NoticeRow {
        let row = try notice(id)
        let event = RecordedEvent(
            who: user, what: "notice_again", dagID: row.notice.dagID, runID: row.runID, taskID: row.taskID,
            mapIndex: row.notice.instance?.mapIndex, detail: ["notice": .integer(id)])
        let isSent = try reading { () throws(StateStoreError) in
            try store.sendNoticeAgain(id, event: event, at: WallClock.now())
        }
        guard isSent else { throw .conflict("notice \(id) is \(row.state.rawValue) already") }
        notices.wake()
        return try notice(id)
    }

    package func notice(_ id: Int64) throws(ControlPlaneError) -> NoticeRow {
        let found = try reading { () throws(StateStoreError) in try store.notice(id) }
        guard let found else { throw .unknownNotice(id) }
        return found
    }
}
