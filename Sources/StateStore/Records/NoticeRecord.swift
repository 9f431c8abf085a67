import DAGDomain
import GRDB
import JSONText

/// How far a notice is.
package enum NoticeState: String, Hashable, Sendable, CaseIterable {
    /// To be sent, now or at its next instant.
    case pending
    /// A try is under way.
    case sending
    case sent
    /// Given up.
    case failed
}

/// A notice as it stands.
package struct NoticeRow: Hashable, Sendable {
    package let id: Int64
    /// What its receiver knows it by; the same for every try.
    package let uid: String
    package let notice: RaisedNotice
    package let runID: RunID
    package let state: NoticeState
    /// Begun ones.
    package let tries: Int
    package let nextAt: Timestamp?
    package let endedAt: Timestamp?
    /// Why the last try failed.
    package let problem: String?

    package var taskID: TaskID? { notice.facts["task_id"]?.stringValue.map { TaskID($0) } }
}

/// The columns of a notice and how they become one.
enum NoticeRecord {
    /// In the order in which `read` takes them; `notice` must be joined with its `dag_run`.
    static let columns = """
        notice.id, notice.uid, notice.run, notice.dag_id, notice.task, notice.map_index, notice.event,
        notice.deadline, notice.position, notice.kind, notice.created_at, notice.facts, dag_run.run_id,
        notice.state, notice.tries, notice.next_at, notice.ended_at, notice.problem
        """
    static let source = "notice JOIN dag_run ON dag_run.number = notice.run"

    static func read(_ reader: inout RowReader) throws -> NoticeRow {
        let id = try reader.integer()
        let uid = try reader.text()
        let notice = try readNotice(&reader)
        return NoticeRow(
            id: id, uid: uid, notice: notice, runID: try reader.identifier(), state: try reader.choice(),
            tries: try reader.int(), nextAt: try reader.optionalTimestamp(),
            endedAt: try reader.optionalTimestamp(), problem: try reader.optionalText())
    }

    private static func readNotice(_ reader: inout RowReader) throws -> RaisedNotice {
        let run = RunNumber(try reader.integer())
        let dagID: DAGID = try reader.identifier()
        let task = try reader.optionalInteger()
        let mapIndex = try reader.int()
        let event = try reader.text()
        let deadline = try reader.optionalInteger()
        let occasion =
            deadline.map { NoticeOccasion.deadline(Int($0)) }
            ?? NoticeEvent(rawValue: event).map { .event($0) }
        guard let occasion else { throw RowError(detail: "column event does not hold a known word") }
        let position = try reader.int()
        let kind: NoticeAction.Kind = try reader.choice()
        let at = try reader.timestamp()
        return RaisedNotice(
            run: run, dagID: dagID,
            instance: task.map { TaskInstanceKey(run: run, task: Int($0), mapIndex: mapIndex) },
            occasion: occasion, position: position, kind: kind, at: at, facts: try reader.object())
    }

    static func insert(_ notice: RaisedNotice, into batch: WriteBatch) throws {
        var deadline: Int?
        if case .deadline(let position) = notice.occasion { deadline = position }
        try batch.execute(
            """
            INSERT INTO notice (run, dag_id, task, map_index, event, deadline, position, kind, facts, created_at,
                state, tries, next_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?)
            """,
            [
                notice.run.value, notice.dagID.text, notice.instance?.task, notice.instance?.mapIndex ?? -1,
                notice.occasion.word, deadline, notice.position, notice.kind.rawValue, notice.facts.text(),
                notice.at.microsecondsSinceEpoch, notice.at.microsecondsSinceEpoch,
            ])
    }
}
