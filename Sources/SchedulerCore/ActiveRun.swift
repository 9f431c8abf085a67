import DAGDomain
import JSONText

/// A run in memory: its rows, and counters derived from them so that no event needs to look at all tasks.
///
/// Its methods change the rows of one run and write down what they did in a `SchedulerStep`; slots, timers
/// and other runs are the machine's concern.
///
/// A *row* is the place of an instance in memory. The rows up to the number of tasks belong to the tasks in
/// file order; the instances of mapped tasks come after them, and take the place of their task's own row.
struct ActiveRun: Sendable {
    var run: DAGRun
    let plan: RunPlan
    /// By row. The own row of a task that has been expanded stays as a shadow that nobody looks at.
    private(set) var instances: [TaskInstance]
    /// By row; an instance has at most one live attempt.
    var liveAttempts: [Int: Attempt]
    /// Failed spawns in a row of the live attempt, by row. Not durable: after a restart it counts anew.
    var spawnFailures: [Int: Int] = [:]

    // Derived from `instances` and what they reported.
    /// By task: how its upstream tasks have ended, but for those it follows index by index.
    var upstream: [UpstreamCounts]
    /// By task: how many instances it follows.
    var upstreamTotals: [Int32]
    /// By row, in mapped groups only: the upstream instances with the same map index.
    var paired: [Int: PairedCounts] = [:]
    /// By task, those that have been expanded.
    var mapped: [Int: MappedTask] = [:]
    /// By task and map index: the outputs that decisions need.
    var outputs: [Int: [Int: [String: JSONValue]]] = [:]
    private(set) var unfinished = 0
    private(set) var active = 0
    /// Instances that nothing in the graph holds up: they wait for slots, an instant or something outside.
    private(set) var startable = 0
    /// What this run knows of the one before it; nil until somebody has looked.
    var past: PastRun?

    /// Rows whose trigger rule must be looked at again; empty between events.
    var toEvaluate: [Int] = []

    /// - Precondition: the instances are those of the plan's tasks, in the order of their keys.
    init(
        run: DAGRun, plan: RunPlan, instances given: [TaskInstance], liveAttempts attempts: [Attempt] = [],
        outputs: (TaskInstanceKey) -> [TaskOutput] = { _ in [] }
    ) {
        self.run = run
        self.plan = plan
        let count = plan.dag.tasks.count
        instances = (0..<count).map { Self.shadow(of: TaskInstanceKey(run: run.number, task: $0)) }
        liveAttempts = [:]
        upstream = [UpstreamCounts](repeating: UpstreamCounts(), count: count)
        upstreamTotals = plan.dag.graph.upstream.map { Int32($0.count) }
        for instance in given { admit(instance) }
        resumeMapping(outputs: outputs)
        for row in rows { countNew(row) }
        for attempt in attempts { if let row = row(of: attempt.instance) { liveAttempts[row] = attempt } }
    }

    private static func shadow(of key: TaskInstanceKey) -> TaskInstance {
        TaskInstance(key: key, state: .removed, maximumTries: 0)
    }

    private mutating func admit(_ instance: TaskInstance) {
        let task = instance.key.task
        precondition(plan.dag.tasks.indices.contains(task), "an instance of no task of run \(run.runID)")
        guard instance.key.mapIndex >= 0 else {
            instances[task] = instance
            return
        }
        instances.append(instance)
        mapped[task, default: MappedTask(width: 0)].rows.append(instances.count - 1)
        precondition(
            instance.key.mapIndex == mapped[task]?.rows.count.advanced(by: -1), "instances out of order")
    }

    /// Takes a row that has just come into memory into all counts.
    mutating func countNew(_ row: Int) {
        let instance = instances[row]
        count(row, instance.state, 1)
        if instance.state.isFinished { tellDownstream(of: row, instance.state, 1) }
    }

    var number: RunNumber { run.number }
    var graph: DAGGraph { plan.dag.graph }

    // MARK: Rows

    func task(_ row: Int) -> Int { instances[row].key.task }

    func definition(_ row: Int) -> TaskDefinition { plan.dag.tasks[instances[row].key.task] }

