import DAGDomain
import SchedulerCore

/// One simulated life of the scheduler, drawn from a seed: users, schedules, processes, faults and crashes.
///
/// First safety: everything goes wrong that the options allow, and the auditor watches every change. Then
/// liveness: faults stop, pools are large enough, and every run must come to its end by itself, woken only
/// by `nextWake` and by processes that end.
package struct Simulation {
    package let seed: UInt64
    package let options: SimulationOptions
    package private(set) var auditor = Auditor()
    package private(set) var store = SimulatedStore()
    /// A line for each thing that happened; kept only on request.
    package private(set) var history: [String] = []

    var generator: SeededGenerator
    var clock = ManualClock()
    var executor = SimulatedExecutor()
    var daemon: SimulatedDaemon
    var workload: WorkloadGenerator
    var folder: [DAGID: DAG] = [:]
    var versions: [RunPlan.Key: DAG] = [:]
    private let keepsHistory: Bool
    private let configuration: SchedulerConfiguration
    private var isCalm = false
    /// What deferred instances wait for.
    private var watched: [TaskInstanceKey: Int] = [:]

    package init(seed: UInt64, keepsHistory: Bool = false) throws(SimulationFailure) {
        self.seed = seed
        self.keepsHistory = keepsHistory
        generator = SeededGenerator(seed: seed)
        options = SimulationOptions(drawnFrom: &generator)
        configuration = SchedulerConfiguration(
            parallelism: options.parallelism, maximumQueuedCatchup: generator.pick([2, 5, 1_000]))
        workload = WorkloadGenerator(maximumTasks: options.maximumTasks)
        daemon = try SimulatedDaemon(
            store: store, folder: [:], dag: { _, _ in nil }, executor: executor, configuration: configuration,
            seed: generator.next())
        for number in 0..<options.dagCount { write(dag: DAGID("dag\(number)")) }
    }

    /// Lives through all of it.
    package mutating func run() throws(SimulationFailure) {
        for _ in 0..<options.steps {
            drawCommands()
            try turn()
            advanceClock()
        }
        try calmDown()
        try auditor.didFinish(store, truth: executor)
    }

    mutating func note(_ text: @autoclosure () -> String) {
        if keepsHistory { history.append("\(clock.now.rfc3339) \(text())") }
    }

    /// A new or changed file in the DAG folder.
    mutating func write(dag id: DAGID) {
        let dag = workload.dag(id.text, using: &generator)
        versions[RunPlan.Key(dagID: id, version: dag.version)] = dag
        folder[id] = dag
        daemon.mailbox.append(.dagLoaded(dag, pausedAtCreation: false))
        note("\(id) is now \(dag.version)")
    }

    func dag(of run: DAGRun) -> DAG? { versions[RunPlan.Key(dagID: run.dagID, version: run.version)] }

    // MARK: One turn of the daemon

    private mutating func turn() throws(SimulationFailure) {
        collectNews()
        let crash = drawCrash()
        let versions = versions
        let batch = daemon.run(
            batchOf: isCalm ? 100 : options.batchSize, store: store, at: clock.now,
            dag: { versions[RunPlan.Key(dagID: $0.dagID, version: $0.version)] })
        if crash == .beforeCommit { return try restart() }
        try commit(batch.transitions)
        if generator.chance(isCalm ? 10 : 30), let anomaly = daemon.machine.anomalies(at: clock.now).first {
            throw SimulationFailure("after a batch, \(anomaly.kind): \(anomaly.sentence)")
        }
        for (index, action) in batch.actions.enumerated() {
            if crash == .afterActions(index) { return try restart() }
            try perform(action)
        }
        if crash != nil { return try restart() }
        for run in batch.createdRuns { auditor.acknowledge(run) }
        if generator.chance(isCalm ? 5 : 20) {
            try checkReload()
            try checkExplanations()
        }
    }

    private func previousRun(of dagID: DAGID, before date: Timestamp) -> PreviousRun? {
        let runs = store.runs.values.filter { $0.dagID == dagID && ($0.logicalDate ?? .distantFuture) < date }
        guard let run = runs.max(by: { ($0.logicalDate ?? .epoch) < ($1.logicalDate ?? .epoch) }),
            let dag = dag(of: run)
        else { return nil }
        return PreviousRun(run: run, dag: dag, instances: store.instances[run.number] ?? [])
    }

    private mutating func collectNews() {
        for (key, tryNumber) in watched.sorted(by: { $0.key < $1.key }) where isCalm || generator.chance(30) {
            watched[key] = nil
            let outcome = generator.pick([
                WaitOutcome.met(outputs: []), .failed("gone"), .rejected(by: "dan", outputs: []),
            ])
            daemon.mailbox.append(.waitEnded(key, tryNumber: tryNumber, outcome))
        }
        let runs = store.runs
        let versions = versions
        executor.advance(
            to: clock.now,
            gates: { key in
                runs[key.run].flatMap { versions[RunPlan.Key(dagID: $0.dagID, version: $0.version)] }?
                    .tasks[key.task].gate
            }, using: &generator)
        for event in executor.takeEvents()
        where isCalm || event.isSpawnFailure || !generator.chance(options.lostEvent) {
            daemon.mailbox.append(event)
        }
        // What was lost on the way is found when the records are looked through. That an attempt has no
        // record is news only after a restart: while the daemon lives, it may be about to spawn it.
        if isCalm ? daemon.mailbox.isEmpty : generator.chance(5) {
            daemon.mailbox += executor.reconcile(store.liveAttempts).filter { isCalm || !$0.isSpawnFailure }
        }
    }

    private mutating func drawCrash() -> CrashPoint? {
        guard !isCalm, generator.chance(options.crash) else { return nil }
        return generator.chance(40) ? .beforeCommit : .afterActions(generator.number(0...3))
    }

    private mutating func commit(_ transitions: [Transition]) throws(SimulationFailure) {
        for transition in transitions {
            note("  \(transition.summary)")
            try auditor.willApply(
                transition, to: store, dag: dag, newest: { daemon.machine.loadedDAGs[$0] },
                version: { versions[RunPlan.Key(dagID: $0, version: $1)] })
            try store.apply(transition)
        }
        try auditor.didCommit(store, truth: executor)
        let active = store.unfinishedRuns.flatMap { store.instances[$0.number] ?? [] }.count {
            $0.state.isActive
        }
        guard active <= options.parallelism else {
            throw SimulationFailure("\(active) tasks are active at once")
        }
    }

    private mutating func perform(_ action: SchedulerAction) throws(SimulationFailure) {
        switch action {
        case .start(let id, let key):
            guard let run = store.runs[key.run], let dag = dag(of: run) else {
                throw SimulationFailure("a start without its run")
            }
            var options = options
            if isCalm {
                options.spawnFailure = 0
                options.failure = 0
            }
            let isNew = executor.start(
                id, instance: key, task: dag.tasks[key.task], options: options, at: clock.now,
                using: &generator)
            if isNew { try auditor.processStarted(id, store: store) }
            note("start \(id) of \(key.run.value)/\(key.task): \(isNew)")
        case .await(let key, let tryNumber): watched[key] = tryNumber
        case .stopAwaiting(let key): watched[key] = nil
        case .findPreviousRun(let number, let dagID, let date):
            daemon.mailbox.append(.previousRunFound(number, previousRun(of: dagID, before: date)))
        case .findAverages(let number, let dagID, let questions):
            let store = store
            daemon.mailbox.append(
                .averagesFound(
                    number, questions.map { store.averageRuntime(of: dagID, before: number, $0) }))
        case .terminate(let id):
            executor.terminate(id, at: clock.now, using: &generator)
            note("terminate \(id)")
        }
    }

    /// The daemon dies, and comes back: only the store, the DAG folder and the processes are still there.
    private mutating func restart() throws(SimulationFailure) {
        note("crash")
        executor.forgetWhatNobodyRecorded()
        daemon = try restarted()
    }

    private mutating func restarted() throws(SimulationFailure) -> SimulatedDaemon {
        let versions = versions
        return try SimulatedDaemon(
            store: store, folder: folder, dag: { versions[RunPlan.Key(dagID: $0, version: $1)] },
            executor: executor, configuration: configuration, seed: generator.next())
    }

    /// A machine that is rebuilt from the store is equal to the one that lived.
    private mutating func checkReload() throws(SimulationFailure) {
        guard daemon.machine.snapshot == store.unfinished else {
            throw SimulationFailure("the machine remembers something else than the store")
        }
        var twin = try restarted().machine
        for id in daemon.machine.loadedDAGs.keys.sorted() {
            guard let dag = daemon.machine.loadedDAGs[id] else { continue }
            let decision = twin.handle(.dagLoaded(dag, pausedAtCreation: false), at: clock.now)
            guard decision.transitions.isEmpty else {
                throw SimulationFailure("a known DAG changed something")
            }
        }
        guard twin == daemon.machine else {
            throw SimulationFailure("reloaded is not equal to live: \(twin.difference(from: daemon.machine))")
        }
    }

    /// Whatever has not started has a reason that names the limit it waits for.
    private func checkExplanations() throws(SimulationFailure) {
        for run in store.unfinishedRuns {
            for instance in store.instances[run.number] ?? [] {
                guard let explanation = daemon.machine.explain(instance.key),
                    explanation.state == instance.state
                else { throw SimulationFailure("no explanation for \(instance.key)") }
                if explanation.cause == .waitsForSlots {
                    throw SimulationFailure("\(instance.key) waits for nothing in particular")
                }
            }
        }
    }

    // MARK: Time

    private mutating func advanceClock() {
        if generator.chance(options.clockJump) {
            clock = ManualClock(now: clock.now + .seconds(generator.pick([-3_600, -30, 1_800])))
            note("the clock jumps")
        }
        let next = [daemon.machine.nextWake(), executor.nextEnd].compactMap { $0 }.filter { $0 > clock.now }
            .min()
        if let next, generator.chance(60) {
            clock.advance(to: min(next, clock.now + .seconds(3_600)))
        } else {
            clock.advance(by: .seconds(generator.number(0...20)))
        }
    }

    /// A task whose like failed in the run before waits until somebody does something about it.
    private mutating func cancelRunsHeldByThePast() -> Bool {
        let held = store.unfinishedRuns.filter { run in
            (store.instances[run.number] ?? []).contains { instance in
                if case .waitsForPast? = daemon.machine.explain(instance.key)?.cause { true } else { false }
            }
        }
        for run in held { daemon.mailbox.append(.runCancelled(run.number, by: "eve")) }
        return !held.isEmpty
    }

    /// Faults stop; everything that is unfinished must end.
    private mutating func calmDown() throws(SimulationFailure) {
        note("calm")
        isCalm = true
        for id in store.statuses.keys.sorted() { daemon.mailbox.append(.dagPauseChanged(id, isPaused: true)) }
        for id in folder.keys.sorted() { daemon.mailbox.append(.dagPauseChanged(id, isPaused: true)) }
        for id in store.backfills.keys.sorted() {
            daemon.mailbox.append(.backfillPauseChanged(id, isPaused: false))
        }
        for name in WorkloadGenerator.pools {
            daemon.mailbox.append(.poolChanged(Pool(name: name, slots: 8)))
        }
        for _ in 0..<20_000 {
            try turn()
            if daemon.mailbox.isEmpty, store.unfinishedRuns.isEmpty { return try checkReload() }
            let instants = [daemon.machine.nextWake(), executor.nextEnd].compactMap { $0 }
            guard daemon.mailbox.isEmpty else { continue }
            if let next = instants.min() {
                clock.advance(to: next)
            } else if cancelRunsHeldByThePast() {
                continue
            } else if executor.reconcile(store.liveAttempts).isEmpty {
                throw SimulationFailure("stuck: nothing will ever happen")
            }
        }
        throw SimulationFailure("not finished after 20,000 turns")
    }
}
