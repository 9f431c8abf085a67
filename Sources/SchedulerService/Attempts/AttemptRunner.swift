import ArtifactStore
import DAGDomain
import Dispatch
import JSONText
import Logging
import SchedulerCore
import StateStore
import Synchronization
import TaskExecution

/// Does what the scheduler decided: starts and ends attempts on the worker pool, and brings their ends back.
///
/// The scheduler's queue only hands over. Starts are carried out one after the other, because supervisors are made one
/// by one and waiting in line costs less than contending for them; what attempts leave is read on a few lanes.
final class AttemptRunner: ActionPerformer {
    let engine: SchedulerEngine
    private let store: StateStore
    private let library: DefinitionLibrary
    private let updates: UpdateHub
    private let executor: LocalExecutor
    private let preparation: AttemptPreparation
    let collection: AttemptCollection
    private let caching: TaskCaching
    private let triggering: RunTriggering
    private let waiting: WaitWatcher
    let values: ValueService
    private let notices: NoticeSender
    private let datasets: DatasetExaminer
    private let openLineage: OpenLineageSender?
    private let artifacts: ArtifactStore
    private let inputs: InputReading
    private let trials: TrialWatch
    private let elsewhere: ElsewhereTracking?
    /// Where declared inputs are read, which may take long, so that no other start has to wait for it.
    private let inputLanes = LaneQueues(label: "orchestrator.inputs", width: 2)
    let tracking: TaskTracking
    let logger: Logger
    let lanes = LaneQueues(label: "orchestrator.attempts", width: 4)
    private let starts = DispatchQueue(label: "orchestrator.launches", qos: .userInitiated)
    private let reportIndex = ReportIndex()
    private let contexts = Mutex<[AttemptID: AttemptContext]>([:])
    private let stopRequests = Mutex<Set<AttemptID>>([])
    /// Which live attempts have been handed over in this process, so that one which was lost on the way is found.
    private let custody = AttemptCustody()
    private let home: OrchestratorHome

    init(
        engine: SchedulerEngine, settings: ServiceSettings, store: StateStore, library: DefinitionLibrary,
        artifacts: ArtifactStore, values: ValueService, triggering: RunTriggering, updates: UpdateHub,
        notices: NoticeSender, datasets: DatasetExaminer, tracking: TaskTracking,
        elsewhere: ElsewhereTracking?, openLineage: OpenLineageSender?, logger: Logger
    ) throws {
        self.engine = engine
        self.elsewhere = elsewhere
        self.tracking = tracking
        self.store = store
        self.library = library
        self.updates = updates
        self.triggering = triggering
        self.values = values
        self.notices = notices
        self.datasets = datasets
        self.openLineage = openLineage
        self.artifacts = artifacts
        inputs = InputReading(store: store)
        trials = TrialWatch(engine: engine, store: store, logger: logger)
        self.logger = logger
        home = settings.home
        preparation = try AttemptPreparation(
            settings: settings, store: store, artifacts: artifacts, index: reportIndex, values: values,
            tracking: tracking.endpoint)
        waiting = WaitWatcher(
            engine: engine, store: store, library: library, preparation: preparation, logger: logger)
        caching = TaskCaching(store: store, artifacts: artifacts, values: values, preparation: preparation)
        collection = AttemptCollection(artifacts: artifacts, caching: caching)
        let relay = EventRelay()
        executor = try LocalExecutor(
            runtimeDirectory: try settings.home.runtimeFolder(environment: settings.environment),
            shimPath: settings.shimPath, onEvent: { relay.deliver($0) })
        relay.connect { [weak self] in self?.received($0) }
        tracking.connect { [weak self] attempt in self?.contexts.withLock { $0[attempt] } }
    }

    /// Stops watching; what runs goes on under its supervisors.
    func shutdown() {
        executor.shutdown()
        starts.sync {}
        lanes.drain()
        preparation.finish()
    }

    // MARK: From the scheduler, after the commit

