import DAGDomain
import JSONText

/// Sensors, approvals and runs that are waited for: instances that are `deferred`.
extension ActiveRun {
    /// Begins to wait outside.
    mutating func wait(_ row: Int, _ wait: Wait, _ step: inout SchedulerStep) {
        let now = step.now
        var instant: Timestamp?
        if case .instant(let rule) = wait.condition { instant = self.instant(rule, now: now) }
        change(row, to: .deferred, &step) { instance in
            instance.tryNumber += 1
            instance.triesSinceClear += 1
            instance.scheduledAt = now
            instance.startDate = now
            instance.endDate = nil
            instance.notBefore = instant
            instance.failure = nil
            instance.reason = .waits(wait.text)
        }
    }

    private func instant(_ rule: WaitInstant, now: Timestamp) -> Timestamp {
        switch rule {
        case .at(let instant): instant
        case .after(let delay): now + delay
        case .afterLogicalDate(let delay): (run.logicalDate ?? run.queuedAt) + delay
        case .afterDataInterval(let delay): (run.dataIntervalEnd ?? run.logicalDate ?? run.queuedAt) + delay
        case .timeOfDay(let seconds): plan.timeOfDay(seconds, onDayOf: now)
        }
    }

    /// Tells those outside that a wait has begun or is over.
    func waitChanged(_ row: Int, from: TaskInstanceState, _ step: inout SchedulerStep) {
        let instance = instances[row]
        if instance.state == .deferred {
            if let deadline = waitDeadline(row) { step.effects.append(.wake(instance.key, at: deadline)) }
            if isWatchedOutside(row) {
                step.decision.actions.append(.await(instance.key, tryNumber: instance.tryNumber))
            }
        } else if definition(row).flow.wait?.isWatched == true {
            step.decision.actions.append(.stopAwaiting(instance.key))
        } else if instance.state == .cancelled || instance.state == .skipped || instance.state == .pending {
            step.effects.append(.childAbandoned(instance.key))
        }
    }

    /// Whether somebody outside has to watch what a deferred instance waits for.
    func isWatchedOutside(_ row: Int) -> Bool {
        instances[row].state == .deferred && definition(row).flow.wait?.isWatched == true
    }

    /// When a wait has lasted too long; nil when it may last for ever.
    func waitDeadline(_ row: Int) -> Timestamp? {
        guard instances[row].state == .deferred, let wait = definition(row).flow.wait,
            let start = instances[row].startDate
        else { return nil }
        return start + wait.timeout
    }

    /// After an attempt: a look that found nothing yet, or a run that is waited for.
    func waitAfter(
        _ row: Int, report: AttemptReport, ending: AttemptEnding
    ) -> (TaskInstanceState, FailureReason?, StateReason)? {
        let definition = definition(row)
        if let wait = definition.flow.wait, wait.condition == .poke {
            guard case .exited(let code) = report.outcome, code != 0, code != AttemptEnding.skipCode,
                code < 126
            else { return nil }
            let start = instances[row].startDate ?? report.startDate ?? report.endDate
            guard report.endDate < start + wait.timeout else { return timedOut(wait) }
            return (.deferred, nil, .waits(.poke))
        }
        guard case .triggerDAG(let action) = definition.action, action.waitsForRun,
            ending.disposition == .success,
            let runID = report.outputs.first(where: { $0.name == TriggerDAGAction.runIDOutput })?.value
                .stringValue
        else { return nil }
        return (.deferred, nil, .waits(.childRun(action.dagID, RunID(runID))))
    }

    private func timedOut(_ wait: Wait) -> (TaskInstanceState, FailureReason?, StateReason) {
        wait.isSoftFail
            ? (.skipped, nil, .waitTimeout(wait.timeout)) : (.failed, .timeout, .waitTimeout(wait.timeout))
    }

    /// An instant has come that a deferred instance waits for.
    mutating func waitIsDue(_ row: Int, backoff: RetryBackoff, _ step: inout SchedulerStep) {
        let now = step.now
        if let instant = instances[row].notBefore, instant <= now,
            definition(row).flow.wait?.condition != .poke
        {
            endWait(row, (.success, nil, .waitEnded("the awaited instant came")), outputs: [], &step)
        } else if let deadline = waitDeadline(row), deadline <= now, let wait = definition(row).flow.wait {
            waitTimedOut(row, wait, &step)
        } else if let instant = instances[row].notBefore, instant <= now {
            change(row, to: .scheduled, &step) { instance in
                instance.scheduledAt = now
                instance.notBefore = nil
            }
        }
    }

    private mutating func waitTimedOut(_ row: Int, _ wait: Wait, _ step: inout SchedulerStep) {
        if case .approval(let approval) = wait.condition, let decision = approval.fallback {
            let outputs = [
                TaskOutput(name: "decision", value: .string(decision.rawValue)),
                TaskOutput(name: "decided_by", value: .string("timeout")),
            ]
            decide(row, decision, by: "the timeout", approval, outputs: outputs, &step)
        } else {
            endWait(row, timedOut(wait), outputs: [], &step)
        }
    }

