import DAGDomain

extension SchedulerStateMachine {
    // MARK: Events

    /// Makes a backfill with its runs. The finished runs that are to run again must have been brought back
    /// before; dates that got a run since the plan was made are left alone.
    mutating func requestBackfill(
        _ request: BackfillRequest, _ plan: BackfillPlan, by user: String, _ step: inout SchedulerStep
    ) {
        let dag = request.dag
        let backfill = Backfill(
            id: nextBackfillID, dagID: dag.id, fromDate: request.fromDate, toDate: request.toDate,
            maximumActiveRuns: request.maximumActiveRuns, isReversed: request.isReversed,
            isCollapsed: request.isCollapsed, reprocess: request.reprocess, parameters: request.parameters,
            createdAt: step.now)
        nextBackfillID = BackfillID(backfill.id.value + 1)
        backfills[backfill.id] = BackfillQueue(backfill)
        step.decision.transitions.append(.backfillCreated(backfill))
        for entry in plan.entries {
            if let number = entry.existing {
                runAgain(number, for: backfill.id, usesCache: request.usesCache, by: user, &step)
            } else {
                create(entry, of: backfill, dag: dag, parameters: request, &step)
            }
        }
        let completed = completeIfDone(backfill.id, &step)
        step.decision.createdBackfill = completed ?? backfill
    }

    private mutating func create(
        _ entry: BackfillPlan.Entry, of backfill: Backfill, dag: DAG, parameters request: BackfillRequest,
        _ step: inout SchedulerStep
    ) {
        let queue = queues[dag.id]
        guard queue?.runIDs.contains(entry.runID) != true,
            queue?.logicalDates.contains(entry.run.logicalDate) != true
        else { return }
        var run = DAGRun(
            number: takeRunNumber(), dagID: dag.id, runID: entry.runID, version: dag.version, type: .backfill,
            trigger: .backfill, logicalDate: entry.run.logicalDate,
            dataIntervalStart: entry.run.dataIntervalStart, dataIntervalEnd: entry.run.dataIntervalEnd,
            runAfter: entry.run.runAfter, queuedAt: step.now, parameters: request.parameters,
            backfill: backfill.id)
        if !request.usesCache { run.cacheUse = .never }
        create(run, dag: dag, &step)
    }

    private mutating func runAgain(
        _ number: RunNumber, for id: BackfillID, usesCache: Bool, by user: String,
        _ step: inout SchedulerStep
    ) {
        guard let index = runs.index(forKey: number), runs.values[index].run.state.isFinished else { return }
        runs.values[index].run.backfill = id
        runs.values[index].run.cacheUse = usesCache ? .always : .never
        let tasks = runs.values[index].plan.dag.tasks.indices.map { InstancePlace(task: $0) }
        clear(tasks, of: number, by: user, &step)
    }

    mutating func pauseBackfill(_ id: BackfillID, isPaused: Bool, _ step: inout SchedulerStep) {
        guard let queue = backfills[id] else {
            step.decision.refusal = .backfillIsNotActive(id)
            return
        }
        guard queue.backfill.isPaused != isPaused else { return }
        changeBackfill(id, &step) { $0.isPaused = isPaused }
        promotableBackfills.insert(id)
    }

    /// Its queued runs are cancelled, its running ones go on, outside of any backfill (A9).
    mutating func cancelBackfill(_ id: BackfillID, by user: String, _ step: inout SchedulerStep) {
        guard let queue = backfills[id] else {
            step.decision.refusal = .backfillIsNotActive(id)
            return
        }
        let now = step.now
        changeBackfill(id, &step) {
            $0.isPaused = true
            $0.completedAt = now
        }
        let backoff = backoff
        for number in queue.waiting.sorted() {
            change(number, &step) { run, step in
                run.cancel(by: "\(user), with backfill \(id.value)", backoff: backoff, &step)
            }
        }
        let running = backfills[id]?.running ?? []
        backfills[id] = nil
        for number in running.sorted() {
            guard let run = runs[number]?.run else { continue }
            queues[run.dagID]?.add(run)
            armAssets(of: run.dagID)
        }
    }

    private mutating func changeBackfill(
        _ id: BackfillID, _ step: inout SchedulerStep, _ edit: (inout Backfill) -> Void
    ) {
        guard var backfill = backfills[id]?.backfill else { return }
        edit(&backfill)
        backfill.updatedAt = step.now
        backfills[id]?.backfill = backfill
        step.decision.transitions.append(.backfillChanged(backfill))
    }

    // MARK: The queues of runs

    /// Files an unfinished run: with its backfill while that is active, else with its DAG.
    mutating func enqueue(_ run: DAGRun) {
        if let key = run.concurrencyKey { groups[key, default: ConcurrencyGroup()].add(run) }
        if let id = run.backfill, backfills[id] != nil {
            backfills[id]?.add(run)
            promotableBackfills.insert(id)
        } else {
            queues[run.dagID, default: DAGRunQueue()].add(run)
            promotable.insert(run.dagID)
        }
    }

    mutating func runStarted(_ run: DAGRun) {
        if let key = run.concurrencyKey { groups[key]?.started(run.number) }
        if let id = run.backfill, backfills[id] != nil {
            backfills[id]?.started(run)
        } else {
            queues[run.dagID]?.started(run)
        }
    }

    mutating func runEnded(_ run: DAGRun, wasRunning: Bool) {
        if let key = run.concurrencyKey {
            groups[key]?.ended(run.number)
            groupHasRoom(key)
            if groups[key]?.isEmpty == true { groups[key] = nil }
        }
        if let id = run.backfill, backfills[id] != nil {
            backfills[id]?.ended(run)
            promotableBackfills.insert(id)
            endedBackfills.insert(id)
        } else {
            queues[run.dagID]?.ended(run, wasRunning: wasRunning)
            promotable.insert(run.dagID)
        }
    }

    private mutating func nextToStart(ofBackfill id: BackfillID) -> RunNumber? {
        guard var queue = backfills[id] else { return nil }
        defer { backfills[id] = queue }
        return queue.nextToStart { isBlocked($0) }
    }

    /// Stamps the backfills whose last run has ended.
    mutating func completeBackfills(_ step: inout SchedulerStep) {
        for id in endedBackfills.sorted() { completeIfDone(id, &step) }
        endedBackfills = []
    }

    @discardableResult
    private mutating func completeIfDone(_ id: BackfillID, _ step: inout SchedulerStep) -> Backfill? {
        guard let queue = backfills[id], queue.isEmpty else { return nil }
        let now = step.now
        changeBackfill(id, &step) { $0.completedAt = now }
        return backfills.removeValue(forKey: id)?.backfill
    }

    /// Lets queued runs of backfills start as far as their own limits allow.
    ///
    /// - Returns: whether one started.
    mutating func startBackfillRuns(_ step: inout SchedulerStep) -> Bool {
        var hasStarted = false
        let ids = promotableBackfills.sorted()
        promotableBackfills = []
        for id in ids {
            while let number = nextToStart(ofBackfill: id) {
                start(number, &step)
                hasStarted = true
            }
        }
        return hasStarted
    }
}
