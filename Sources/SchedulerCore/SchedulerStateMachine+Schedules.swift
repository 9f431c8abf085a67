import DAGDomain

/// A run that a schedule is about to make, by what must be unique about it.
package struct ScheduledRunKey: Hashable, Sendable {
    package let dagID: DAGID
    package let runID: RunID
    /// Runs that assets start have none.
    package let logicalDate: Timestamp?

    package init(dagID: DAGID, runID: RunID, logicalDate: Timestamp?) {
        self.dagID = dagID
        self.runID = runID
        self.logicalDate = logicalDate
    }

    init(dagID: DAGID, due: DueRun) {
        let runID = RunID("\(DAGRunType.scheduled.rawValue)__\(due.logicalDate.runIDText)")
        self.init(dagID: dagID, runID: runID, logicalDate: due.logicalDate)
    }
}

extension SchedulerStateMachine {
    /// The runs that `dispatch` at the same instant will want to make. Ask the store which of their names
    /// finished runs have taken, and hand those to `dispatch`. Empty, and free, unless a tick is due.
    package func dueRuns(at now: Timestamp) -> [ScheduledRunKey] {
        guard let first = wakes.first, first.at <= now else { return [] }
        let dueDAGs = nextTicks.filter { $0.value <= now }.keys.sorted()
        let ticks = dueDAGs.flatMap { id in
            (dueTicks(of: id, at: now)?.runs ?? []).map { ScheduledRunKey(dagID: id, due: $0) }
        }
        return ticks + dueAssetRuns(at: now) + dueRetrainRuns(at: now)
    }

    // MARK: Events

    mutating func dagLoaded(_ dag: DAG, pausedAtCreation: Bool, _ step: inout SchedulerStep) {
        let timetable = Timetable(dag)
        let fingerprint = dag.settings.scheduleFingerprint
        var status =
            statuses[dag.id]
            ?? DAGStatus(
                dagID: dag.id, version: dag.version, isPaused: pausedAtCreation, isActive: true,
                watermark: timetable.initialWatermark(firstSeen: step.now), scheduleFingerprint: fingerprint)
        if status.scheduleFingerprint != fingerprint {
            status.scheduleFingerprint = fingerprint
            status.watermark = timetable.watermark(changedAt: step.now, from: status.watermark)
        }
        status.version = dag.version
        status.isActive = true
        dags[dag.id] = dag
        timetables[dag.id] = timetable
        record(status, &step)
        limitsChanged(of: dag.id)
        armSchedule(of: dag.id)
        scheduleOnAssets(dag, &step)
        scheduleRetraining(dag, &step)
    }

    /// The newest version of a DAG says how many of its runs may run: with another one, queued ones may have room.
    private mutating func limitsChanged(of id: DAGID) {
        promotable.insert(id)
        for (backfill, queue) in backfills where queue.backfill.dagID == id {
            promotableBackfills.insert(backfill)
        }
    }

    mutating func dagRemoved(_ id: DAGID, _ step: inout SchedulerStep) {
        dags[id] = nil
        unscheduleOnAssets(id)
        unscheduleRetraining(id)
        timetables[id] = nil
        nextTicks[id] = nil
        limitsChanged(of: id)
        guard var status = statuses[id] else { return }
        status.isActive = false
        record(status, &step)
    }

    mutating func pauseChanged(_ id: DAGID, isPaused: Bool, _ step: inout SchedulerStep) {
        guard var status = statuses[id] else {
            step.decision.refusal = .unknownDAG(id)
            return
        }
        status.isPaused = isPaused
        status.pauseReason = nil
        status.consecutiveFailures = 0
        record(status, &step)
        armSchedule(of: id)
        armAssets(of: id)
        armRetraining(of: id)
    }

    mutating func record(_ status: DAGStatus, _ step: inout SchedulerStep) {
        guard statuses[status.dagID] != status else { return }
        statuses[status.dagID] = status
        step.decision.transitions.append(.dagStatusChanged(status))
    }

    // MARK: Ticks

