import DAGDomain
import GRDB

/// How much a pruning has removed.
package struct PruningResult: Hashable, Sendable {
    package var assetEvents = 0
    package var deliveries = 0

    package init() {}
}

extension StateStore {
    /// So many rows go in one transaction, so that a large pruning never holds others up for long.
    private static let pruningBatch = 500

    /// Removes updates of assets that are older than an instant, and the keys of messages that webhooks need no more.
    ///
    /// What waits for a DAG, what a run that is still there has used, and the newest update of each asset stay.
    ///
    /// - Returns: what one batch removed; the caller asks again while it is full.
    package func pruneAssets(
        before instant: Timestamp, at now: Timestamp
    ) throws(StateStoreError) -> (result: PruningResult, isComplete: Bool) {
        var result = PruningResult()
        try write(at: now) { batch in
            result.assetEvents = try batch.execute(
                """
                DELETE FROM asset_event WHERE id IN (
                    SELECT id FROM asset_event AS old
                    WHERE old.timestamp < ?
                        AND NOT EXISTS (SELECT 1 FROM queued_asset_event WHERE event = old.id)
                        AND NOT EXISTS (SELECT 1 FROM run_asset_event WHERE event = old.id)
                        AND old.id < (SELECT max(id) FROM asset_event WHERE asset = old.asset)
                    ORDER BY old.timestamp LIMIT ?)
                """, [instant.microsecondsSinceEpoch, Self.pruningBatch])
            let limit = min(instant, now - OutsideRecordTables.deliveryLifetime)
            result.deliveries = try batch.execute(
                """
                DELETE FROM webhook_delivery WHERE (webhook, key) IN (
                    SELECT webhook, key FROM webhook_delivery WHERE at < ? ORDER BY at LIMIT ?)
                """, [limit.microsecondsSinceEpoch, Self.pruningBatch])
        }
        try checkpointIfGrown()
        let largest = max(result.assetEvents, result.deliveries)
        return (result, largest < Self.pruningBatch)
    }
}
