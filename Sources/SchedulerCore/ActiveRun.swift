import DAGDomain

/// A run in memory: its rows, and counters derived from them so that no event needs to look at all tasks.
///
/// Its methods change the rows of one run and write down what they did in a `SchedulerStep`; slots, timers
/// and other runs are the machine's concern.
struct ActiveRun: Sendable {
    var run: DAGRun
    let plan: RunPlan
    /// By task index.
    private(set) var instances: [TaskInstance]
    /// By task index; an instance has at most one live attempt.
    var liveAttempts: [Int: Attempt]
    /// Failed spawns in a row of the live attempt, by task index. Not durable: after a restart it counts
    /// anew.
    var spawnFailures: [Int: Int] = [:]

    // Derived from `instances`.
    private(set) var upstream: [UpstreamCounts]
    private(set) var unfinished = 0
    private(set) var active = 0
    /// Instances that are `scheduled` or `upForRetry`: not started, but nothing in the graph holds them up.
    private(set) var startable = 0

    /// Instances whose trigger rule must be looked at again; empty between events.
    var toEvaluate: [Int] = []

    /// - Precondition: the instances are those of the plan's tasks, in order, none of them mapped.
    init(run: DAGRun, plan: RunPlan, instances: [TaskInstance], liveAttempts: [Attempt] = []) {
        precondition(
            instances.count == plan.dag.tasks.count, "run \(run.runID) has the wrong number of instances")
        self.run = run
        self.plan = plan
        self.instances = instances
        self.liveAttempts = [:]
        upstream = [UpstreamCounts](repeating: UpstreamCounts(), count: instances.count)
        for attempt in liveAttempts { self.liveAttempts[attempt.instance.task] = attempt }
        for (index, instance) in instances.enumerated() {
            precondition(instance.key.task == index && instance.key.mapIndex == -1, "instances out of order")
            count(instance.state, 1)
            guard instance.state.isFinished else { continue }
            for next in graph.downstream[index] { upstream[next].add(1, to: instance.state) }
        }
    }

    var number: RunNumber { run.number }
    var graph: DAGGraph { plan.dag.graph }

    func definition(_ task: Int) -> TaskDefinition { plan.dag.tasks[task] }

    func key(_ task: Int) -> TaskInstanceKey { TaskInstanceKey(run: run.number, task: task) }

    /// What the instance is as somebody who waits for slots.
    func lineEntry(_ task: Int) -> LineEntry {
        let definition = plan.dag.tasks[task]
        return LineEntry(
            key: key(task), priority: plan.priorities[task], date: run.logicalDate ?? run.runAfter,
            pool: definition.pool, slots: definition.poolSlots)
    }

    /// Whether somebody or a timeout asked the run to end, and it waits for its active tasks.
    var isEnding: Bool { run.state == .running && run.reason != nil }

    // MARK: The only ways to change a row

    /// Moves an instance to a state and records it, with everything that follows for counters and indices.
    mutating func change(
        _ task: Int, to state: TaskInstanceState, _ step: inout SchedulerStep,
        edit: (inout TaskInstance) -> Void = { _ in }
    ) {
        let from = instances[task].state
        precondition(
            TaskInstanceTransitions.table.allows(from, state),
            "illegal change of a task instance: \(from) to \(state)")
        instances[task].state = state
        edit(&instances[task])
        step.decision.transitions.append(.instanceChanged(from: from, to: instances[task], at: step.now))
        guard from != state else { return }
        count(from, -1)
        count(state, 1)
        updateDownstream(of: task, from: from, to: state)
        if from == .scheduled, state != .queued { step.effects.append(.withdrawn(key(task))) }
        if from.isActive, !state.isActive { step.effects.append(.released(key(task))) }
        if state == .scheduled { step.effects.append(.enqueued(key(task))) }
        if state == .upForRetry, let instant = instances[task].notBefore {
            step.effects.append(.wake(key(task), at: instant))
        }
        if state == .pending { toEvaluate.append(task) }
    }

    private mutating func updateDownstream(of task: Int, from: TaskInstanceState, to state: TaskInstanceState)
    {
        guard from.isFinished || state.isFinished else { return }
        for next in graph.downstream[task] {
            upstream[next].add(-1, to: from)
            upstream[next].add(1, to: state)
            if instances[next].state == .pending { toEvaluate.append(next) }
        }
    }

    private mutating func count(_ state: TaskInstanceState, _ amount: Int) {
        if !state.isFinished { unfinished += amount }
        if state.isActive { active += amount }
        if state == .scheduled || state == .upForRetry { startable += amount }
    }

    /// Moves the run to a state and records it.
    mutating func changeRun(
        to state: DAGRunState, _ step: inout SchedulerStep, edit: (inout DAGRun) -> Void = { _ in }
    ) {
        let from = run.state
        precondition(
            DAGRunTransitions.table.allows(from, state), "illegal change of a run: \(from) to \(state)")
        run.state = state
        edit(&run)
        step.decision.transitions.append(.runChanged(from: from, to: run))
    }

    /// Moves the live attempt of an instance to a state and records it; an attempt that ended is forgotten.
    mutating func changeAttempt(
        of task: Int, to state: AttemptState, _ step: inout SchedulerStep,
        edit: (inout Attempt) -> Void = { _ in }
    ) {
        guard var attempt = liveAttempts[task] else { preconditionFailure("no live attempt of task \(task)") }
        let from = attempt.state
        precondition(
            AttemptTransitions.table.allows(from, state), "illegal change of an attempt: \(from) to \(state)")
        attempt.state = state
        edit(&attempt)
        step.decision.transitions.append(.attemptChanged(from: from, to: attempt))
        guard state.isFinished else {
            liveAttempts[task] = attempt
            return
        }
        liveAttempts[task] = nil
        spawnFailures[task] = nil
        step.effects.append(.attemptEnded(attempt.id))
    }
}
