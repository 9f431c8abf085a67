import DAGDomain
import GRDB
import JSONText

/// The columns of a task instance and how they become one.
enum TaskInstanceRecord {
    /// In the order in which `read` takes them.
    static let columns = """
        task_instance.run, task_instance.task, task_instance.map_index, task_instance.state,
        task_instance.try_number, task_instance.maximum_tries, task_instance.tries_since_clear,
        task_instance.scheduled_at, task_instance.queued_at, task_instance.start_date, task_instance.end_date,
        task_instance.not_before, task_instance.attempt, task_instance.failure, task_instance.reason,
        task_instance.mapped_parameters
        """

    static func read(_ reader: inout RowReader) throws -> TaskInstance {
        TaskInstance(
            key: try reader.instanceKey(), state: try reader.choice(), tryNumber: try reader.int(),
            maximumTries: try reader.int(), triesSinceClear: try reader.int(),
            scheduledAt: try reader.optionalTimestamp(), queuedAt: try reader.optionalTimestamp(),
            startDate: try reader.optionalTimestamp(), endDate: try reader.optionalTimestamp(),
            notBefore: try reader.optionalTimestamp(), attempt: try reader.optionalIdentifier(),
            failure: try reader.optionalChoice(), reason: try reader.reason(),
            mappedParameters: try reader.optionalObject() ?? JSONObject())
    }

    static func insert(_ instance: TaskInstance, at: Timestamp, into batch: WriteBatch) throws {
        let key = instance.key
        try batch.execute(
            "INSERT INTO task_instance VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                key.run.value, key.task, key.mapIndex, instance.state.rawValue, instance.tryNumber,
                instance.maximumTries, instance.triesSinceClear, instance.scheduledAt?.microsecondsSinceEpoch,
                instance.queuedAt?.microsecondsSinceEpoch, instance.startDate?.microsecondsSinceEpoch,
                instance.endDate?.microsecondsSinceEpoch, instance.notBefore?.microsecondsSinceEpoch,
                instance.attempt?.text, instance.failure?.rawValue,
                instance.reason.map { StateReasonCoding.encode($0).text() }, at.microsecondsSinceEpoch,
                instance.mappedParameters.isEmpty ? nil : instance.mappedParameters.text(),
            ])
    }

    /// The instance with map index -1 that others take the place of; it has never run.
    static func delete(_ key: TaskInstanceKey, in batch: WriteBatch) throws {
        try batch.changeOne(
            "DELETE FROM task_instance WHERE run = ? AND task = ? AND map_index = ?",
            [key.run.value, key.task, key.mapIndex], expecting: "\(key.inWords) to be there")
    }

    static func update(
        _ instance: TaskInstance, from state: TaskInstanceState, at: Timestamp, in batch: WriteBatch
    ) throws {
        let key = instance.key
        try batch.changeOne(
            """
            UPDATE task_instance SET state = ?, try_number = ?, maximum_tries = ?, tries_since_clear = ?,
                scheduled_at = ?, queued_at = ?, start_date = ?, end_date = ?, not_before = ?, attempt = ?,
                failure = ?, reason = ?, updated_at = ?
            WHERE run = ? AND task = ? AND map_index = ? AND state = ?
            """,
            [
                instance.state.rawValue, instance.tryNumber, instance.maximumTries, instance.triesSinceClear,
                instance.scheduledAt?.microsecondsSinceEpoch, instance.queuedAt?.microsecondsSinceEpoch,
                instance.startDate?.microsecondsSinceEpoch, instance.endDate?.microsecondsSinceEpoch,
                instance.notBefore?.microsecondsSinceEpoch, instance.attempt?.text,
                instance.failure?.rawValue,
                instance.reason.map { StateReasonCoding.encode($0).text() }, at.microsecondsSinceEpoch,
                key.run.value, key.task, key.mapIndex, state.rawValue,
            ],
            expecting: "\(key.inWords) to be \(state.rawValue) before it is \(instance.state.rawValue)")
    }
}

extension TaskInstanceKey {
    /// For the message of a broken guard.
    var inWords: String { "task \(task) (map index \(mapIndex)) of run \(run.value)" }
}
