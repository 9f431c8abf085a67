import DAGDomain
import JSONText

/// Runs that data or a model ask for (`retrain_when`).
///
/// A clause that fires is remembered, once and with its newest value, until a run takes it. A run starts as soon as the
/// condition holds and cooldown, budget and `max_active_runs` let it. A loop is impossible: what a run that the schedule
/// started reports or updates does not count for its own DAG, unless a clause names that DAG; and nothing starts a run
/// sooner than the cooldown, which is never zero.
extension SchedulerStateMachine {
    // MARK: What happens

    /// A task has ended well, or its gate did not hold: its metrics are those of a finished program either way.
    mutating func metricsReported(
        by key: TaskInstanceKey, _ report: AttemptReport, _ step: inout SchedulerStep
    ) {
        guard report.outcome == .exited(0), !report.metrics.isEmpty, let active = runs[key.run],
            let row = active.row(of: key)
        else { return }
        let instance = active.instances[row]
        guard instance.state == .success || (instance.state == .failed && instance.failure == .gate) else {
            return
        }
        let (run, task) = (active.run, active.definition(row).id)
        let now = step.now
        let source = AssetEventSource.task(run.dagID, run.runID, task, mapIndex: key.mapIndex)
        for id in retrainPlans.keys.sorted() where listens(id, at: now) {
            for (clause, metric) in retrainPlans[id]?.watched ?? [] {
                guard metric.dagID ?? run.dagID == run.dagID, metric.taskID ?? task == task,
                    metric.dagID != nil || !isOwn(run, of: id),
                    let value = metric.value(in: report.metrics)
                else { continue }
                changeRetraining(of: id, &step) { state in
                    state.note(value, of: clause, metric, from: source, at: now)
                }
            }
        }
    }

    /// - Parameter run: the run that has updated the asset; nil when something outside did.
    mutating func retrainAssetUpdated(_ event: AssetEvent, by run: DAGRun?, _ step: inout SchedulerStep) {
        for id in retrainPlans.keys.sorted() where listens(id, at: step.now) {
            if let run, isOwn(run, of: id) { continue }
            let clauses = retrainPlans[id]?.schedule.condition.clauses ?? []
            changeRetraining(of: id, &step) { state in state.note(event, for: clauses) }
        }
    }

    /// Whether what happens now counts for a DAG: as with assets, not while it is paused or its file is away.
    private func listens(_ id: DAGID, at now: Timestamp) -> Bool {
        guard let status = statuses[id], status.isActive, !status.isPaused else { return false }
        return retrainPlans[id]?.covers(now) ?? false
    }

    /// Whether the DAG's schedule started the run.
    private func isOwn(_ run: DAGRun, of id: DAGID) -> Bool { run.dagID == id && run.type == .scheduled }

    private mutating func changeRetraining(
        of id: DAGID, _ step: inout SchedulerStep, _ body: (inout RetrainState) -> Void
    ) {
        let before = retrains[id] ?? RetrainState(dagID: id)
        var state = before
        body(&state)
        guard state != before else { return }
        retrains[id] = state
        step.decision.transitions.append(.retrainChanged(state))
        armRetraining(of: id)
    }

    // MARK: Schedules that change

    mutating func scheduleRetraining(_ dag: DAG, _ step: inout SchedulerStep) {
        unscheduleRetraining(dag.id)
        expectRetraining(for: dag)
        let clauses = dag.settings.retraining?.condition.clauses ?? []
        if retrains[dag.id] != nil { changeRetraining(of: dag.id, &step) { $0.keep(clauses) } }
        armRetraining(of: dag.id)
    }

    /// Listens for a DAG; after a restart already before its file is read, so that nothing is missed.
    mutating func expectRetraining(for dag: DAG) {
        retrainPlans[dag.id] = RetrainPlan(dag)
    }

    /// The DAG's file is gone. What has fired stays, should the file come back.
    mutating func unscheduleRetraining(_ id: DAGID) {
        retrainPlans[id] = nil
        nextRetrains[id] = nil
    }

    mutating func forgetRetraining(of id: DAGID, _ step: inout SchedulerStep) {
        guard retrains.removeValue(forKey: id) != nil else { return }
        step.decision.transitions.append(.retrainForgotten(id))
        armRetraining(of: id)
    }

    // MARK: Runs

    /// Asks to be woken when a clause of the clock or a run is due; to be called whenever that may have changed.
    mutating func armRetraining(of id: DAGID) {
        guard let instant = nextRetrain(of: id) else {
            nextRetrains[id] = nil
            return
        }
        guard nextRetrains[id] != instant else { return }
        nextRetrains[id] = instant
        wakes.insert(WakeEntry(at: instant, reason: .retrain(id)))
    }

