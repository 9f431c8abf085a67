import DAGDomain

extension SchedulerStateMachine {
    // News of an attempt that is not live is old news (a report that was delivered twice) and changes
    // nothing.

    mutating func attemptStarted(
        _ id: AttemptID, processID: Int32, at instant: Timestamp, _ step: inout SchedulerStep
    ) {
        guard let key = liveAttempts[id] else { return }
        unresolved.remove(id)
        change(key, &step) { run, row, step in
            run.attemptStarted(row, processID: processID, at: instant, &step)
        }
    }

    mutating func attemptFinished(_ report: AttemptReport, _ step: inout SchedulerStep) {
        guard let key = liveAttempts[report.attempt] else { return }
        unresolved.remove(report.attempt)
        let backoff = backoff
        change(key, &step) { run, row, step in
            run.attemptFinished(row, report: report, backoff: backoff, &step)
        }
        if !retrainPlans.isEmpty { metricsReported(by: key, report, &step) }
    }

    /// Whether the end of an attempt counts for the registry of models: it is news, and the instance is not to be something
    /// else than what its program makes of it.
    package func takesClaim(of report: AttemptReport) -> Bool {
        guard let key = liveAttempts[report.attempt], let instance = instance(key) else { return false }
        switch EndRequest(reason: instance.reason) {
        case .cleared, .marked: return false
        case .cancelled, .runTimeout, .failFast, .stoppedEarly, nil: return true
        }
    }

    /// A trial is not worth going on with. What was asked of it before stays.
    mutating func trialStopped(_ id: AttemptID, reason: String, _ step: inout SchedulerStep) {
        guard let key = liveAttempts[id], let instance = instance(key), instance.state.isActive,
            EndRequest(reason: instance.reason) == nil
        else { return }
        let backoff = backoff
        change(key, &step) { run, row, step in
            run.requestEnd(of: row, .stoppedEarly(reason), backoff: backoff, &step)
        }
    }

    mutating func spawnFailed(_ id: AttemptID, reason: String, _ step: inout SchedulerStep) {
        guard let key = liveAttempts[id] else { return }
        let backoff = backoff
        let limit = configuration.maximumSpawnBackoff
        if unresolved.remove(id) != nil, let instant = instance(key)?.notBefore {
            wakes.insert(WakeEntry(at: instant, reason: .instance(key)))
        }
        change(key, &step) { run, row, step in
            run.spawnFailed(row, reason: reason, limit: limit, backoff: backoff, &step)
        }
    }

    /// Gives slots to the best of those who wait, until a limit is reached. What has begun makes room for further
    /// instances of wide mapped tasks, which may get slots as well.
    mutating func allocateSlots(_ step: inout SchedulerStep) {
        repeat {
            var makeMore: Set<RunNumber> = []
            allocate(&makeMore, &step)
            for number in makeMore.sorted() {
                change(number, &step) { run, step in run.makeMoreInstances(&step) }
            }
            if makeMore.isEmpty { return }
        } while slots.canStart
    }

    private mutating func allocate(_ makeMore: inout Set<RunNumber>, _ step: inout SchedulerStep) {
        while let entry = slots.takeNext() {
            guard let index = runs.index(forKey: entry.key.run) else {
                preconditionFailure("slots were given to a run that is gone")
            }
            let id = generator.next()
            liveAttempts[id] = entry.key
            guard let row = runs.values[index].row(of: entry.key) else {
                preconditionFailure("slots were given to an instance that is gone")
            }
            runs.values[index].queue(row, attempt: id, &step)
            if !runs.values[index].mapped.isEmpty { makeMore.insert(entry.key.run) }
        }
    }
}

extension SchedulerStateMachine {
    /// Changes the run of an instance, given the instance's row.
    mutating func change(
        _ key: TaskInstanceKey, _ step: inout SchedulerStep,
        _ body: (inout ActiveRun, Int, inout SchedulerStep) -> Void
    ) {
        guard let row = runs[key.run]?.row(of: key) else { return }
        change(key.run, &step) { run, step in body(&run, row, &step) }
    }

    mutating func waitEnded(
        _ key: TaskInstanceKey, tryNumber: Int, _ outcome: WaitOutcome, _ step: inout SchedulerStep
    ) {
        guard instance(key)?.state == .deferred else {
            step.decision.refusal = .doesNotWait(key)
            return
        }
        let backoff = backoff
        change(key, &step) { run, row, step in
            run.waitEnded(row, tryNumber: tryNumber, outcome, backoff: backoff, &step)
        }
    }

    /// A run has ended that a `trigger_dag` task asked for, and may wait for.
    mutating func childEnded(_ child: DAGRun, parent key: TaskInstanceKey, _ step: inout SchedulerStep) {
        let backoff = backoff
        change(key, &step) { run, row, step in run.childEnded(row, child, backoff: backoff, &step) }
    }

    /// Cancels the unfinished runs that an instance asked for and no longer waits for.
    mutating func cancelChildren(of key: TaskInstanceKey, _ step: inout SchedulerStep) {
        let children = runs.values.filter { $0.run.parent == key && !$0.run.state.isFinished }.map(\.number)
        for child in children.sorted() { cancelRun(child, by: "its parent", &step) }
    }
}
