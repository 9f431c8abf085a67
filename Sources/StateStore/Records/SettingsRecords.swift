import DAGDomain
import GRDB

/// The columns of what the installation knows of a DAG.
enum DAGStatusRecord {
    /// In the order in which `read` takes them.
    static let columns = """
        dag.dag_id, dag.version, dag.is_paused, dag.is_active, dag.watermark, dag.schedule_fingerprint,
        dag.consecutive_failures, dag.pause_reason, dag.asset_run_at
        """

    static func read(_ reader: inout RowReader) throws -> DAGStatus {
        DAGStatus(
            dagID: try reader.identifier(), version: try reader.identifier(), isPaused: try reader.bool(),
            isActive: try reader.bool(), watermark: try reader.timestamp(),
            scheduleFingerprint: try reader.text(), consecutiveFailures: try reader.int(),
            pauseReason: try reader.optionalText(), lastAssetRun: try reader.optionalTimestamp())
    }

    static func upsert(_ status: DAGStatus, in batch: WriteBatch) throws {
        try batch.changeOne(
            """
            INSERT INTO dag VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dag_id) DO UPDATE SET
                version = excluded.version, is_paused = excluded.is_paused, is_active = excluded.is_active,
                watermark = excluded.watermark, schedule_fingerprint = excluded.schedule_fingerprint,
                consecutive_failures = excluded.consecutive_failures, pause_reason = excluded.pause_reason,
                asset_run_at = excluded.asset_run_at
            """,
            [
                status.dagID.text, status.version.text, status.isPaused, status.isActive,
                status.watermark.microsecondsSinceEpoch, status.scheduleFingerprint,
                status.consecutiveFailures, status.pauseReason,
                status.lastAssetRun?.microsecondsSinceEpoch,
            ],
            expecting: "one row for \(status.dagID)")
    }
}

/// The columns of a pool.
enum PoolRecord {
    /// In the order in which `read` takes them.
    static let columns = "pool.name, pool.slots, pool.description"

    static func read(_ reader: inout RowReader) throws -> Pool {
        Pool(name: try reader.identifier(), slots: try reader.int(), description: try reader.text())
    }

    static func upsert(_ pool: Pool, in batch: WriteBatch) throws {
        try batch.changeOne(
            """
            INSERT INTO pool VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET
                slots = excluded.slots, description = excluded.description
            """,
            [pool.name.text, pool.slots, pool.description], expecting: "one row for pool \(pool.name)")
    }

    static func delete(_ name: PoolName, in batch: WriteBatch) throws {
        guard name != .defaultPool else { throw GuardError(detail: "the pool \(name) cannot be removed") }
        try batch.changeOne(
            "DELETE FROM pool WHERE name = ?", [name.text], expecting: "pool \(name) to exist")
    }
}