    /// Somebody outside has seen the end of a wait.
    mutating func waitEnded(
        _ row: Int, tryNumber: Int, _ outcome: WaitOutcome, backoff: RetryBackoff, _ step: inout SchedulerStep
    ) {
        guard instances[row].state == .deferred, instances[row].tryNumber == tryNumber else { return }
        switch (outcome, definition(row).flow.wait?.condition) {
        case (.met(let outputs), .approval(let approval)?):
            decide(row, .approve, by: decider(outputs), approval, outputs: outputs, &step)
        case (.rejected(let user, let outputs), .approval(let approval)?):
            decide(row, .reject, by: user, approval, outputs: outputs, &step)
        case (.met(let outputs), _):
            endWait(row, (.success, nil, .waitEnded("what it waited for is there")), outputs: outputs, &step)
        case (.rejected(let user, let outputs), _):
            endWait(row, (.failed, .userError, .waitEnded("refused by \(user)")), outputs: outputs, &step)
        case (.failed(let text), _):
            let end = failure(of: row, .userError, .waitEnded(text), at: step.now, backoff)
            endWait(row, end, outputs: [], &step)
        }
    }

    private func decider(_ outputs: [TaskOutput]) -> String {
        outputs.first { $0.name == "decided_by" }?.value.stringValue ?? "somebody"
    }

    private mutating func decide(
        _ row: Int, _ decision: Approval.Decision, by user: String, _ approval: Approval,
        outputs: [TaskOutput],
        _ step: inout SchedulerStep
    ) {
        switch (decision, approval.onRejection) {
        case (.approve, _):
            endWait(row, (.success, nil, .waitEnded("approved by \(user)")), outputs: outputs, &step)
        case (.reject, .fail):
            endWait(row, (.failed, .userError, .waitEnded("rejected by \(user)")), outputs: outputs, &step)
        case (.reject, .skip):
            endWait(row, (.success, nil, .waitEnded("rejected by \(user)")), outputs: outputs, &step)
            skipDownstream(of: task(row), .skippedBy(task: task(row), .rejected), &step)
        }
    }

    /// The run that a `trigger_dag` task waits for has ended.
    mutating func childEnded(_ row: Int, _ child: DAGRun, backoff: RetryBackoff, _ step: inout SchedulerStep)
    {
        guard instances[row].state == .deferred,
            instances[row].reason == .waits(.childRun(child.dagID, child.runID))
        else { return }
        let text = "run `\(child.runID)` of DAG `\(child.dagID)` ended as \(child.state.rawValue)"
        let end =
            child.state == .success
            ? (.success, nil, .waitEnded(text))
            : failure(of: row, .userError, .waitEnded(text), at: step.now, backoff)
        endWait(row, end, outputs: nil, &step)
    }

    /// - Parameter outputs: nil leaves what the instance has reported already.
    private mutating func endWait(
        _ row: Int, _ end: (state: TaskInstanceState, failure: FailureReason?, reason: StateReason),
        outputs reported: [TaskOutput]?, _ step: inout SchedulerStep
    ) {
        let now = step.now
        if let reported, !reported.isEmpty {
            let report = AttemptReport(
                attempt: AttemptID(""), outcome: .exited(0), startDate: instances[row].startDate,
                endDate: now,
                outputs: reported)
            step.decision.transitions.append(.reportRecorded(instance: key(row), report: report))
            if end.state == .success, let names = plan.watchedOutputs[task(row)] {
                remember(reported, of: row, named: names)
            }
        }
        change(row, to: end.state, &step) { instance in
            instance.endDate = now
            instance.failure = end.failure
            instance.reason = end.reason
            if case .waitsForRetry(let instant, _) = end.reason {
                instance.notBefore = instant
            } else {
                instance.notBefore = nil
            }
        }
        if end.state == .success { produce(row, &step) }
    }
}

extension Wait {
    /// What is told of a waiting instance.
    var text: WaitText {
        switch condition {
        case .instant: .instant
        case .file: .file
        case .externalRun: .externalRun
        case .approval: .approval
        case .poke: .poke
        }
    }

    /// Whether the end of the wait is seen outside the scheduler.
    package var isWatched: Bool {
        switch condition {
        case .file, .externalRun, .approval: true
        case .instant, .poke: false
        }
    }
}

extension TriggerDAGAction {
    /// The output that names the run that was asked for.
    package static let runIDOutput = "triggered_run_id"
}

extension RunPlan {
    /// A time of the day in the DAG's zone, on the day of an instant.
    func timeOfDay(_ seconds: Int, onDayOf instant: Timestamp) -> Timestamp {
        guard let zone = try? ZoneRules(dag.settings.timeZone) else { return instant }
        let offset = Int64(zone.offset(at: instant))
        let wall = instant.secondsSinceEpoch + offset
        let target = wall - (wall % 86_400 + 86_400) % 86_400 + Int64(seconds)
        let there = Int64(zone.offset(at: Timestamp(secondsSinceEpoch: target - offset)))
        return Timestamp(secondsSinceEpoch: target - there)
    }
}