    func key(_ row: Int) -> TaskInstanceKey { instances[row].key }

    /// The row of an instance; nil when there is no such instance.
    func row(of key: TaskInstanceKey) -> Int? {
        guard key.run == run.number, plan.dag.tasks.indices.contains(key.task) else { return nil }
        guard let mapped = mapped[key.task] else { return key.mapIndex < 0 ? key.task : nil }
        return mapped.rows.indices.contains(key.mapIndex) ? mapped.rows[key.mapIndex] : nil
    }

    /// The rows of a task, by map index.
    func rows(ofTask task: Int) -> [Int] { mapped[task]?.rows ?? [task] }

    /// Every row that stands for an instance, in the order of their keys.
    var rows: [Int] {
        if mapped.isEmpty { return Array(instances.indices) }
        return plan.dag.tasks.indices.flatMap { rows(ofTask: $0) }
    }

    /// Every instance that there is, in the order of their keys.
    var recorded: [TaskInstance] {
        mapped.isEmpty ? instances : rows.map { instances[$0] }
    }

    /// What the instance is as somebody who waits for slots.
    func lineEntry(_ row: Int, _ aging: Aging) -> LineEntry {
        let definition = definition(row)
        return LineEntry(
            key: key(row),
            rank: aging.rank(priority: plan.priorities[task(row)], since: instances[row].scheduledAt),
            date: run.logicalDate ?? run.runAfter,
            pool: definition.pool, slots: definition.poolSlots, limits: limits(row))
    }

    /// The limits of its own that an instance is under, besides its pool and its run.
    func limits(_ row: Int) -> [LimitKey] {
        let flow = definition(row).flow
        guard flow.maximumActivePerRun != nil || flow.maximumActivePerDAG != nil else { return [] }
        var limits: [LimitKey] = []
        if flow.maximumActivePerRun != nil { limits.append(.taskOfRun(run.number, task(row))) }
        if flow.maximumActivePerDAG != nil { limits.append(.taskOfDAG(run.dagID, definition(row).id)) }
        return limits
    }

    /// Whether somebody or a timeout asked the run to end, and it waits for its active tasks.
    var isEnding: Bool { run.state == .running && run.reason != nil }

    // MARK: The only ways to change a row

    /// Moves an instance to a state and records it, with everything that follows for counters and indices.
    mutating func change(
        _ row: Int, to state: TaskInstanceState, _ step: inout SchedulerStep,
        edit: (inout TaskInstance) -> Void = { _ in }
    ) {
        let from = instances[row].state
        precondition(
            TaskInstanceTransitions.table.allows(from, state),
            "illegal change of a task instance: \(from) to \(state)")
        instances[row].state = state
        edit(&instances[row])
        step.decision.transitions.append(.instanceChanged(from: from, to: instances[row], at: step.now))
        guard from != state else { return }
        if plan.tellsOfTasks { tell(row, from: from, &step) }
        if !plan.startDeadlines.isEmpty, let indices = plan.startDeadlines[task(row)] {
            step.effects += indices.map { .startOfDeadline($0, number) }
        }
        count(row, from, -1)
        count(row, state, 1)
        if from.isFinished || state.isFinished {
            tellDownstream(of: row, from, -1)
            tellDownstream(of: row, state, 1)
            evaluateDownstream(of: row)
        }
        if from == .scheduled, state != .queued { step.effects.append(.withdrawn(key(row))) }
        if from.isActive, !state.isActive { step.effects.append(.released(key(row))) }
        if state == .scheduled { step.effects.append(.enqueued(key(row))) }
        if state == .upForRetry || state == .deferred, let instant = instances[row].notBefore {
            step.effects.append(.wake(key(row), at: instant))
        }
        if from == .deferred || state == .deferred { waitChanged(row, from: from, &step) }
        if state == .pending { toEvaluate.append(row) }
    }

