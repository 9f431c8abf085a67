import DAGDomain

extension ActiveRun {
    /// Clears instances: they start anew with their full number of retries; one that runs is ended first.
    /// What a trigger rule or a gate had settled downstream of them is taken back and evaluated again.
    mutating func clear(_ tasks: [Int], by user: String, backoff: RetryBackoff, _ step: inout SchedulerStep) {
        let valid = Set(tasks.filter { instances.indices.contains($0) && instances[$0].state != .removed })
        for task in valid.sorted() {
            if instances[task].state.isActive {
                requestEnd(of: task, .cleared(by: user), backoff: backoff, &step)
            } else if instances[task].state != .pending {
                reset(task, by: user, &step)
            }
        }
        takeBackSettled(downstreamOf: valid, by: user, &step)
        comeBack(&step)
    }

    /// After a mark: instances that were settled because of the old states are evaluated again.
    mutating func marked(_ tasks: [Int], by user: String, _ step: inout SchedulerStep) {
        takeBackSettled(downstreamOf: Set(tasks), by: user, &step)
        if run.state.isFinished, unfinished == 0 {
            let outcome = leafOutcome
            if outcome != run.state { end(as: outcome, reason: .markedByUser, &step) }
        } else {
            comeBack(&step)
        }
    }

    /// A finished run with unfinished tasks waits for its turn again; a run that was ending goes on.
    private mutating func comeBack(_ step: inout SchedulerStep) {
        guard unfinished > 0 else { return }
        let now = step.now
        switch run.state {
        case .success, .failed, .cancelled:
            changeRun(to: .queued, &step) { run in
                run.startDate = nil
                run.endDate = nil
                run.reason = nil
            }
        case .running where run.reason != nil:
            changeRun(to: .running, &step) { run in
                if run.reason == .timedOut { run.startDate = now }
                run.reason = nil
            }
        case .queued, .running: break
        }
    }

    /// Makes an instance wait again as though it had never run; its attempts and its try number stay.
    mutating func reset(_ task: Int, by user: String, _ step: inout SchedulerStep) {
        if instances[task].tryNumber > 0 {
            step.decision.transitions.append(.reportsForgotten(instance: key(task)))
        }
        let retries = definition(task).retry.retries
        change(task, to: .pending, &step) { instance in
            instance.maximumTries = instance.tryNumber + retries + 1
            instance.triesSinceClear = 0
            instance.scheduledAt = nil
            instance.queuedAt = nil
            instance.startDate = nil
            instance.endDate = nil
            instance.notBefore = nil
            instance.attempt = nil
            instance.failure = nil
            instance.reason = EndRequest.cleared(by: user).reason
        }
    }

    private mutating func takeBackSettled(
        downstreamOf tasks: Set<Int>, by user: String, _ step: inout SchedulerStep
    ) {
        var reset = tasks
        var pending = tasks.sorted()
        while let task = pending.popLast() {
            for next in graph.downstream[task] where !reset.contains(next) && wasSettledByRule(next) {
                reset.insert(next)
                self.reset(next, by: user, &step)
                pending.append(next)
            }
        }
        takeBackSkipped(byGatesOf: tasks, by: user, &step)
    }

    /// Gates skip at a distance, so what they skipped may lie behind tasks that stay as they are.
    private mutating func takeBackSkipped(
        byGatesOf tasks: Set<Int>, by user: String, _ step: inout SchedulerStep
    ) {
        let gates = tasks.filter { definition($0).gate?.onFailure == .skipDownstream }
        guard !gates.isEmpty else { return }
        for task in graph.downstreamClosure(of: gates.sorted()) where instances[task].state == .skipped {
            if case .upstreamGate(let gate) = instances[task].reason, gates.contains(gate) {
                reset(task, by: user, &step)
            }
        }
    }

    private func wasSettledByRule(_ task: Int) -> Bool {
        guard instances[task].state == .skipped || instances[task].state == .upstreamFailed else {
            return false
        }
        if case .triggerRule = instances[task].reason { return true }
        return false
    }
}
