import DAGDomain

extension ActiveRun {
    /// Applies trigger rules until nothing follows any more: a work list instead of recursion, so that a
    /// chain of 100,000 tasks is as good as a short one. Nothing is evaluated before the run is running.
    mutating func settle(_ step: inout SchedulerStep) {
        guard run.state == .running else {
            toEvaluate = []
            return
        }
        var next = 0
        while next < toEvaluate.count {
            evaluate(toEvaluate[next], &step)
            next += 1
        }
        if next > 0 { toEvaluate.removeAll(keepingCapacity: next < 1_024) }
    }

    private mutating func evaluate(_ task: Int, _ step: inout SchedulerStep) {
        let now = step.now
        guard instances[task].state == .pending else { return }
        let definition = plan.dag.tasks[task]
        let verdict = TriggerRuleEvaluation.verdict(
            rule: definition.triggerRule, counts: upstream[task], total: graph.upstream[task].count)
        switch verdict {
        case .wait: return
        case .run where definition.role == .noop: succeedWithoutAttempt(task, &step)
        case .run:
            change(task, to: .scheduled, &step) { instance in
                instance.scheduledAt = now
                instance.reason = nil
            }
        case .settle(let state):
            let reason = reasonForSettling(task, rule: definition.triggerRule, as: state)
            change(task, to: state, &step) { instance in
                instance.endDate = now
                instance.failure = state == .upstreamFailed ? .upstream : nil
                instance.reason = reason
            }
        }
    }

    private mutating func succeedWithoutAttempt(_ task: Int, _ step: inout SchedulerStep) {
        let now = step.now
        change(task, to: .success, &step) { instance in
            instance.tryNumber += 1
            instance.triesSinceClear += 1
            instance.scheduledAt = now
            instance.startDate = now
            instance.endDate = now
            instance.reason = nil
        }
    }

    private func reasonForSettling(_ task: Int, rule: TriggerRule, as state: TaskInstanceState)
        -> StateReason?
    {
        let tells = TriggerRuleEvaluation.telling(rule, settledAs: state)
        let sources = graph.upstream[task]
        guard
            let source = sources.first(where: { tells(instances[$0].state) })
                ?? sources.first(where: { instances[$0].state.isFinished })
        else { return nil }
        return .triggerRule(rule, upstreamTask: source, upstreamState: instances[source].state)
    }

    /// Skips everything downstream of a task whose gate did not hold, whatever the trigger rules say; what
    /// has begun or ended already is left alone.
    mutating func skipDownstream(of task: Int, _ step: inout SchedulerStep) {
        let now = step.now
        for next in graph.downstreamClosure(of: [task]) where next != task {
            switch instances[next].state {
            case .pending, .scheduled, .deferred, .upForRetry:
                change(next, to: .skipped, &step) { instance in
                    instance.endDate = now
                    instance.notBefore = nil
                    instance.reason = .upstreamGate(task: task)
                }
            case .queued, .running, .success, .failed, .skipped, .upstreamFailed, .removed, .cancelled: break
            }
        }
    }

    /// Ends the run if nothing is left to do (A2): by its leaves, unless somebody or a timeout decided
    /// otherwise.
    mutating func endIfDone(_ step: inout SchedulerStep) {
        let now = step.now
        guard run.state == .running else { return }
        if unfinished == 0 {
            end(as: outcome, reason: run.reason, &step)
        } else if active == 0, startable == 0 {
            // Every rule has been evaluated and nothing can start: what waits, waits for ever.
            for task in instances.indices where instances[task].state == .pending {
                change(task, to: .skipped, &step) { instance in
                    instance.endDate = now
                    instance.reason = .runEnded
                }
            }
            toEvaluate = []
            end(as: .failed, reason: .deadlocked, &step)
        }
    }

    mutating func end(as state: DAGRunState, reason: RunReason?, _ step: inout SchedulerStep) {
        let now = step.now
        changeRun(to: state, &step) { run in
            run.endDate = now
            run.reason = reason
        }
    }

    private var outcome: DAGRunState {
        switch run.reason {
        case .cancelledByUser: .cancelled
        case .timedOut, .deadlocked: .failed
        case .markedByUser: instances.allSatisfy { $0.state == .success } ? .success : .failed
        case nil: leafOutcome
        }
    }

    /// A run fails if one of its leaves failed; a failure further up that the leaves have coped with does
    /// not count.
    var leafOutcome: DAGRunState {
        graph.downstream.indices.contains { graph.downstream[$0].isEmpty && instances[$0].state.isFailure }
            ? .failed : .success
    }
}