    func committed(_ transitions: [Transition]) {
        library.follow(transitions)
        reportIndex.follow(transitions)
        var ended: [(context: AttemptContext, state: AttemptState)] = []
        for case .attemptCreated(let attempt) in transitions { prepareContext(attempt) }
        for case .attemptChanged(_, let attempt) in transitions where attempt.state.isFinished {
            Failpoint.afterEndCommitBeforeForget.pass()
            let context = contexts.withLock { $0.removeValue(forKey: attempt.id) }
            if let context { ended.append((context, attempt.state)) }
            stopRequests.withLock { _ = $0.remove(attempt.id) }
            tracking.forget(attempt.id)
            elsewhere?.runs.forget(attempt.id)
            custody.release(attempt.id)
            executor.forget(attempt.id)
        }
        if !ended.isEmpty { lanes.async { [ended] in Self.tidy(ended) } }
        for case .runChanged(_, let run) in transitions where run.state.isFinished {
            preparation.forget(run.number)
        }
        for case .reportsForgotten(let key) in transitions {
            RunFolder.empty(AttemptFiles(home: home, attempt: AttemptID(""), key: key).checkpoints)
        }
        for case .runRepinned(let repinning, _) in transitions {
            // They go by the places of tasks, which mean others now.
            RunFolder.remove(home.folder(ofRun: repinning.run.number.value) + "/checkpoints")
        }
        waiting.follow(transitions)
        trials.follow(transitions)
        notices.follow(transitions)
        datasets.follow(transitions)
        openLineage?.wake()
        if let elsewhere, elsewhere.runs.takeNews() { elsewhere.delivery.wake() }
        for case .reportRecorded(_, let report) in transitions where !report.artifacts.isEmpty {
            artifacts.release(report.artifacts.map(\.sha256))
        }
        if updates.hasSubscribers { updates.publish(library.updates(for: transitions)) }
    }

    private static func tidy(_ ended: [(context: AttemptContext, state: AttemptState)]) {
        for (context, state) in ended {
            context.files.removeScratch()
            // What was declared is kept by its content; the folder would keep it twice.
            if state == .succeeded, !context.task.artifacts.isEmpty {
                RunFolder.remove(context.files.artifacts)
            }
        }
    }

    func perform(_ action: SchedulerAction) {
        switch action {
        case .start(let attempt, _):
            custody.take(attempt)
            if let context = contexts.withLock({ $0[attempt] }) { launch(context) }
        case .terminate(let attempt):
            // Between the commit and the spawn the executor does not know the attempt yet: `launch` looks again.
            stopRequests.withLock { _ = $0.insert(attempt) }
            executor.terminate(attempt)
        case .await(let key, let tryNumber): waiting.begin(key, tryNumber: tryNumber)
        case .stopAwaiting(let key): waiting.end(key)
        case .findPreviousRun(let number, let dagID, let date):
            lanes.async { [self] in findPreviousRun(of: number, dagID, before: date) }
        case .findAverages(let number, let dagID, let questions):
            lanes.async { [self] in findAverages(of: number, dagID, questions) }
        }
    }

    private func findAverages(of number: RunNumber, _ dagID: DAGID, _ questions: [RuntimeQuestion]) {
        do {
            engine.post(
                .averagesFound(number, try store.averageRuntimes(of: dagID, before: number, questions)))
        } catch {
            logger.critical("how long \(dagID) usually takes cannot be read: \(error)")
        }
    }

    private func findPreviousRun(of number: RunNumber, _ dagID: DAGID, before date: Timestamp) {
        do {
            let found = try store.previousRun(of: dagID, before: date) { run in
                try? library.dag(run.dagID, run.version)
            }
            engine.post(.previousRunFound(number, found))
        } catch {
            logger.critical("the run before run \(number.value) of \(dagID) cannot be read: \(error)")
        }
    }

