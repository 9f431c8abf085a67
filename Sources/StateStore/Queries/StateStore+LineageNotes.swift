import DAGDomain
import GRDB

/// A note that waits to be told.
package struct LineageNoteRow: Hashable, Sendable {
    package let id: Int64
    package let note: LineageNote
}

extension StateStore {
    /// More are not kept: who never listens must not fill the disk.
    package static let lineageNoteLimit = 200_000

    static func insert(_ notes: [LineageNote], into batch: WriteBatch) throws {
        for note in notes {
            try batch.execute(
                """
                INSERT INTO lineage_note (at, run, note_task, note_index, try_number, event)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    note.at.microsecondsSinceEpoch, note.run.value, note.instance?.task,
                    note.instance?.mapIndex, note.tryNumber, note.event.rawValue,
                ])
        }
    }

    /// The oldest first.
    package func lineageNotes(limit: Int) throws(StateStoreError) -> [LineageNoteRow] {
        try read { database in
            try database.fetch(
                """
                SELECT id, at, run, note_task, note_index, try_number, event FROM lineage_note
                ORDER BY id LIMIT ?
                """, [limit]
            ) { reader in
                let id = try reader.integer()
                let at = try reader.timestamp()
                let run = RunNumber(try reader.integer())
                let task = try reader.optionalInteger()
                let index = try reader.optionalInteger() ?? -1
                return LineageNoteRow(
                    id: id,
                    note: LineageNote(
                        at: at, run: run,
                        instance: task.map { TaskInstanceKey(run: run, task: Int($0), mapIndex: Int(index)) },
                        tryNumber: try reader.int(), event: try reader.choice(LineageNote.Event.self)))
            }
        }
    }

    /// Forgets what has been told, and what is too much.
    package func forgetLineageNotes(through id: Int64, at: Timestamp) throws(StateStoreError) {
        try write(at: at) { batch in
            try batch.execute("DELETE FROM lineage_note WHERE id <= ?", [id])
            try batch.execute(
                "DELETE FROM lineage_note WHERE id <= (SELECT max(id) FROM lineage_note) - ?",
                [Self.lineageNoteLimit])
        }
    }
}
