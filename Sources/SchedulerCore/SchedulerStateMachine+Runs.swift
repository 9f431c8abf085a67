import DAGDomain
import JSONText

extension SchedulerStateMachine {
    // MARK: Making runs

    mutating func requestRun(_ request: RunRequest, _ step: inout SchedulerStep) {
        guard let dag = request.dag ?? dags[request.dagID] else {
            step.decision.refusal = .unknownDAG(request.dagID)
            return
        }
        if let allowed = dag.settings.allowedRunTypes, request.redeploys == nil,
            !allowed.contains(request.type)
        {
            step.decision.refusal = .runTypeNotAllowed(dag.id, request.type, allowed: allowed)
            return
        }
        let queue = queues[dag.id]
        let runID = request.runID ?? freeRunID(for: request, at: step.now, in: queue)
        if queue?.runIDs.contains(runID) == true {
            step.decision.refusal = .runIDTaken(dag.id, runID)
            return
        }
        if let date = request.logicalDate, queue?.logicalDates.contains(date) == true {
            step.decision.refusal = .logicalDateTaken(dag.id, date)
            return
        }
        var run = DAGRun(
            number: takeRunNumber(), dagID: dag.id, runID: runID, version: dag.version, type: request.type,
            trigger: request.trigger, logicalDate: request.logicalDate,
            dataIntervalStart: request.logicalDate,
            dataIntervalEnd: request.logicalDate, runAfter: step.now, queuedAt: step.now,
            parameters: request.parameters, note: request.note, parent: request.parent)
        run.cacheUse = request.cacheUse
        run.reproduces = request.reproduces
        run.redeploys = request.redeploys
        create(run, dag: dag, &step)
        step.decision.createdRun = runs[run.number]?.run ?? run
    }

    /// The run id of a request that names none: `manual__<logical date, else now>`. The machine adds a
    /// suffix when an *unfinished* run has that id; a finished one is for the caller to find, who then names
    /// an id itself.
    package func defaultRunID(for request: RunRequest, at now: Timestamp) -> RunID {
        RunID("\(request.type.rawValue)__\((request.logicalDate ?? now).runIDText)")
    }

    private mutating func freeRunID(
        for request: RunRequest, at now: Timestamp, in queue: DAGRunQueue?
    ) -> RunID {
        let plain = defaultRunID(for: request, at: now)
        guard let queue, request.logicalDate == nil else { return plain }
        var candidate = plain
        while queue.runIDs.contains(candidate) { candidate = RunID("\(plain)_\(generator.nextSuffix())") }
        return candidate
    }

    /// A number for a finished run that comes from elsewhere and never is in the machine.
    package mutating func reserveRunNumber() -> RunNumber { takeRunNumber() }

    mutating func takeRunNumber() -> RunNumber {
        defer { nextRunNumber = RunNumber(nextRunNumber.value + 1) }
        return nextRunNumber
    }

    mutating func create(_ run: DAGRun, dag: DAG, _ step: inout SchedulerStep) {
        let instances = dag.tasks.indices.map { index in
            TaskInstance(
                key: TaskInstanceKey(run: run.number, task: index),
                maximumTries: dag.tasks[index].retry.retries + 1)
        }
        var run = run
        run.concurrencyKey = concurrencyKey(of: run, in: dag)
        step.decision.transitions.append(.runCreated(run, instances))
        admit(run, dag: dag, instances: instances)
        armDeadlines(of: run.number)
        resolveConflict(of: run.number, &step)
    }

    /// Takes a run into memory.
    mutating func admit(
        _ run: DAGRun, dag: DAG, instances: [TaskInstance], liveAttempts: [Attempt] = [],
        outputs: (TaskInstanceKey) -> [TaskOutput] = { _ in [] }
    ) {
        let plan = retainPlan(of: dag)
        let active = ActiveRun(
            run: run, plan: plan, instances: instances, liveAttempts: liveAttempts, outputs: outputs)
        runs[run.number] = active
        setLimits(of: active)
        queues[run.dagID, default: DAGRunQueue()].reserveNames(of: run)
        if run.state.isFinished {
            visiting.insert(run.number)
        } else {
            enqueue(run)
            scheduleMayGoOn(of: run.dagID)
        }
    }

    mutating func setLimits(of active: ActiveRun) {
        let dag = active.plan.dag
        slots.setLimit(dag.settings.maximumActiveTasks, of: .run(active.number))
        for (index, task) in dag.tasks.enumerated() {
            if let limit = task.flow.maximumActivePerRun {
                slots.setLimit(limit, of: .taskOfRun(active.number, index))
            }
            if let limit = task.flow.maximumActivePerDAG {
                slots.setLimit(limit, of: .taskOfDAG(dag.id, task.id))
            }
        }
    }

    /// Brings a finished run back, for the event that clears or marks it.
    mutating func restore(
        _ run: DAGRun, dag: DAG, instances: [TaskInstance], outputs: [TaskInstanceKey: [TaskOutput]]
    ) {
        guard runs[run.number] == nil else { return }
        admit(run, dag: dag, instances: instances) { outputs[$0] ?? [] }
    }

    mutating func dropVisitors() {
        for number in visiting.sorted() {
            leave(number)
        }
        visiting = []
    }

