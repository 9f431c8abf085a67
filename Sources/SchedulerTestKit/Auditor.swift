import DAGDomain
import SchedulerCore

/// A second opinion: it sees the rows before each change and keeps books of its own, written differently
/// from the scheduler's, about what must never happen.
package struct Auditor: Sendable {
    /// Runs whose request was answered with success.
    private var acknowledged: Set<RunNumber> = []
    private var attemptsMade: [TaskInstanceKey: Int] = [:]
    private var attemptsSinceClear: [TaskInstanceKey: Int] = [:]
    private var startedProcesses: Set<AttemptID> = []
    /// Attempts that ended since the last commit.
    private var ended: [AttemptID] = []
    private var assets = AssetAudit()
    private var retraining = RetrainAudit()
    package private(set) var coverage = TransitionCoverage()
    private var notices = NoticeAudit()

    package init() {}

    // MARK: Events outside the scheduler

    package mutating func acknowledge(_ run: RunNumber) { acknowledged.insert(run) }

    package mutating func processStarted(_ id: AttemptID, store: SimulatedStore) throws(SimulationFailure) {
        guard startedProcesses.insert(id).inserted else {
            throw SimulationFailure("attempt \(id) was started twice")
        }
        guard let attempt = store.attempts[id], !attempt.state.isFinished else {
            throw SimulationFailure("attempt \(id) was started without a live row")
        }
    }

    // MARK: Changes of rows

    /// Looks at one change before it is applied.
    package mutating func willApply(
        _ transition: Transition, to store: SimulatedStore, dag: (DAGRun) -> DAG?, newest: (DAGID) -> DAG?,
        version: (DAGID, DAGVersionHash) -> DAG?
    ) throws(SimulationFailure) {
        coverage.visit(transition)
        try notices.willApply(transition, to: store, dag: dag)
        try assets.willApply(transition, to: store, version: version)
        try retraining.willApply(transition, to: store, version: version)
        switch transition {
        case .instanceChanged(let from, let instance, _):
            try check(instance, from: from, store: store, dag: dag)
        case .attemptCreated(let attempt): try check(created: attempt, store: store, dag: dag)
        case .runRepinned(let repinning, _): move(repinning)
        case .attemptChanged(_, let attempt) where attempt.state.isFinished: ended.append(attempt.id)
        case .runChanged(let from, let run):
            if from == .queued, run.state == .running, let limits = newest(run.dagID)?.settings {
                try BackfillAudit(store: store).check(
                    starting: run, limit: limits.maximumActiveRuns, groupLimit: limits.concurrency?.limit)
            }
            try check(run, from: from, store: store, dag: dag)
        default: break
        }
    }

    private mutating func check(
        _ instance: TaskInstance, from: TaskInstanceState, store: SimulatedStore, dag: (DAGRun) -> DAG?
    ) throws(SimulationFailure) {
        guard let run = store.runs[instance.key.run], let definition = dag(run) else {
            throw SimulationFailure("an instance changed without its run")
        }
        if instance.state == .pending {
            attemptsSinceClear[instance.key] = 0
            guard store.reports[instance.key] == nil else {
                throw SimulationFailure("\(instance.key) was cleared but keeps its report")
            }
        }
        if from == .pending,
            instance.state == .scheduled || instance.tryNumber > 0 && instance.state == .success
        {
            try checkRule(of: instance, run: run, dag: definition, store: store)
        }
        let isWithoutAttempt =
            definition.tasks[instance.key.task].role == .noop && instance.state == .success
            || instance.state == .deferred
        if isWithoutAttempt, from == .pending, instance.tryNumber > attemptsMade[instance.key, default: 0] {
            attemptsMade[instance.key, default: 0] += 1
        }
        let made = attemptsMade[instance.key, default: 0]
        let isPoke = definition.tasks[instance.key.task].flow.wait?.condition == .poke
        let isNext = instance.state == .queued && from == .scheduled
        guard instance.tryNumber == made + (isNext ? 1 : 0) || isPoke && isNext && instance.tryNumber == made
        else {
            throw SimulationFailure(
                "\(instance.key) counts \(instance.tryNumber) tries, but there were others")
        }
    }

    /// A task may begin only when its rule allows it.
    private func checkRule(
        of instance: TaskInstance, run: DAGRun, dag: DAG, store: SimulatedStore
    ) throws(SimulationFailure) {
        if case .byUser(let text) = instance.reason, text.hasPrefix("marked") { return }
        let instances = store.instances[run.number] ?? []
        let edges = dag.tasks[instance.key.task].flow.edgeConditions
        let states = dag.graph.upstream[instance.key.task].flatMap { task in
            instances.filter { $0.key.task == task }.map {
                RuleOracle.seen($0.state, through: edges[dag.tasks[task].id])
            }
        }
        let rule = dag.tasks[instance.key.task].triggerRule
        guard RuleOracle.allows(rule, states) else {
            throw SimulationFailure(
                "\(instance.key) began against \(rule.rawValue): \(states.map(\.rawValue))")
        }
    }

    private mutating func check(
        created attempt: Attempt, store: SimulatedStore, dag: (DAGRun) -> DAG?
    ) throws(SimulationFailure) {
        guard let run = store.runs[attempt.instance.run], run.state == .running, let definition = dag(run)
        else {
            throw SimulationFailure("an attempt was made for a run that is not running")
        }
        let task = definition.tasks[attempt.instance.task]
        let isNextLook =
            task.flow.wait?.condition == .poke && attempt.tryNumber == attemptsMade[attempt.instance]
        if !isNextLook {
            attemptsMade[attempt.instance, default: 0] += 1
            attemptsSinceClear[attempt.instance, default: 0] += 1
        }
        guard attempt.tryNumber == attemptsMade[attempt.instance] else {
            throw SimulationFailure("try \(attempt.tryNumber) of \(attempt.instance) is misnumbered")
        }
        guard attemptsSinceClear[attempt.instance, default: 0] <= task.retry.retries + 1 else {
            throw SimulationFailure("\(attempt.instance) was tried too often")
        }
        try AllocationAudit(store: store).check(task: task, run: run, dag: definition, versions: dag)
    }

    private func check(
        _ run: DAGRun, from: DAGRunState, store: SimulatedStore, dag: (DAGRun) -> DAG?
    ) throws(SimulationFailure) {
        guard let definition = dag(run), let instances = store.instances[run.number] else {
            throw SimulationFailure("run \(run.runID) is not there")
        }
        guard run.state.isFinished, !from.isFinished else { return }
        if let open = instances.first(where: { !$0.state.isFinished }) {
            throw SimulationFailure("run \(run.runID) ended with \(open.key) \(open.state.rawValue)")
        }
        // A run that was not running ends by a mark as whoever marked it wants.
        if run.reason == .markedByUser, from == .queued { return }
        let expected = Self.outcome(of: run, instances: instances, graph: definition.graph)
        guard run.state == expected else {
            throw SimulationFailure(
                "run \(run.runID) ended as \(run.state.rawValue), not \(expected.rawValue)")
        }
    }

    private static func outcome(of run: DAGRun, instances: [TaskInstance], graph: DAGGraph) -> DAGRunState {
        switch run.reason {
        case .cancelledByUser: return .cancelled
        case .timedOut, .deadlocked: return .failed
        case .skippedByConcurrency, .cancelledByConcurrency, .failedByConcurrency, .superseded, .coalesced:
            return run.reason?.outcome ?? .failed
        // Marking a run as a success makes every task one; marking it as failed spares what had ended before.
        case .markedByUser: return instances.allSatisfy { $0.state == .success } ? .success : .failed
        case nil: break
        }
        let upstreams = Set(graph.upstream.joined())
        let leafFailed = instances.contains { instance in
            !upstreams.contains(instance.key.task)
                && [.failed, .upstreamFailed, .cancelled].contains(instance.state)
        }
        return leafFailed ? .failed : .success
    }

    /// The books of a run's tasks go on under their new places.
    private mutating func move(_ repinning: RunRepinning) {
        func moved(_ books: [TaskInstanceKey: Int]) -> [TaskInstanceKey: Int] {
            var result = books.filter { $0.key.run != repinning.run.number }
            for (key, count) in books where key.run == repinning.run.number {
                guard let place = repinning.moved[key.task] else { continue }
                result[TaskInstanceKey(run: key.run, task: place, mapIndex: key.mapIndex)] = count
            }
            return result
        }
        attemptsMade = moved(attemptsMade)
        attemptsSinceClear = moved(attemptsSinceClear)
    }

    // MARK: After a commit

    package mutating func didCommit(_ store: SimulatedStore, truth: SimulatedExecutor)
        throws(SimulationFailure)
    {
        try assets.didCommit(store)
        try retraining.didCommit()
        for backfill in store.backfills.values where backfill.completedAt == nil {
            guard store.unfinishedRuns.contains(where: { $0.backfill == backfill.id }) else {
                throw SimulationFailure("backfill \(backfill.id.value) is done but not complete")
            }
        }
        for run in acknowledged where store.runs[run] == nil {
            throw SimulationFailure("acknowledged run \(run.value) is lost")
        }
        try notices.didCommit()
        for id in ended {
            guard let attempt = store.attempts[id] else { throw SimulationFailure("attempt \(id) is lost") }
            guard let outcome = truth.processes[attempt.id]?.report?.outcome else {
                guard attempt.state == .cancelled || attempt.reason?.isCached == true else {
                    throw SimulationFailure(
                        "attempt \(attempt.id) ended as \(attempt.state.rawValue) before it did")
                }
                continue
            }
            try Self.check(attempt, against: outcome)
        }
        ended = []
    }

    private static func check(_ attempt: Attempt, against outcome: AttemptOutcome) throws(SimulationFailure) {
        let isRight =
            switch outcome {
            case .exited(let code), .notStarted(let code, _): attempt.exitCode == code
            case .signalled(let number): attempt.signal == number
            case .timedOut: attempt.state == .timedOut
            case .terminated: attempt.state == .cancelled
            case .lost: attempt.state == .lost
            case .cached: attempt.state == .succeeded
            case .nothingToDo: attempt.state == .skipped
            }
        if !isRight {
            throw SimulationFailure("attempt \(attempt.id) ended with \(outcome), recorded: \(attempt)")
        }
    }

    /// When the storm is over and everything has ended.
    package func didFinish(_ store: SimulatedStore, truth: SimulatedExecutor) throws(SimulationFailure) {
        guard store.unfinishedRuns.isEmpty, store.liveAttempts.isEmpty, truth.running.isEmpty else {
            throw SimulationFailure("something is unfinished")
        }
    }
}

extension StateReason {
    fileprivate var isCached: Bool {
        if case .cached = self { true } else { false }
    }
}