    /// Tells the executor of every attempt that the database holds as live, and removes records of attempts that
    /// ended before their record could be.
    func reconcile() {
        lanes.async { [self] in
            do {
                let attempts = try store.loadUnfinished().state.runs.flatMap(\.liveAttempts)
                try forgetLeftovers(live: Set(attempts.map(\.id)))
                // Asked of the database again: meanwhile new attempts may have begun.
                try AttemptFiles.removeScratch(in: executor.runtime.path) { attempt in
                    try store.attempt(attempt)?.state.isFinished ?? true
                }
                takeUp(attempts)
            } catch {
                logger.critical("unfinished attempts cannot be read: \(error)")
            }
        }
    }

    /// Finds out where attempts stand and goes on from there.
    private func takeUp(_ attempts: [Attempt]) {
        var processes: [(id: AttemptID, createdAt: Timestamp?)] = []
        tracking.tookUp(attempts.map(\.id))
        for attempt in attempts {
            custody.take(attempt.id)
            guard let context = prepareContext(attempt) else { continue }
            elsewhere?.runs.tookUp(context)
            if case .triggerDAG = context.task.action {
                launch(context)
            } else {
                trials.begin(context, isNew: false)
                engine.noteDeployment(context)
                processes.append((id: attempt.id, createdAt: attempt.createdAt))
            }
        }
        executor.reattach(processes)
    }

    func abandoned(among attempts: [Attempt]) -> [Attempt] {
        custody.abandoned(among: attempts) { executor.isUnderWay($0) }
    }

    func resume(_ attempts: [Attempt]) {
        guard !attempts.isEmpty else { return }
        lanes.async { [self] in takeUp(attempts) }
    }

    /// A record whose attempt is finished in the database was about to be forgotten; one that the database does not
    /// know at all (a restored backup) is left for a person to look at.
    private func forgetLeftovers(live: Set<AttemptID>) throws {
        for attempt in try executor.recordsOnDisk() where !live.contains(attempt) {
            if try store.attempt(attempt)?.state.isFinished == true {
                executor.forget(attempt)
            } else {
                logger.warning("attempt \(attempt) has a record on disk but none in the database; left alone")
            }
        }
    }

    // MARK: Starting

    @discardableResult
    private func prepareContext(_ attempt: Attempt) -> AttemptContext? {
        do {
            let (run, dag) = try library.run(attempt.instance.run)
            let context = AttemptContext(
                attempt: attempt.id, key: attempt.instance, tryNumber: attempt.tryNumber, run: run, dag: dag,
                files: AttemptFiles(
                    home: home, attempt: attempt.id, key: attempt.instance,
                    task: dag.tasks[attempt.instance.task],
                    scratchFolder: executor.runtime.path))
            contexts.withLock { $0[attempt.id] = context }
            return context
        } catch {
            neverRan(attempt.id, .notStarted(exitCode: 126, "its run cannot be read back: \(error)"))
            return nil
        }
    }

    private func launch(_ context: AttemptContext) {
        guard !context.task.inputs.isEmpty || context.task.cache != nil else { return begin(context) }
        inputLanes.async { [self] in
            guard contexts.withLock({ $0[context.attempt] != nil }) else { return }
            do throws(AttemptPreparation.Failure) {
                let read =
                    context.task.inputs.isEmpty
                    ? [] : try inputs.record(for: context) { isToStop(context.attempt) }
                if let cache = context.task.cache, !isToStop(context.attempt) {
                    consult(cache, context, read)
                } else {
                    begin(context)
                }
            } catch {
                // Told to stop meanwhile: `begin` ends it as such.
                if isToStop(context.attempt) { begin(context) } else { cannotBegin(context, error) }
            }
        }
    }

