import DAGDomain
import Dispatch
import LifecycleCore
import Logging
import SchedulerCore
import StateStore

/// The mailbox loop around `SchedulerStateMachine`: take what happened, decide, commit, then act.
///
/// Only `drain` changes the machine, it runs on one queue, and nothing in it waits for anything but the one commit.
/// All that arrived during the last commit is one batch and one transaction. What the machine decided is done only
/// after the commit; when a commit fails, the machine is ahead of the file and is not trusted any more: on a full
/// disk it is rebuilt from the file, on any other error the host stops.
package actor SchedulerEngine {
    private enum Message: Sendable {
        case event(SchedulerEvent)
        case request(EngineRequest)
        case look
    }

    /// What was decided since the last commit.
    private struct Batch {
        var now = Timestamp.epoch
        var transitions: [Transition] = []
        var actions: [SchedulerAction] = []
        var replies: [EngineReply] = []
        var look: Look?
    }

    /// What the watchdog did in a batch.
    private struct Look {
        var found: [WatchdogReport.Finding] = []
        var abandoned: [Attempt] = []
        var cost = Duration.zero
    }

    private static let patience = DispatchTimeInterval.milliseconds(20)

    private nonisolated let executor = QueueExecutor(label: "orchestrator.scheduler")
    private nonisolated let mailbox = Mailbox<Message>()
    private let configuration: EngineConfiguration
    private var batch = Batch()
    private var performer: (any ActionPerformer)?
    private var timer: WakeTimer?
    private var isStopped = false
    private var isDegraded = false
    private var watchdog = Watchdog()
    private var isLookDue = false

    /// The scheduler's state; changed by `handle` and by the loop only.
    private(set) var machine: SchedulerStateMachine
    /// Beside the machine, and recorded in the same transactions.
    var models: ModelRegistry
    var deployments: DeploymentsUnderWay
    let store: StateStore

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    nonisolated var queue: DispatchQueue { executor.queue }

    init(store: StateStore, configuration: EngineConfiguration) throws {
        self.store = store
        self.configuration = configuration
        machine = try configuration.restore()
        models = try configuration.restoreModels()
        deployments = DeploymentsUnderWay(try store.runningDeployments())
    }

    /// Begins to act; until now, events were only collected.
    nonisolated func activate(performer: any ActionPerformer) throws {
        let timer = try WakeTimer(queue: queue) { [weak self] in self?.post(.timeReached) }
        queue.sync {
            assumeIsolated { engine in
                engine.performer = performer
                engine.timer = timer
                engine.drain()
            }
        }
    }

    /// Takes no more events; what is committed stays, what runs goes on. Returns after the last commit.
    nonisolated func stop() {
        queue.sync {
            assumeIsolated { engine in
                engine.isStopped = true
                engine.timer?.cancel()
                engine.drain()
            }
        }
    }

    nonisolated func post(_ event: SchedulerEvent) {
        put(.event(event))
    }

    /// For news on which nothing depends, such as that an attempt runs (its record says so already): they are committed with
    /// whatever comes next, or a little later. A short task's start and end become one change of its row.
    nonisolated func postSoon(_ event: SchedulerEvent) {
        guard mailbox.put(.event(event), canWait: true) == .later else { return }
        queue.asyncAfter(deadline: .now() + Self.patience) {
            if self.mailbox.isDue() { self.assumeIsolated { $0.drain() } }
        }
    }

    /// Runs `body` between two events, for callers that wait for no answer.
    ///
    /// - Parameter refused: called instead of `body` when nothing can be recorded now.
    nonisolated func submit(
        _ body: @escaping @Sendable (isolated SchedulerEngine) -> Void,
        refused: @escaping @Sendable (ControlPlaneError) -> Void = { _ in }
    ) {
        put(
            .request(
                EngineRequest { engine in
                    body(engine)
                    return EngineReply { _ in }
                } refuse: { error in
                    refused(error)
                }))
    }

    /// Runs `body` between two events and answers after its changes are committed.
    ///
    /// - Throws: what `body` throws (it must then have changed nothing), or `.unavailable` when nothing was recorded.
    nonisolated func perform<Value: Sendable>(
        _ body: @escaping @Sendable (isolated SchedulerEngine) throws(ControlPlaneError) -> Value
    ) async throws(ControlPlaneError) -> Value {
        let result: Result<Value, ControlPlaneError> = await withCheckedContinuation { continuation in
            let request = EngineRequest { engine in
                let result = Result { () throws(ControlPlaneError) in try body(engine) }
                return EngineReply { failure in
                    continuation.resume(returning: failure.map { .failure($0) } ?? result)
                }
            } refuse: { error in
                continuation.resume(returning: .failure(error))
            }
            put(.request(request))
        }
        return try result.get()
    }

    /// Gives an event to the machine; only inside `perform` or the loop.
    @discardableResult
    func handle(_ event: SchedulerEvent) -> SchedulerDecision {
        if case .attemptFinished(let report) = event, let claim = report.model {
            return conclude(report, claim)
        }
        return decide(event)
    }

    func decide(_ event: SchedulerEvent) -> SchedulerDecision {
        deployments.note(event)
        let decision = machine.handle(event, at: batch.now)
        batch.transitions += decision.transitions
        batch.actions += decision.actions
        return decision
    }

    /// Puts something of the registry into the next commit.
    func record(_ change: ModelChange, by who: String) {
        batch.transitions.append(.modelChanged(change, at: batch.now, by: who))
    }

    /// Puts something that the machine does not know into the next commit.
    func record(_ transition: Transition) { batch.transitions.append(transition) }

    /// The instant of the batch.
    var now: Timestamp { batch.now }

    /// A number for a run that comes from elsewhere; only inside `perform`.
    func reserveRunNumber() -> RunNumber { machine.reserveRunNumber() }

    private nonisolated func put(_ message: Message) {
        guard mailbox.put(message) == .now else { return }
        queue.async { self.assumeIsolated { $0.drain() } }
    }

    // MARK: The loop

    private func drain() {
        let messages = mailbox.takeAll()
        guard !isStopped else { return refuse(messages) }
        batch.now = WallClock.now()
        var isToLook = false
        for message in messages {
            switch message {
            case .event(let event): handle(event)
            case .request(let request): batch.replies.append(request.run(self))
            case .look: isToLook = true
            }
        }
        if let performer, !isDegraded, configuration.executesTasks {
            dispatch()
            if isToLook, !isStopped { look(performer) }
        }
        batch.transitions += deployments.ends(by: batch.transitions, at: batch.now)
        let finished = batch
        batch = Batch()
        finish(finished)
    }

    private func dispatch() {
        let due = machine.dueRuns(at: batch.now)
        let taken: Set<ScheduledRunKey>
        do {
            taken = try Set(due.filter { try store.hasRun($0.dagID, $0.runID, or: $0.logicalDate) })
        } catch {
            return fail(error)
        }
        let decision = machine.dispatch(at: batch.now, taken: taken)
        batch.transitions += decision.transitions
        batch.actions += decision.actions
    }

    /// Lets the watchdog look at the machine when everything that is due has been done.
    private func look(_ performer: any ActionPerformer) {
        let clock = ContinuousClock()
        let start = clock.now
        let outcome = watchdog.look(at: &machine, performer, now: batch.now)
        batch.transitions += outcome.transitions
        batch.actions += outcome.actions
        var look = Look(abandoned: outcome.abandoned)
        if !outcome.found.isEmpty {
            dispatch()
            let left = Set(machine.anomalies(at: batch.now))
            look.found = outcome.found.map { anomaly in
                WatchdogReport.Finding(
                    at: batch.now, sentence: anomaly.sentence, isRepaired: !left.contains(anomaly))
            }
        }
        look.cost = clock.now - start
        batch.look = look
    }

    /// Only while there is something to watch: an idle daemon is left asleep.
    private func armWatchdog() {
        guard let interval = configuration.watchdogInterval, !isLookDue, performer != nil,
            machine.hasUnfinishedRuns
        else { return }
        isLookDue = true
        queue.asyncAfter(deadline: .now() + interval.inSeconds) { [weak self] in
            self?.assumeIsolated { engine in
                engine.isLookDue = false
                engine.put(.look)
            }
        }
    }

    private func finish(_ batch: Batch) {
        if !batch.transitions.isEmpty {
            Failpoint.beforeCommit.pass()
            do {
                let notes =
                    configuration.notesLineage ? batch.transitions.lineageNotes(at: batch.now) : []
                let steps = configuration.trackingSteps?(batch.transitions, batch.now) ?? []
                try store.commit(batch.transitions.merged, notes: notes, steps: steps, at: batch.now)
            } catch {
                return commitFailed(error, batch.replies)
            }
            Failpoint.afterCommitBeforeActions.pass()
        }
        for reply in batch.replies { reply.deliver(nil) }
        performer?.committed(batch.transitions)
        for action in batch.actions {
            if case .start = action, LossPoint.start.happens() { continue }
            performer?.perform(action)
        }
        if let look = batch.look {
            performer?.resume(look.abandoned)
            configuration.onLook(look.found, batch.now, look.cost)
        }
        timer?.arm(machine.nextWake())
        armWatchdog()
        if mailbox.isEmpty { tidy() }
    }

    /// Nothing waits: the moment to empty a write-ahead log that has grown.
    private func tidy() {
        do {
            try store.checkpointIfGrown()
        } catch {
            if case .full = error { return }
            fail(error)
        }
    }

    private func refuse(_ messages: [Message]) {
        for case .request(let request) in messages {
            request.refuse(.unavailable("the daemon is stopping"))
        }
    }

    // MARK: A commit that failed

    private func commitFailed(_ error: StateStoreError, _ replies: [EngineReply]) {
        for reply in replies { reply.deliver(.unavailable(error.sentence)) }
        guard case .full = error else { return fail(error) }
        isDegraded = true
        configuration.onDegraded(error.sentence + ": nothing is started until writing works again")
        rebuild()
        probeLater()
    }

    /// Throws the state in memory away and reads it back from the file. The DAGs of the folder are not in there: without
    /// them every schedule would stand still.
    private func rebuild() {
        let known = machine
        do {
            machine = try configuration.restore()
            models = try configuration.restoreModels()
            deployments = DeploymentsUnderWay(try store.runningDeployments())
            batch.now = WallClock.now()
            for dag in known.loadedDAGs.values.sorted(by: { $0.id < $1.id }) {
                handle(.dagLoaded(dag, pausedAtCreation: known.isPaused(dag.id)))
            }
        } catch {
            fail(error)
        }
    }

    private func probeLater() {
        queue.asyncAfter(deadline: .now() + .seconds(1)) { [weak self] in
            self?.assumeIsolated { $0.probe() }
        }
    }

    /// Tries to write; when it works, every live attempt reports again, for their ends are still on disk.
    private func probe() {
        guard !isStopped else { return }
        do {
            try store.commit([], at: WallClock.now())
            isDegraded = false
            configuration.onDegraded(nil)
            rebuild()
            performer?.reconcile()
            drain()
        } catch {
            if case .full = error { probeLater() } else { fail(error) }
        }
    }

    private func fail(_ error: any Error) {
        isStopped = true
        configuration.onFatal(error)
    }
}
