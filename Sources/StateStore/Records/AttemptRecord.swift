import DAGDomain
import GRDB
import JSONText

/// The columns of an attempt and how they become one.
enum AttemptRecord {
    /// In the order in which `read` takes them.
    static let columns = """
        attempt.run, attempt.task, attempt.map_index, attempt.try_number, attempt.id, attempt.created_at,
        attempt.state, attempt.process_id, attempt.start_date, attempt.end_date, attempt.exit_code,
        attempt.signal, attempt.failure, attempt.reason
        """

    static func read(_ reader: inout RowReader) throws -> Attempt {
        let key = try reader.instanceKey()
        let tryNumber = try reader.int()
        return Attempt(
            id: try reader.identifier(), instance: key, tryNumber: tryNumber,
            createdAt: try reader.timestamp(), state: try reader.choice(),
            processID: try reader.optionalInt32(), startDate: try reader.optionalTimestamp(),
            endDate: try reader.optionalTimestamp(), exitCode: try reader.optionalInt32(),
            signal: try reader.optionalInt32(), failure: try reader.optionalChoice(),
            reason: try reader.reason())
    }

    /// The looks of a sensor are one try: each takes the place of the one before, which must have ended.
    static func insert(_ attempt: Attempt, into batch: WriteBatch) throws {
        let key = attempt.instance
        try batch.changeOne(
            """
            INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (run, task, map_index, try_number) DO UPDATE SET id = excluded.id,
                created_at = excluded.created_at, state = excluded.state, process_id = NULL, start_date = NULL,
                end_date = NULL, exit_code = NULL, signal = NULL, failure = NULL, reason = NULL
            WHERE state NOT IN ('starting', 'running')
            """,
            [
                key.run.value, key.task, key.mapIndex, attempt.tryNumber, attempt.id.text,
                attempt.createdAt.microsecondsSinceEpoch, attempt.state.rawValue, attempt.processID,
                attempt.startDate?.microsecondsSinceEpoch, attempt.endDate?.microsecondsSinceEpoch,
                attempt.exitCode, attempt.signal, attempt.failure?.rawValue,
                attempt.reason.map { StateReasonCoding.encode($0).text() },
            ], expecting: "\(key.inWords) to have no live attempt")
    }

    static func update(_ attempt: Attempt, from state: AttemptState, in batch: WriteBatch) throws {
        let key = attempt.instance
        try batch.changeOne(
            """
            UPDATE attempt SET state = ?, process_id = ?, start_date = ?, end_date = ?, exit_code = ?,
                signal = ?, failure = ?, reason = ?
            WHERE run = ? AND task = ? AND map_index = ? AND try_number = ? AND id = ? AND state = ?
            """,
            [
                attempt.state.rawValue, attempt.processID, attempt.startDate?.microsecondsSinceEpoch,
                attempt.endDate?.microsecondsSinceEpoch, attempt.exitCode, attempt.signal,
                attempt.failure?.rawValue, attempt.reason.map { StateReasonCoding.encode($0).text() },
                key.run.value, key.task, key.mapIndex, attempt.tryNumber, attempt.id.text, state.rawValue,
            ],
            expecting: "attempt \(attempt.id) to be \(state.rawValue) before it is \(attempt.state.rawValue)")
    }
}
