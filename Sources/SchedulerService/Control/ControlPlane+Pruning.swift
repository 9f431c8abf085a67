import DAGDomain
import JSONText
import StateStore

extension ControlPlane {
    /// Removes records that are older than an instant and that nothing kept needs.
    package func prune(
        before instant: Timestamp, by: String
    ) async throws(ControlPlaneError) -> PruningResult {
        var total = PruningResult()
        var isComplete = false
        while !isComplete {
            let batch = try await engine.perform { engine throws(ControlPlaneError) in
                try reading { () throws(StateStoreError) in
                    try engine.store.pruneAssets(before: instant, at: WallClock.now())
                }
            }
            total.assetEvents += batch.result.assetEvents
            total.deliveries += batch.result.deliveries
            isComplete = batch.isComplete
        }
        let removed = total
        try await engine.perform { engine throws(ControlPlaneError) in
            try reading { () throws(StateStoreError) in
                try engine.store.recordEvent(
                    RecordedEvent(
                        who: by, what: "prune",
                        detail: [
                            "before": .string(instant.rfc3339),
                            "asset_events": .integer(Int64(removed.assetEvents)),
                            "webhook_deliveries": .integer(Int64(removed.deliveries)),
                        ]), at: WallClock.now())
            }
        }
        return total
    }
}
