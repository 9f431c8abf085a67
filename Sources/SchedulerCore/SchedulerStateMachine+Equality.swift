import DAGDomain
import JSONText

/// What the machine has derived from its rows, in a canonical form: two machines with equal rows must agree
/// on it, however they came to be.
struct DerivedState: Hashable, Sendable {
    struct Run: Hashable, Sendable {
        let upstream: [UpstreamCounts]
        let unfinished: Int
        let active: Int
        let startable: Int
        let activeSlots: Int
        let mapped: [Int: MappedTask]
        let outputs: [Int: [Int: [String: JSONValue]]]
    }

    var runs: [RunNumber: Run] = [:]
    var waiting: [TaskInstanceKey: Int64]
    var usedSlots: [PoolName: Int] = [:]
    var active: Int
    var wakes: Set<WakeEntry>
    var attempts: [AttemptID: TaskInstanceKey]
    var queuedRuns: [DAGID: Set<RunNumber>]
    var runningRuns: [DAGID: Int]
    var queuedInBackfills: [BackfillID: Set<RunNumber>]
    var runningInBackfills: [BackfillID: Set<RunNumber>]
    var groups: [String: ConcurrencyGroup]
}

extension SchedulerStateMachine {
    /// Whether an entry stands for a spawn to try again: a restarted machine waits for news first.
    private func isSpawn(_ entry: WakeEntry) -> Bool {
        guard case .instance(let key) = entry.reason else { return false }
        return instance(key)?.state == .queued
    }

    var derived: DerivedState {
        var derived = DerivedState(
            waiting: slots.waiting, active: slots.active,
            wakes: Set(wakes.elements.filter { isValid($0) && !isSpawn($0) }),
            attempts: liveAttempts, queuedRuns: queues.mapValues(\.waiting),
            runningRuns: queues.mapValues(\.runningCount),
            queuedInBackfills: backfills.mapValues(\.waiting),
            runningInBackfills: backfills.mapValues(\.running), groups: groups)
        for (number, active) in runs where !active.run.state.isFinished {
            derived.runs[number] = DerivedState.Run(
                upstream: active.upstream, unfinished: active.unfinished, active: active.active,
                startable: active.startable, activeSlots: slots.limits[.run(number)]?.active ?? 0,
                mapped: active.mapped.mapValues(\.withoutRows),
                outputs: active.outputs.compactMapValues { byIndex in
                    let known = byIndex.filter { !$0.value.isEmpty }
                    return known.isEmpty ? nil : known
                })
        }
        for line in slots.lines where line.used > 0 { derived.usedSlots[line.name] = line.used }
        return derived
    }
}

/// Two machines are equal when they remember the same and have derived the same from it. The generator of
/// attempt ids and failed spawns in a row are no part of it: neither survives a restart. Made for tests: it
/// looks at everything.
extension SchedulerStateMachine: Hashable {
    package static func == (left: SchedulerStateMachine, right: SchedulerStateMachine) -> Bool {
        left.configuration == right.configuration && left.snapshot == right.snapshot
            && left.derived == right.derived && left.dags == right.dags
    }

    /// What differs between two machines that should be equal, for the message of a test.
    package func difference(from other: SchedulerStateMachine) -> String {
        let (left, right) = (derived, other.derived)
        if snapshot != other.snapshot { return "the rows" }
        for (number, run) in right.runs where left.runs[number] != run {
            return "run \(number.value): \(String(describing: left.runs[number])) instead of \(run)"
        }
        if left.wakes != right.wakes { return "wakes \(left.wakes) instead of \(right.wakes)" }
        return
            "waiting \(left.waiting) instead of \(right.waiting), slots \(left.usedSlots) and \(right.usedSlots)"
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(configuration)
        hasher.combine(snapshot)
    }
}