    /// Asks the cache for what the attempt would do. What goes wrong here goes wrong again at the start, which tells it.
    private func consult(_ cache: TaskCache, _ context: AttemptContext, _ read: [InputReference]) {
        do throws(AttemptPreparation.Failure) {
            switch try caching.look(for: context, cache, inputs: read) {
            case .served(let report):
                LogNote.append(report.cache?.text ?? "", to: context.files.log)
                Failpoint.afterEndBeforeCommit.pass()
                engine.post(.attemptFinished(report))
            case .toRun(let ticket):
                // Without the file the attempt runs just the same, and nothing is kept of it.
                try? ticket.write(to: context.files.cache)
                LogNote.append(ticket.record.text, to: context.files.log)
                begin(context)
            }
        } catch {
            begin(context)
        }
    }

    private func begin(_ context: AttemptContext) {
        guard let elsewhere, elsewhere.runs.concern(context) else { return start(context) }
        Task {
            await elsewhere.runs.begin(context)
            start(context)
        }
    }

    private func start(_ context: AttemptContext) {
        starts.async { [self] in
            // Its end is recorded already: somebody was sent after an attempt that was not lost after all.
            guard contexts.withLock({ $0[context.attempt] != nil }) else { return }
            if isToStop(context.attempt) { return neverRan(context.attempt, .terminated) }
            do throws(AttemptPreparation.Failure) {
                if case .triggerDAG(let action) = context.task.action {
                    let parameters = try preparation.triggerParameters(for: context, action)
                    triggering.perform(action, parameters, for: context)
                } else {
                    let specification = try preparation.specification(for: context)
                    trials.begin(context, isNew: true)
                    engine.noteDeployment(context)
                    executor.startHere(specification)
                    Failpoint.afterSpawnBeforeStarted.pass()
                    if isToStop(context.attempt) { executor.terminate(context.attempt) }
                }
            } catch {
                cannotBegin(context, error)
            }
        }
    }

    private func cannotBegin(_ context: AttemptContext, _ failure: AttemptPreparation.Failure) {
        switch failure.kind {
        case .machine: engine.post(.spawnFailed(context.attempt, reason: failure.text))
        case .task: neverRan(context.attempt, .notStarted(exitCode: 126, failure.text))
        case .nothingToDo: neverRan(context.attempt, .nothingToDo(failure.text))
        }
    }

    private func isToStop(_ attempt: AttemptID) -> Bool {
        stopRequests.withLock { $0.contains(attempt) }
    }

    private func neverRan(_ attempt: AttemptID, _ outcome: AttemptOutcome) {
        var report = AttemptReport(
            attempt: attempt, outcome: outcome, startDate: nil, endDate: WallClock.now())
        if let context = contexts.withLock({ $0[attempt] }) {
            report.mask(with: values, of: context.run.number)
            if let note = report.note { LogNote.append(note, to: context.files.log) }
        }
        engine.post(.attemptFinished(report))
    }

    // MARK: From the executor

    private func received(_ event: AttemptEvent) {
        switch event {
        case .started(let attempt, let processID, let instant):
            engine.postSoon(.attemptStarted(attempt, processID: processID, at: instant))
        case .ended(let attempt, let end):
            custody.hasEnded(attempt)
            guard let context = contexts.withLock({ $0[attempt] }) else { return }
            let hasReports = context.files.holdReports
            if let elsewhere, elsewhere.runs.mayHaveLogged(attempt) {
                return collect(context, end, from: elsewhere.runs)
            }
            let hasLogged = tracking.mayHaveLogged(attempt)
            if context.task.artifacts.isEmpty, context.task.outlets.isEmpty, context.task.model == nil,
                !context.task.lateAssets.updatesAny, !hasReports, !hasLogged, context.task.cache == nil
            {
                collect(context, end, hasReports: false, hasLogged: false)
            } else {
                lanes.async { [self] in collect(context, end, hasReports: hasReports, hasLogged: hasLogged) }
            }
        case .spawnFailed(let attempt, let reason):
            engine.post(.spawnFailed(attempt, reason: reason.message))
        case .neverStarted(let attempt):
            guard let context = contexts.withLock({ $0[attempt] }) else { return }
            launch(context)
        }
    }
}
