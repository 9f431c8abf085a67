import DAGDomain

extension ActiveRun {
    /// Gives an instance that got its slots a new attempt.
    mutating func queue(_ row: Int, attempt id: AttemptID, _ step: inout SchedulerStep) {
        let now = step.now
        let isNextPoke = instances[row].reason == .waits(.poke)
        change(row, to: .queued, &step) { instance in
            if !isNextPoke {
                instance.tryNumber += 1
                instance.triesSinceClear += 1
                instance.startDate = nil
            }
            instance.queuedAt = now
            instance.endDate = nil
            instance.notBefore = nil
            instance.attempt = id
            instance.failure = nil
            instance.reason = nil
        }
        let attempt = Attempt(
            id: id, instance: key(row), tryNumber: instances[row].tryNumber, createdAt: now)
        liveAttempts[row] = attempt
        step.decision.transitions.append(.attemptCreated(attempt))
        step.decision.actions.append(.start(id, instance: key(row)))
    }

    mutating func attemptStarted(
        _ row: Int, processID: Int32, at instant: Timestamp, _ step: inout SchedulerStep
    ) {
        guard liveAttempts[row]?.state == .starting else { return }
        spawnFailures[row] = nil
        changeAttempt(of: row, to: .running, &step) { attempt in
            attempt.processID = processID
            attempt.startDate = instant
        }
        let isPoke = definition(row).flow.wait?.condition == .poke
        change(row, to: .running, &step) { instance in
            if !isPoke || instance.startDate == nil { instance.startDate = instant }
            instance.notBefore = nil
            if case .notStarted = instance.reason { instance.reason = nil }
        }
    }

    mutating func attemptFinished(
        _ row: Int, report: AttemptReport, backoff: RetryBackoff, _ step: inout SchedulerStep
    ) {
        let request = EndRequest(reason: instances[row].reason)
        var report = report
        if report.isGood { report.problem = directionProblem(row, report) }
        let ending = AttemptEnding(report: report, task: definition(row), wasAsked: request != nil)
        changeAttempt(of: row, to: ending.state, &step) { attempt in
            attempt.startDate = report.startDate ?? attempt.startDate
            attempt.endDate = report.endDate
            attempt.exitCode = ending.exitCode
            attempt.signal = ending.signal
            attempt.failure = ending.failure
            attempt.reason = ending.reason
        }
        if case .cleared(let user) = request {
            reset(row, by: user, &step)
            return
        }
        if let names = plan.watchedOutputs[task(row)], ending.isSuccess {
            remember(definition(row).decisive(report.outputs, report.metrics), of: row, named: names)
        }
        if !ending.isPlainSuccess || request != nil { report.cache?.isKept = false }
        if !report.isSilent || report.verdict != nil || instances[row].tryNumber > 1 {
            step.decision.transitions.append(.reportRecorded(instance: key(row), report: report))
        }
        conclude(row, report: report, ending: ending, request: request, backoff: backoff, &step)
    }

    /// The instance's next state after an attempt that was not cleared away.
    private mutating func conclude(
        _ row: Int, report: AttemptReport, ending: AttemptEnding, request: EndRequest?,
        backoff: RetryBackoff,
        _ step: inout SchedulerStep
    ) {
        let isPoke = definition(row).flow.wait?.condition == .poke
        let pokeInterval = definition(row).flow.wait?.pokeInterval ?? .zero
        let (state, failure, reason) = conclusion(
            row, report: report, ending: ending, request: request, backoff)
        change(row, to: state, &step) { instance in
            if !isPoke || instance.startDate == nil {
                instance.startDate = report.startDate ?? instance.startDate
            }
            instance.endDate = state == .deferred ? nil : report.endDate
            instance.failure = failure
            instance.reason = reason
            switch reason {
            case .waitsForRetry(let instant, _): instance.notBefore = instant
            case .waits(.poke): instance.notBefore = report.endDate + pokeInterval
            default: instance.notBefore = nil
            }
        }
        if state == .success, !(request?.isMark ?? false) { produce(row, outlets: report.outlets, &step) }
        follow(row, state: state, reason: reason, ending: ending, report: report, backoff: backoff, &step)
    }

    /// What the end of an attempt means for the instances around it.
    private mutating func follow(
        _ row: Int, state: TaskInstanceState, reason: StateReason?, ending: AttemptEnding,
        report: AttemptReport,
        backoff: RetryBackoff, _ step: inout SchedulerStep
    ) {
        let source = task(row)
        if state == .success {
            if ending.disposition == .successSkippingDownstream, reason == ending.reason {
                skipDownstream(of: source, .upstreamGate(task: source), &step)
            }
            if plan.dag.tasks[source].role == .branch || plan.dag.tasks[source].role == .shortCircuit {
                direct(row, &step)
            }
        }
        if state == .failed, plan.dag.tasks[source].flow.failsFast { failFast(row, backoff: backoff, &step) }
    }

    /// Ends the other instances of a mapped task, of which one has failed for good.
    private mutating func failFast(_ row: Int, backoff: RetryBackoff, _ step: inout SchedulerStep) {
        let now = step.now
        let failed = key(row)
        guard failed.mapIndex >= 0 else { return }
        let request = EndRequest.failFast(mapIndex: failed.mapIndex)
        makeRemaining(ofTask: failed.task, as: .cancelled, &step) { instance in
            instance.endDate = now
            instance.failure = .cancelled
            instance.reason = request.reason
        }
        for other in rows(ofTask: failed.task) where !instances[other].state.isFinished {
            if instances[other].state.isActive {
                requestEnd(of: other, request, backoff: backoff, &step)
            } else {
                change(other, to: .cancelled, &step) { instance in
                    instance.endDate = now
                    instance.notBefore = nil
                    instance.failure = .cancelled
                    instance.reason = request.reason
                }
            }
        }
    }

