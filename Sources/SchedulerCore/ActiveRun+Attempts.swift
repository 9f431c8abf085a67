import DAGDomain

extension ActiveRun {
    /// Gives an instance that got its slots a new attempt.
    mutating func queue(_ task: Int, attempt id: AttemptID, _ step: inout SchedulerStep) {
        let now = step.now
        change(task, to: .queued, &step) { instance in
            instance.tryNumber += 1
            instance.triesSinceClear += 1
            instance.queuedAt = now
            instance.startDate = nil
            instance.endDate = nil
            instance.notBefore = nil
            instance.attempt = id
            instance.failure = nil
            instance.reason = nil
        }
        let attempt = Attempt(
            id: id, instance: key(task), tryNumber: instances[task].tryNumber, createdAt: now)
        liveAttempts[task] = attempt
        step.decision.transitions.append(.attemptCreated(attempt))
        step.decision.actions.append(.start(id, instance: key(task)))
    }

    mutating func attemptStarted(
        _ task: Int, processID: Int32, at instant: Timestamp, _ step: inout SchedulerStep
    ) {
        guard liveAttempts[task]?.state == .starting else { return }
        spawnFailures[task] = nil
        changeAttempt(of: task, to: .running, &step) { attempt in
            attempt.processID = processID
            attempt.startDate = instant
        }
        change(task, to: .running, &step) { instance in
            instance.startDate = instant
            instance.notBefore = nil
            if case .notStarted = instance.reason { instance.reason = nil }
        }
    }

    mutating func attemptFinished(
        _ task: Int, report: AttemptReport, backoff: RetryBackoff, _ step: inout SchedulerStep
    ) {
        let request = EndRequest(reason: instances[task].reason)
        let ending = AttemptEnding(report: report, task: definition(task), wasAsked: request != nil)
        changeAttempt(of: task, to: ending.state, &step) { attempt in
            attempt.startDate = report.startDate ?? attempt.startDate
            attempt.endDate = report.endDate
            attempt.exitCode = ending.exitCode
            attempt.signal = ending.signal
            attempt.failure = ending.failure
            attempt.reason = ending.reason
        }
        if case .cleared(let user) = request {
            reset(task, by: user, &step)
            return
        }
        let isSilent = report.outputs.isEmpty && report.metrics.isEmpty && report.artifacts.isEmpty
        if !isSilent || report.verdict != nil || instances[task].tryNumber > 1 {
            step.decision.transitions.append(.reportRecorded(instance: key(task), report: report))
        }
        conclude(task, report: report, ending: ending, request: request, backoff: backoff, &step)
    }

    /// The instance's next state after an attempt that was not cleared away.
    private mutating func conclude(
        _ task: Int, report: AttemptReport, ending: AttemptEnding, request: EndRequest?,
        backoff: RetryBackoff,
        _ step: inout SchedulerStep
    ) {
        let (state, failure, reason) = conclusion(
            task, report: report, ending: ending, request: request, backoff)
        change(task, to: state, &step) { instance in
            instance.startDate = report.startDate ?? instance.startDate
            instance.endDate = report.endDate
            instance.failure = failure
            instance.reason = reason
            if case .waitsForRetry(let instant, _) = reason {
                instance.notBefore = instant
            } else {
                instance.notBefore = nil
            }
        }
        if ending.disposition == .successSkippingDownstream, reason == ending.reason {
            skipDownstream(of: task, &step)
        }
    }

    private func conclusion(
        _ task: Int, report: AttemptReport, ending: AttemptEnding, request: EndRequest?,
        _ backoff: RetryBackoff
    ) -> (TaskInstanceState, FailureReason?, StateReason) {
        if case .marked(let state, _) = request, let reason = request?.reason {
            return (state, state == .failed ? .cancelled : nil, reason)
        }
        switch ending.disposition {
        case .success, .successSkippingDownstream: return (.success, nil, ending.reason)
        case .skipped: return (.skipped, nil, ending.reason)
        case .failed(let isRetryable):
            switch request {
            case .runTimeout: return (.skipped, .timeout, .runTimeout)
            case .cancelled: return (.cancelled, .cancelled, request?.reason ?? ending.reason)
            case .marked, .cleared, nil: break
            }
            let instance = instances[task]
            guard isRetryable, instance.tryNumber < instance.maximumTries else {
                return (.failed, ending.failure, ending.reason)
            }
            let delay = backoff.delay(
                policy: definition(task).retry, triesSinceClear: instance.triesSinceClear,
                identity: RetryBackoff.identity(
                    dag: plan.dag.id, task: definition(task).id, run: run, tryNumber: instance.tryNumber))
            let reason = StateReason.waitsForRetry(until: report.endDate + delay, after: ending.reason)
            return (.upForRetry, ending.failure, reason)
        }
    }

    /// Nothing ran: the instance keeps its slots and its try, and the same attempt is started again later.
    mutating func spawnFailed(
        _ task: Int, reason: String, limit: Duration, backoff: RetryBackoff, _ step: inout SchedulerStep
    ) {
        guard liveAttempts[task]?.state == .starting, instances[task].notBefore == nil else { return }
        guard EndRequest(reason: instances[task].reason) == nil else {
            finishUnstarted(task, backoff: backoff, &step)
            return
        }
        let failures = spawnFailures[task, default: 0]
        spawnFailures[task] = failures + 1
        let delay = min(Duration.seconds(1 << min(failures, 20)), limit)
        let instant = step.now + delay
        change(task, to: .queued, &step) { instance in
            instance.notBefore = instant
            instance.reason = .notStarted(reason)
        }
        step.effects.append(.wake(key(task), at: instant))
    }

    mutating func spawnAgain(_ task: Int, _ step: inout SchedulerStep) {
        guard let attempt = liveAttempts[task], attempt.state == .starting else { return }
        change(task, to: .queued, &step) { instance in
            instance.notBefore = nil
            instance.reason = nil
        }
        step.decision.actions.append(.start(attempt.id, instance: key(task)))
    }

    mutating func retryIsDue(_ task: Int, _ step: inout SchedulerStep) {
        let now = step.now
        change(task, to: .scheduled, &step) { instance in
            instance.scheduledAt = now
            instance.notBefore = nil
        }
    }

    /// Asks for the end of an active instance: its attempt is terminated, and the request is recorded. An
    /// attempt that is known not to have been spawned ends at once.
    mutating func requestEnd(
        of task: Int, _ request: EndRequest, backoff: RetryBackoff, _ step: inout SchedulerStep
    ) {
        guard let attempt = liveAttempts[task] else { return }
        let waitsForSpawn = instances[task].state == .queued && instances[task].notBefore != nil
        if EndRequest(reason: instances[task].reason) != request {
            change(task, to: instances[task].state, &step) { instance in
                instance.reason = request.reason
                instance.notBefore = nil
            }
        }
        if waitsForSpawn {
            finishUnstarted(task, backoff: backoff, &step)
        } else {
            step.decision.actions.append(.terminate(attempt.id))
        }
    }

    private mutating func finishUnstarted(_ task: Int, backoff: RetryBackoff, _ step: inout SchedulerStep) {
        guard let attempt = liveAttempts[task] else { return }
        let report = AttemptReport(
            attempt: attempt.id, outcome: .terminated, startDate: nil, endDate: step.now)
        attemptFinished(task, report: report, backoff: backoff, &step)
    }
}