    private func nextRetrain(of id: DAGID) -> Timestamp? {
        guard let plan = retrainPlans[id], let status = statuses[id], status.isActive, !status.isPaused,
            dags[id] != nil
        else { return nil }
        let run = retrains[id].flatMap { retrainDue($0, plan) }
        return [plan.nextTick(after: status.watermark), run].compactMap(\.self).min()
    }

    /// From when on a run may be made of what has fired; nil when the condition does not hold, or nothing may start.
    private func retrainDue(_ state: RetrainState, _ plan: RetrainPlan) -> Timestamp? {
        guard let settings = dags[state.dagID]?.settings,
            settings.allowedRunTypes?.contains(.scheduled) ?? true,
            queues[state.dagID]?.unfinishedCounted ?? 0 < settings.maximumActiveRuns,
            plan.schedule.condition.isMet(by: { state.firings[$0] != nil })
        else { return nil }
        return plan.schedule.nextStart(after: state.starts) ?? .epoch
    }

    /// What is remembered once the clock's clauses have fired up to now, and through when they have.
    private func afterTicks(
        of id: DAGID, _ plan: RetrainPlan, at now: Timestamp
    ) -> (state: RetrainState, watermark: Timestamp) {
        var state = retrains[id] ?? RetrainState(dagID: id)
        let watermark = statuses[id]?.watermark ?? now
        let ticks = plan.dueTicks(after: watermark, through: now)
        state.note(ticks.firings)
        return (state, ticks.watermark)
    }

    /// The runs that `retrain_when` is about to start, for `dueRuns`.
    func dueRetrainRuns(at now: Timestamp) -> [ScheduledRunKey] {
        nextRetrains.filter { $0.value <= now }.keys.sorted().compactMap { id in
            guard let plan = retrainPlans[id], !plan.isOver(at: now) else { return nil }
            let state = afterTicks(of: id, plan, at: now).state
            guard let due = retrainDue(state, plan), due <= now else { return nil }
            return Self.retrainKey(state)
        }
    }

    /// A run is named by, and its logical date is, the instant of the newest thing that fired.
    private static func retrainKey(_ state: RetrainState) -> ScheduledRunKey? {
        state.firingsInOrder.last.map { last in
            ScheduledRunKey(
                dagID: state.dagID,
                runID: RunID("\(DAGRunType.scheduled.rawValue)__\(last.at.runIDText)"), logicalDate: last.at)
        }
    }

    /// Lets the clock's clauses fire, and makes the run that is due.
    mutating func answerRetraining(
        of id: DAGID, asked: Set<ScheduledRunKey>, taken: Set<ScheduledRunKey>, _ step: inout SchedulerStep
    ) {
        nextRetrains[id] = nil
        guard let plan = retrainPlans[id], var status = statuses[id] else { return }
        let now = step.now
        let after = afterTicks(of: id, plan, at: now)
        status.watermark = after.watermark
        record(status, &step)
        changeRetraining(of: id, &step) { state in
            state = after.state
            if plan.isOver(at: now) { state.firings = [:] }
        }
        if let state = retrains[id], let due = retrainDue(state, plan), due <= now {
            startRetraining(state, asked: asked, taken: taken, &step)
        }
        armRetraining(of: id)
    }

    /// A name that nobody looked up, or that is taken, gets a suffix, and the run no logical date.
    private mutating func startRetraining(
        _ state: RetrainState, asked: Set<ScheduledRunKey>, taken: Set<ScheduledRunKey>,
        _ step: inout SchedulerStep
    ) {
        guard let dag = dags[state.dagID], let key = Self.retrainKey(state), let date = key.logicalDate else {
            return
        }
        let queue = queues[dag.id]
        let isFree =
            asked.contains(key) && !taken.contains(key) && queue?.runIDs.contains(key.runID) != true
            && queue?.logicalDates.contains(date) != true
        let runID = isFree ? key.runID : RunID("\(key.runID)_\(generator.nextSuffix())")
        let number = takeRunNumber()
        let run = DAGRun(
            number: number, dagID: dag.id, runID: runID, version: dag.version, type: .scheduled,
            trigger: .timetable, logicalDate: isFree ? date : nil, dataIntervalStart: isFree ? date : nil,
            dataIntervalEnd: isFree ? date : nil, runAfter: step.now, queuedAt: step.now,
            parameters: dag.settings.defaultParameters)
        let now = step.now
        changeRetraining(of: dag.id, &step) { $0.startRun(at: now) }
        create(run, dag: dag, &step)
        step.decision.transitions.append(.retrainStarted(number, state.firingsInOrder))
    }
}