    private func conclusion(
        _ row: Int, report: AttemptReport, ending: AttemptEnding, request: EndRequest?,
        _ backoff: RetryBackoff
    ) -> (TaskInstanceState, FailureReason?, StateReason) {
        if case .marked(let state, _) = request, let reason = request?.reason {
            return (state, state == .failed ? .cancelled : nil, reason)
        }
        if request == nil, let waiting = waitAfter(row, report: report, ending: ending) { return waiting }
        switch ending.disposition {
        case .success, .successSkippingDownstream: return (.success, nil, ending.reason)
        case .skipped: return (.skipped, nil, ending.reason)
        case .failed(let isRetryable):
            switch request {
            case .runTimeout: return (.skipped, .timeout, .runTimeout)
            case .stoppedEarly: return (.skipped, nil, request?.reason ?? ending.reason)
            case .cancelled, .failFast: return (.cancelled, .cancelled, request?.reason ?? ending.reason)
            case .marked, .cleared, nil: break
            }
            guard isRetryable else { return (.failed, ending.failure, ending.reason) }
            return failure(of: row, ending.failure, ending.reason, at: report.endDate, backoff)
        }
    }

    /// A failure that may be tried again.
    func failure(
        of row: Int, _ failure: FailureReason?, _ reason: StateReason, at instant: Timestamp,
        _ backoff: RetryBackoff
    ) -> (TaskInstanceState, FailureReason?, StateReason) {
        let instance = instances[row]
        guard instance.tryNumber < instance.maximumTries else { return (.failed, failure, reason) }
        let delay = backoff.delay(
            policy: definition(row).retry, triesSinceClear: instance.triesSinceClear,
            identity: RetryBackoff.identity(
                dag: plan.dag.id, task: definition(row).id, run: run, tryNumber: instance.tryNumber))
        return (.upForRetry, failure, .waitsForRetry(until: instant + delay, after: reason))
    }

    /// Nothing ran: the instance keeps its slots and its try, and the same attempt is started again later.
    mutating func spawnFailed(
        _ row: Int, reason: String, limit: Duration, backoff: RetryBackoff, _ step: inout SchedulerStep
    ) {
        guard liveAttempts[row]?.state == .starting, instances[row].notBefore == nil else { return }
        guard EndRequest(reason: instances[row].reason) == nil else {
            finishUnstarted(row, backoff: backoff, &step)
            return
        }
        let failures = spawnFailures[row, default: 0]
        spawnFailures[row] = failures + 1
        let delay = min(Duration.seconds(1 << min(failures, 20)), limit)
        let instant = step.now + delay
        change(row, to: .queued, &step) { instance in
            instance.notBefore = instant
            instance.reason = .notStarted(reason)
        }
        step.effects.append(.wake(key(row), at: instant))
    }

    mutating func spawnAgain(_ row: Int, _ step: inout SchedulerStep) {
        guard let attempt = liveAttempts[row], attempt.state == .starting else { return }
        change(row, to: .queued, &step) { instance in
            instance.notBefore = nil
            instance.reason = nil
        }
        step.decision.actions.append(.start(attempt.id, instance: key(row)))
    }

    mutating func retryIsDue(_ row: Int, _ step: inout SchedulerStep) {
        let now = step.now
        change(row, to: .scheduled, &step) { instance in
            instance.scheduledAt = now
            instance.notBefore = nil
        }
    }

    /// Asks for the end of an active instance: its attempt is terminated, and the request is recorded. An
    /// attempt that is known not to have been spawned ends at once.
    mutating func requestEnd(
        of row: Int, _ request: EndRequest, backoff: RetryBackoff, _ step: inout SchedulerStep
    ) {
        guard let attempt = liveAttempts[row] else { return }
        let waitsForSpawn = instances[row].state == .queued && instances[row].notBefore != nil
        if EndRequest(reason: instances[row].reason) != request {
            change(row, to: instances[row].state, &step) { instance in
                instance.reason = request.reason
                instance.notBefore = nil
            }
        }
        if waitsForSpawn {
            finishUnstarted(row, backoff: backoff, &step)
        } else {
            step.decision.actions.append(.terminate(attempt.id))
        }
    }

    private mutating func finishUnstarted(_ row: Int, backoff: RetryBackoff, _ step: inout SchedulerStep) {
        guard let attempt = liveAttempts[row] else { return }
        let report = AttemptReport(
            attempt: attempt.id, outcome: .terminated, startDate: nil, endDate: step.now)
        attemptFinished(row, report: report, backoff: backoff, &step)
    }
}

extension AttemptReport {
    /// Whether the work was done and nothing is known to be wrong with what it left.
    fileprivate var isGood: Bool {
        guard problem == nil else { return false }
        switch outcome {
        case .exited(0), .cached: return true
        default: return false
        }
    }

    /// Whether there is nothing in it to be recorded beside the attempt's end.
    fileprivate var isSilent: Bool {
        outputs.isEmpty && metrics.isEmpty && artifacts.isEmpty && cache == nil
    }
}