    /// Finds the DAG's next tick and asks to be woken when its run is due.
    mutating func armSchedule(of id: DAGID) {
        guard let instant = nextDue(of: id) else {
            nextTicks[id] = nil
            return
        }
        guard nextTicks[id] != instant else { return }
        nextTicks[id] = instant
        wakes.insert(WakeEntry(at: instant, reason: .tick(id)))
    }

    private func nextDue(of id: DAGID) -> Timestamp? {
        guard let status = statuses[id], !status.isPaused, status.isActive, let timetable = timetables[id],
            dags[id]?.settings.retraining == nil, roomForScheduledRuns(of: id) > 0,
            let date = timetable.next(after: status.watermark)
        else { return nil }
        return timetable.run(at: date)?.runAfter
    }

    /// How many scheduled runs a DAG may get now. `@continuous` has one at a time; a long catch-up goes on
    /// when runs have left the queue, so that ages of missed ticks never are in memory together.
    private func roomForScheduledRuns(of id: DAGID) -> Int {
        if timetables[id]?.schedule == .continuous {
            return queues[id]?.unfinishedScheduled ?? 0 > 0 ? 0 : 1
        }
        guard let policy = dags[id]?.settings.catchup else { return 0 }
        return switch policy {
        case .all, .window: configuration.maximumQueuedCatchup - (queues[id]?.waiting.count ?? 0)
        case .none, .latest, .collapse: 1
        }
    }

    /// Draws the consequences of a run that came or went for its DAG's schedule.
    mutating func scheduleMayGoOn(of id: DAGID) {
        if assetQueues[id] != nil { armAssets(of: id) }
        if retrainPlans[id] != nil { armRetraining(of: id) }
        guard let status = statuses[id], status.isActive, !status.isPaused else { return }
        if (nextTicks[id] == nil) != (roomForScheduledRuns(of: id) <= 0) { armSchedule(of: id) }
    }

    func dueTicks(of id: DAGID, at now: Timestamp) -> DueTicks? {
        guard let dag = dags[id], let status = statuses[id], let timetable = timetables[id] else {
            return nil
        }
        return timetable.dueTicks(
            after: status.watermark, through: now, policy: dag.settings.catchup,
            cap: max(0, roomForScheduledRuns(of: id)))
    }

    /// Answers every tick of a DAG up to now: a run for each that the catch-up policy keeps, unless its name
    /// is taken, and a record of those it leaves out.
    mutating func answer(
        _ due: DueTicks, of id: DAGID, taken: Set<ScheduledRunKey>, _ step: inout SchedulerStep
    ) {
        nextTicks[id] = nil
        guard let dag = dags[id], var status = statuses[id] else { return }
        let before = status.watermark
        if !due.runs.isEmpty || due.skippedCount > 0 { status.watermark = due.newWatermark }
        record(status, &step)
        for run in due.runs {
            let key = ScheduledRunKey(dagID: id, due: run)
            let isTaken =
                taken.contains(key) || queues[id]?.runIDs.contains(key.runID) == true
                || queues[id]?.logicalDates.contains(run.logicalDate) == true
            if !isTaken { createScheduledRun(run, key: key, dag: dag, &step) }
        }
        if due.skippedCount > 0 {
            step.decision.transitions.append(
                .ticksSkipped(
                    dagID: id, count: due.skippedCount, from: before,
                    through: min(due.newWatermark, step.now), at: step.now))
        }
        armSchedule(of: id)
    }

    private mutating func createScheduledRun(
        _ due: DueRun, key: ScheduledRunKey, dag: DAG, _ step: inout SchedulerStep
    ) {
        let run = DAGRun(
            number: takeRunNumber(), dagID: dag.id, runID: key.runID, version: dag.version, type: .scheduled,
            trigger: .timetable, logicalDate: due.logicalDate, dataIntervalStart: due.dataIntervalStart,
            dataIntervalEnd: due.dataIntervalEnd, runAfter: due.runAfter, queuedAt: step.now,
            parameters: dag.settings.defaultParameters)
        create(run, dag: dag, &step)
    }
}
