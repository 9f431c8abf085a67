import DAGDomain
import SchedulerCore

/// Books of its own about asset events: each success updates its outlets once, in the same commit; each event waits for
/// exactly the DAGs that it counts for; and what waits starts one run, is taken away by somebody, or still waits.
struct AssetAudit: Sendable {
    /// Updates that a success of this commit owes, and runs that owe the use of what waits.
    private var owed: [AssetEventSource: [AssetURI]] = [:]
    private var unfed: [RunNumber: DAGID] = [:]
    /// By DAG: what waits for it, by the books.
    private var waiting: [DAGID: [AssetEventID: AssetURI]] = [:]
    private var used: [DAGID: Set<AssetEventID>] = [:]

    mutating func willApply(
        _ transition: Transition, to store: SimulatedStore, version: (DAGID, DAGVersionHash) -> DAG?
    ) throws(SimulationFailure) {
        switch transition {
        case .instanceChanged(let from, let instance, _) where instance.state == .success && from != .success:
            try owe(instance, store: store, version: version)
        case .assetEventRecorded(let event, let dags):
            try check(event, queuedFor: dags, store: store, version: version)
        case .runCreated(let run, _) where run.type == .assetTriggered:
            guard let condition = version(run.dagID, run.version)?.settings.assets,
                store.statuses[run.dagID]?.isPaused == false,
                condition.isMet(by: { waiting[run.dagID, default: [:]].values.contains($0) })
            else { throw SimulationFailure("run \(run.runID) of \(run.dagID) starts against its assets") }
            unfed[run.number] = run.dagID
        case .assetEventsConsumed(let run, let dagID, let count, _):
            try use(run, dagID, count)
        case .assetQueueDropped(let dagID, let assets):
            waiting[dagID] = waiting[dagID]?.filter { !assets.contains($0.value) }
        default: break
        }
    }

    private mutating func owe(
        _ instance: TaskInstance, store: SimulatedStore, version: (DAGID, DAGVersionHash) -> DAG?
    ) throws(SimulationFailure) {
        if case .byUser(let text) = instance.reason, text.hasPrefix("marked") { return }
        guard let run = store.runs[instance.key.run],
            let task = version(run.dagID, run.version)?.tasks[instance.key.task]
        else {
            throw SimulationFailure("a success without its run")
        }
        let source = AssetEventSource.task(
            run.dagID, run.runID, task.id, mapIndex: instance.key.mapIndex)
        owed[source, default: []] += task.outlets.map(\.uri)
    }

    private mutating func check(
        _ event: AssetEvent, queuedFor dags: [DAGID], store: SimulatedStore,
        version: (DAGID, DAGVersionHash) -> DAG?
    ) throws(SimulationFailure) {
        if case .task = event.source {
            guard let place = owed[event.source]?.firstIndex(of: event.asset) else {
                throw SimulationFailure("\(event.asset) is updated by \(event.source), which was no success")
            }
            owed[event.source]?.remove(at: place)
        }
        let takers = store.statuses.values.filter { status in
            guard status.isActive, !status.isPaused,
                let settings = version(status.dagID, status.version)?.settings
            else { return false }
            let isInTime =
                event.timestamp >= settings.startDate ?? event.timestamp
                && event.timestamp <= settings.endDate ?? event.timestamp
            return isInTime && settings.assets?.assets.contains(event.asset) == true
        }.map(\.dagID)
        guard Set(takers) == Set(dags) else {
            throw SimulationFailure("event \(event.id.value) should wait for \(takers), not for \(dags)")
        }
        for dagID in dags {
            guard waiting[dagID, default: [:]].updateValue(event.asset, forKey: event.id) == nil else {
                throw SimulationFailure("event \(event.id.value) waits twice for \(dagID)")
            }
        }
    }

    private mutating func use(
        _ run: RunNumber, _ dagID: DAGID, _ count: Int
    ) throws(SimulationFailure) {
        guard unfed.removeValue(forKey: run) == dagID else {
            throw SimulationFailure("run \(run.value) uses events but was not started by them")
        }
        let events = waiting.removeValue(forKey: dagID) ?? [:]
        guard events.count == count, used[dagID, default: []].isDisjoint(with: events.keys) else {
            throw SimulationFailure("run \(run.value) of \(dagID) loses an event or uses one again")
        }
        used[dagID, default: []].formUnion(events.keys)
    }

    mutating func didCommit(_ store: SimulatedStore) throws(SimulationFailure) {
        if let (source, assets) = owed.first(where: { !$0.value.isEmpty }) {
            throw SimulationFailure("the success of \(source) did not update \(assets)")
        }
        owed = [:]
        if let run = unfed.keys.first { throw SimulationFailure("run \(run.value) was started by nothing") }
        for (dagID, events) in waiting {
            let rows = Set((store.waitingEvents[dagID] ?? []).map(\.id))
            guard rows == Set(events.keys) else {
                throw SimulationFailure("\(events.count) events should wait for \(dagID), not \(rows.count)")
            }
        }
    }
}
