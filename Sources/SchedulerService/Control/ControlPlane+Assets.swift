import DAGDomain
import DAGLoading
import JSONText
import SchedulerCore
import StateStore

/// Who has to do with an asset, by the files that are loaded.
package struct AssetUse: Sendable {
    package var scheduledDAGs: [DAGID] = []
    package var producers: [(dagID: DAGID, taskID: TaskID)] = []
    package var readers: [(dagID: DAGID, taskID: TaskID)] = []
    package var watches: [(dagID: DAGID, watch: FileWatch)] = []
    /// A DAG whose file says more of it than its URI, and what it says.
    package var description: (dagID: DAGID, asset: Asset)?

    package init() {}

    package var isEmpty: Bool { scheduledDAGs.isEmpty && producers.isEmpty && readers.isEmpty }

    package var dagIDs: [DAGID] {
        Set(scheduledDAGs + producers.map(\.dagID) + readers.map(\.dagID)).sorted()
    }
}

/// What a DAG that is scheduled on assets waits for.
package struct AssetWaiting: Sendable {
    package let condition: AssetCondition
    package let updated: [QueuedAssetRow]
    package let isPaused: Bool
    package let members: AliasMembers

    /// What is left of the condition; nil when it holds.
    package var missing: AssetCondition? {
        condition.rest(aliases: members) { asset in updated.contains { $0.asset == asset } }
    }

    /// `waits for s3://a; had s3://b at ...`
    package var sentence: String {
        let had = updated.map { row in
            "\(row.asset) at \(row.entry.latest.rfc3339)"
                + (row.entry.count > 1 ? " (\(row.entry.count) events)" : "")
        }
        let past = had.isEmpty ? "" : "; had \(had.joined(separator: ", "))"
        guard let missing else {
            return isPaused
                ? "is paused; starts when it is unpaused\(past)"
                : "starts as soon as max_active_runs allows another run\(past)"
        }
        let unused = missing.aliases.filter { members[$0].isEmpty }.map(\.text)
        let note =
            unused.isEmpty
            ? "" : "; no task has updated anything under \(unused.joined(separator: ", ")) yet"
        return "waits for \(missing)\(note)\(past)"
            + (isPaused ? "; is paused, so new events do not count" : "")
    }
}

extension ControlPlane {
    /// The largest `extra` of an event that comes from outside, in bytes of JSON.
    package static let maximumExtra = 64 * 1024

    /// The uses of every asset that a loaded file names.
    package func assetUses() -> [AssetURI: AssetUse] {
        var uses: [AssetURI: AssetUse] = [:]
        for dag in catalog.entries().compactMap(\.dag).sorted(by: { $0.id < $1.id }) {
            for asset in dag.assets where !asset.isPlain {
                uses[asset.uri, default: AssetUse()].description = (dag.id, asset)
            }
            for asset in dag.settings.scheduleAssets {
                uses[asset.uri, default: AssetUse()].scheduledDAGs.append(dag.id)
                if let watch = asset.watch {
                    uses[asset.uri, default: AssetUse()].watches.append((dag.id, watch))
                }
            }
            for task in dag.tasks {
                for asset in task.outlets {
                    uses[asset.uri, default: AssetUse()].producers.append((dag.id, task.id))
                }
                for asset in task.inlets {
                    uses[asset.uri, default: AssetUse()].readers.append((dag.id, task.id))
                }
            }
        }
        return uses
    }

    package func asset(_ id: Int64) throws(ControlPlaneError) -> AssetRow {
        let row = try reading { () throws(StateStoreError) in try store.asset(id) }
        guard let row else { throw .unknownAsset("\(id)", nearest: nil) }
        return row
    }

    package func asset(_ uri: AssetURI) throws(ControlPlaneError) -> AssetRow {
        let row = try reading { () throws(StateStoreError) in try store.asset(uri) }
        if let row { return row }
        let known = try reading { () throws(StateStoreError) in try store.assets() }
        throw .unknownAsset(uri.text, nearest: NearestWord.find(uri.text, in: known.map(\.asset.uri.text)))
    }

    /// Records an update of an asset that is known, and starts what it starts.
    package func emit(_ emission: AssetEmission) async throws(ControlPlaneError) -> AssetEventRow {
        _ = try asset(emission.asset)
        guard emission.extra.text().utf8.count <= Self.maximumExtra else {
            throw .invalidRequest("the extra of an asset event has at most \(Self.maximumExtra) bytes")
        }
        let event = try await engine.perform { engine throws(ControlPlaneError) in
            let decision = engine.handle(.assetEmitted(emission))
            guard let event = decision.createdAssetEvent else {
                throw .invalidRequest("the scheduler recorded no event")
            }
            return event
        }
        let row = try reading { () throws(StateStoreError) in try store.assetEvent(event.id) }
        guard let row else { throw .unavailable("the event \(event.id.value) cannot be read back") }
        return row
    }

    /// Takes waiting events away: of one DAG or all, of one asset or all.
    package func dropQueuedEvents(
        of dagID: DAGID?, asset: AssetURI?, before: Timestamp?
    ) async throws(ControlPlaneError) {
        let rows = try reading { () throws(StateStoreError) in try store.queuedAssets(of: dagID) }
        for id in Set(rows.map(\.dagID)).sorted() {
            try await perform(.assetQueueDropped(id, asset.map { [$0] }, before: before))
        }
    }

    /// What a DAG waits for; nil when its newest good version is not scheduled on assets.
    package func assetWaiting(of dagID: DAGID) throws(ControlPlaneError) -> AssetWaiting? {
        guard let condition = catalog.entry(dagID)?.dag?.settings.assets else { return nil }
        return try reading { () throws(StateStoreError) in
            AssetWaiting(
                condition: condition, updated: try store.queuedAssets(of: dagID),
                isPaused: try store.dag(dagID)?.status.isPaused ?? false,
                members: condition.aliases.isEmpty ? AliasMembers() : try store.aliasMembers())
        }
    }

    /// Runs the one DAG that updates an asset.
    package func materialize(
        _ id: Int64, _ request: (DAGID) -> TriggerRequest
    ) async throws(ControlPlaneError) -> DAGRun {
        let asset = try asset(id)
        let dags = Set(assetUses()[asset.asset.uri]?.producers.map(\.dagID) ?? []).sorted()
        guard let dagID = dags.first else {
            throw .unknownAsset("\(id)", nearest: nil)
        }
        guard dags.count == 1 else {
            throw .invalidRequest(
                "more than one DAG updates the asset \(asset.asset.uri): "
                    + dags.map(\.text).joined(separator: ", "))
        }
        var request = request(dagID)
        request.type = .assetMaterialization
        return try await trigger(request)
    }
}
