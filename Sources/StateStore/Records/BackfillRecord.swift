import DAGDomain
import GRDB
import JSONText

/// The columns of a backfill and how they become one.
enum BackfillRecord {
    /// In the order in which `read` takes them.
    static let columns = """
        backfill.id, backfill.dag_id, backfill.from_date, backfill.to_date, backfill.max_active_runs,
        backfill.is_reversed, backfill.is_collapsed, backfill.reprocess, backfill.parameters,
        backfill.created_at, backfill.updated_at, backfill.is_paused, backfill.completed_at
        """

    static func read(_ reader: inout RowReader) throws -> Backfill {
        Backfill(
            id: BackfillID(try reader.integer()), dagID: try reader.identifier(),
            fromDate: try reader.timestamp(), toDate: try reader.timestamp(),
            maximumActiveRuns: try reader.int(), isReversed: try reader.bool(),
            isCollapsed: try reader.bool(), reprocess: try reader.choice(),
            parameters: try reader.object(), createdAt: try reader.timestamp(),
            updatedAt: try reader.timestamp(), isPaused: try reader.bool(),
            completedAt: try reader.optionalTimestamp())
    }

    static func insert(_ backfill: Backfill, into batch: WriteBatch) throws {
        try batch.execute(
            "INSERT INTO backfill VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                backfill.id.value, backfill.dagID.text, backfill.fromDate.microsecondsSinceEpoch,
                backfill.toDate.microsecondsSinceEpoch, backfill.maximumActiveRuns, backfill.isReversed,
                backfill.isCollapsed, backfill.reprocess.rawValue, backfill.parameters.text(),
                backfill.createdAt.microsecondsSinceEpoch, backfill.updatedAt.microsecondsSinceEpoch,
                backfill.isPaused, backfill.completedAt?.microsecondsSinceEpoch,
            ])
        try batch.execute(
            "UPDATE ledger SET next_backfill = max(next_backfill, ?)", [backfill.id.value &+ 1])
    }

    static func update(_ backfill: Backfill, in batch: WriteBatch) throws {
        try batch.changeOne(
            """
            UPDATE backfill SET is_paused = ?, updated_at = ?, completed_at = ?
            WHERE id = ? AND completed_at IS NULL
            """,
            [
                backfill.isPaused, backfill.updatedAt.microsecondsSinceEpoch,
                backfill.completedAt?.microsecondsSinceEpoch, backfill.id.value,
            ], expecting: "backfill \(backfill.id.value) not to be complete")
    }
}