    /// A finished run leaves memory.
    mutating func leave(_ number: RunNumber) {
        guard let active = runs[number] else { return }
        let run = active.run
        queues[run.dagID]?.releaseNames(of: run)
        if queues[run.dagID]?.isEmpty == true { queues[run.dagID] = nil }
        let tasks = active.plan.dag.tasks
        slots.removeRun(number, tasks: tasks.indices.filter { tasks[$0].flow.maximumActivePerRun != nil })
        forgetFollower(number)
        runs[number] = nil
        releasePlan(RunPlan.Key(dagID: run.dagID, version: run.version))
    }

    // MARK: Starting runs

    /// Lets queued runs start as far as `max_active_runs` of their DAG allows.
    mutating func startQueuedRuns(_ step: inout SchedulerStep) {
        while !promotable.isEmpty || startBackfillRuns(&step) {
            let ids = promotable.sorted()
            promotable = []
            for id in ids {
                let limit = maximumActiveRuns(of: id)
                while let number = nextToStart(of: id, limit: limit) {
                    start(number, &step)
                }
            }
        }
    }

    private mutating func nextToStart(of id: DAGID, limit: Int) -> RunNumber? {
        guard var queue = queues[id] else { return nil }
        defer { queues[id] = queue }
        return queue.nextToStart(limit: limit) { isBlocked($0) }
    }

    /// The newest version decides; a DAG whose file is gone keeps the limit of the versions that still run.
    func maximumActiveRuns(of id: DAGID) -> Int {
        if let dag = dags[id] { return dag.settings.maximumActiveRuns }
        let limits = plans.filter { $0.key.dagID == id }.map { $0.value.plan.dag.settings.maximumActiveRuns }
        return limits.max() ?? 1
    }

    mutating func start(_ number: RunNumber, _ step: inout SchedulerStep) {
        change(number, &step) { run, step in run.start(&step) }
        armTimeout(of: number)
        armDeadlines(of: number)
        askForPast(of: number, &step)
        askForAverages(of: number, &step)
    }

    /// Notes when the run's `dagrun_timeout` will be over.
    mutating func armTimeout(of number: RunNumber) {
        if let deadline = deadline(of: number) {
            wakes.insert(WakeEntry(at: deadline, reason: .runTimeout(number)))
        }
    }

    func deadline(of number: RunNumber) -> Timestamp? {
        guard let active = runs[number], active.run.state == .running, active.run.reason == nil,
            let start = active.run.startDate, let timeout = active.plan.dag.settings.runTimeout
        else { return nil }
        return start + timeout
    }

    // MARK: Ending, clearing, marking

    mutating func cancelRun(_ number: RunNumber, by user: String, _ step: inout SchedulerStep) {
        guard let active = runs[number] else {
            step.decision.refusal = .unknownRun(number)
            return
        }
        guard !active.run.state.isFinished else {
            step.decision.refusal = .runIsFinished(number, active.run.state)
            return
        }
        let backoff = backoff
        change(number, &step) { run, step in run.cancel(by: user, backoff: backoff, &step) }
    }

    /// Only `success` and `failed` can be marked; anything else changes nothing.
    mutating func markRun(
        _ number: RunNumber, as state: DAGRunState, by user: String, _ step: inout SchedulerStep
    ) {
        guard runs[number] != nil else {
            step.decision.refusal = .unknownRun(number)
            return
        }
        guard state == .success || state == .failed else { return }
        let backoff = backoff
        change(number, &step) { run, step in run.mark(as: state, by: user, backoff: backoff, &step) }
    }

    mutating func clear(
        _ places: [InstancePlace], of number: RunNumber, by user: String, _ step: inout SchedulerStep
    ) {
        guard runs[number] != nil else {
            step.decision.refusal = .unknownRun(number)
            return
        }
        let backoff = backoff
        change(number, &step) { run, step in run.clear(places, by: user, backoff: backoff, &step) }
        armTimeout(of: number)
        armDeadlines(of: number)
    }

    mutating func changeParameters(
        of number: RunNumber, to parameters: JSONObject, _ step: inout SchedulerStep
    ) {
        guard let active = runs[number] else {
            step.decision.refusal = .unknownRun(number)
            return
        }
        guard active.run.parameters != parameters else { return }
        change(number, &step) { run, step in run.change(parameters: parameters, &step) }
    }

    mutating func changeCacheUse(of number: RunNumber, to use: CacheUse, _ step: inout SchedulerStep) {
        guard let active = runs[number] else {
            step.decision.refusal = .unknownRun(number)
            return
        }
        guard active.run.cacheUse != use else { return }
        change(number, &step) { run, step in run.change(cacheUse: use, &step) }
    }

    /// Only `success`, `failed` and `skipped` can be marked; anything else changes nothing.
    mutating func mark(
        _ places: [InstancePlace], of number: RunNumber, as state: TaskInstanceState, by user: String,
        _ step: inout SchedulerStep
    ) {
        guard runs[number] != nil else {
            step.decision.refusal = .unknownRun(number)
            return
        }
        guard state == .success || state == .failed || state == .skipped else { return }
        let backoff = backoff
        change(number, &step) { run, step in
            let rows = run.rows(of: places, &step)
            for row in rows { run.mark(row, as: state, by: user, backoff: backoff, &step) }
            run.marked(rows, by: user, &step)
        }
        armTimeout(of: number)
        armDeadlines(of: number)
    }
}
