import DAGDomain
import SchedulerCore

/// The moment at which a daemon dies in the middle of a batch.
package enum CrashPoint: Hashable, Sendable {
    case beforeCommit
    /// After the commit and this many of the batch's actions.
    case afterActions(Int)
}

/// The shell around the machine, as the engine is: mailbox, batches, commit, then actions.
struct SimulatedDaemon: Sendable {
    var machine: SchedulerStateMachine
    /// Lost in a crash.
    var mailbox: [SchedulerEvent] = []

    /// What one batch leads to, before anything of it is durable.
    struct Batch {
        var transitions: [Transition] = []
        var actions: [SchedulerAction] = []
        var createdRuns: [RunNumber] = []
    }

    /// A daemon that has just started: the machine from the store, the DAG folder as it is, and what the
    /// records of the attempts say.
    init(
        store: SimulatedStore, folder: [DAGID: DAG], dag: (DAGID, DAGVersionHash) -> DAG?,
        executor: SimulatedExecutor, configuration: SchedulerConfiguration, seed: UInt64
    ) throws(SimulationFailure) {
        do {
            machine = try SchedulerStateMachine(
                restoring: store.unfinished, dag: dag, outputs: { store.outputs[$0] ?? [] },
                configuration: configuration, seed: seed)
        } catch {
            throw SimulationFailure("version \(error.version) of \(error.dagID) is gone")
        }
        for id in store.statuses.keys.sorted() where folder[id] == nil { mailbox.append(.dagRemoved(id)) }
        for id in folder.keys.sorted() {
            if let dag = folder[id] { mailbox.append(.dagLoaded(dag, pausedAtCreation: false)) }
        }
        mailbox += executor.reconcile(store.liveAttempts)
    }

    mutating func run(
        batchOf size: Int, store: SimulatedStore, at now: Timestamp, dag: (DAGRun) -> DAG?
    ) -> Batch {
        var batch = Batch()
        let events = mailbox.prefix(size)
        mailbox.removeFirst(events.count)
        for event in events {
            for event in expanded(event, store: store, at: now, dag: dag) {
                let decision = machine.handle(event, at: now)
                batch.transitions += decision.transitions
                batch.actions += decision.actions
                if let run = decision.createdRun { batch.createdRuns.append(run.number) }
            }
        }
        let taken = machine.dueRuns(at: now).filter {
            store.isTaken(dag: $0.dagID, runID: $0.runID, logicalDate: $0.logicalDate)
        }
        let decision = machine.dispatch(at: now, taken: Set(taken))
        batch.transitions += decision.transitions
        batch.actions += decision.actions
        return batch
    }

    /// A backfill is planned against the rows as they are now, and what is to run again is brought back.
    private func expanded(
        _ event: SchedulerEvent, store: SimulatedStore, at now: Timestamp, dag: (DAGRun) -> DAG?
    ) -> [SchedulerEvent] {
        guard case .backfillRequested(let request, _, let user) = event else {
            return checked(event, store: store, at: now).map { [$0] } ?? []
        }
        var existing = ExistingRuns()
        for run in store.runs.values where run.dagID == request.dag.id {
            existing.runIDs.insert(run.runID)
            if let date = run.logicalDate {
                existing.byDate[date] = .init(number: run.number, runID: run.runID, state: run.state)
            }
        }
        guard let plan = try? BackfillPlan(request, existing: existing, now: now) else { return [] }
        let restored = plan.entries.compactMap(\.existing).compactMap { number -> SchedulerEvent? in
            guard !machine.holds(number), let run = store.runs[number], let dag = dag(run),
                let instances = store.instances[number]
            else { return nil }
            return .runRestored(run, dag, instances, outputs: store.outputs)
        }
        return restored + [.backfillRequested(request, plan, by: user)]
    }

    /// What the engine does before it hands an event on: it reads the rows of a run that is brought back as
    /// they are now, and for requests whose names finished runs have it refuses a date, or finds another id.
    private func checked(_ event: SchedulerEvent, store: SimulatedStore, at now: Timestamp) -> SchedulerEvent?
    {
        if case .runRestored(let run, let dag, _, _) = event {
            guard !machine.holds(run.number), let row = store.runs[run.number],
                let instances = store.instances[run.number]
            else { return nil }
            return .runRestored(row, dag, instances, outputs: store.outputs)
        }
        guard case .runRequested(let request) = event else { return event }
        let runID = request.runID ?? machine.defaultRunID(for: request, at: now)
        guard store.isTaken(dag: request.dagID, runID: runID, logicalDate: request.logicalDate) else {
            return event
        }
        guard request.logicalDate == nil, request.runID == nil else { return nil }
        return .runRequested(
            RunRequest(
                dagID: request.dagID, runID: RunID("\(runID)_\(store.runs.count)"), trigger: request.trigger))
    }
}