    /// Adds to the counts of everything downstream; only finished states count.
    private mutating func tellDownstream(of row: Int, _ state: TaskInstanceState, _ amount: Int32) {
        guard state.isFinished else { return }
        let source = task(row)
        for next in graph.downstream[source] {
            let seen = plan.edges[next]?[source].map { state.seen(through: $0) } ?? state
            if !paired.isEmpty, let partner = partner(of: row, in: next) {
                paired[partner]?.counts.add(amount, to: seen)
            } else {
                upstream[next].add(amount, to: seen)
            }
        }
    }

    mutating func evaluateDownstream(of row: Int) {
        let source = task(row)
        for next in graph.downstream[source] { evaluate(waitingOf: next) }
        if let scope = plan.setupScopes[source] { for next in scope { evaluate(waitingOf: next) } }
    }

    /// Notes the waiting instances of a task for `settle`.
    private mutating func evaluate(waitingOf task: Int) {
        guard let mapping = mapped[task] else {
            if instances[task].state == .pending { toEvaluate.append(task) }
            return
        }
        guard mapping.unstarted > 0 else { return }
        toEvaluate += mapping.rows.filter { instances[$0].state == .pending }
    }

    mutating func count(_ row: Int, _ state: TaskInstanceState, _ amount: Int) {
        if !state.isFinished { unfinished += amount }
        if state.isActive { active += amount }
        switch state {
        case .scheduled, .upForRetry, .deferred: startable += amount
        default: break
        }
        if row >= plan.dag.tasks.count, state == .pending || state == .scheduled {
            mapped[task(row)]?.unstarted += amount
        }
    }

    /// Instances that are yet to be made, or are no longer going to be.
    mutating func countUnmade(_ amount: Int) { unfinished += amount }

    /// Puts new rows behind the others; they are counted, and nothing else.
    mutating func append(_ instance: TaskInstance) -> Int {
        instances.append(instance)
        return instances.count - 1
    }

    /// Moves the run to a state and records it.
    mutating func changeRun(
        to state: DAGRunState, _ step: inout SchedulerStep, edit: (inout DAGRun) -> Void = { _ in }
    ) {
        if state.isFinished { closeDeadlines(&step) }
        let from = run.state
        precondition(
            DAGRunTransitions.table.allows(from, state), "illegal change of a run: \(from) to \(state)")
        run.state = state
        edit(&run)
        step.decision.transitions.append(.runChanged(from: from, to: run))
        if plan.tellsOfRuns { tellOfRun(from: from, &step) }
    }

    /// Gives the run other params, for the instances that are yet to start.
    mutating func change(parameters: JSONObject, _ step: inout SchedulerStep) {
        run.parameters = parameters
        step.decision.transitions.append(.runChanged(from: run.state, to: run))
    }

    mutating func change(cacheUse: CacheUse, _ step: inout SchedulerStep) {
        run.cacheUse = cacheUse
        step.decision.transitions.append(.runChanged(from: run.state, to: run))
    }

    /// Moves the live attempt of an instance to a state and records it; an attempt that ended is forgotten.
    mutating func changeAttempt(
        of row: Int, to state: AttemptState, _ step: inout SchedulerStep,
        edit: (inout Attempt) -> Void = { _ in }
    ) {
        guard var attempt = liveAttempts[row] else { preconditionFailure("no live attempt of \(key(row))") }
        let from = attempt.state
        precondition(
            AttemptTransitions.table.allows(from, state), "illegal change of an attempt: \(from) to \(state)")
        attempt.state = state
        edit(&attempt)
        step.decision.transitions.append(.attemptChanged(from: from, to: attempt))
        guard state.isFinished else {
            liveAttempts[row] = attempt
            return
        }
        liveAttempts[row] = nil
        spawnFailures[row] = nil
        step.effects.append(.attemptEnded(attempt.id))
    }
}

extension TaskInstanceState {
    /// How a downstream task sees a finished state through an edge with a condition: a condition that is met is a
    /// success. One that is not met is a skip, except that an upstream task that was to succeed has failed as ever.
    func seen(through condition: EdgeCondition) -> TaskInstanceState {
        guard isFinished, self != .removed else { return self }
        return switch condition {
        case .success: self
        case .failure: isFailure ? .success : .skipped
        case .done: .success
        case .skipped: self == .skipped ? .success : .skipped
        }
    }
}
