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
        repeat {
            while next < toEvaluate.count {
                evaluate(toEvaluate[next], &step)
                next += 1
            }
            if !mapped.isEmpty { makeMoreInstances(&step) }
        } while next < toEvaluate.count
        if next > 0 { toEvaluate.removeAll(keepingCapacity: next < 1_024) }
    }

    private mutating func evaluate(_ row: Int, _ step: inout SchedulerStep) {
        guard instances[row].state == .pending, isThere(row) else { return }
        let definition = definition(row)
        if isEnding, !definition.flow.isTeardown { return }
        if !definition.flow.isTeardown, run.redeploys == nil, let obstacle = setupObstacle(of: task(row)) {
            if let reason = obstacle.reason { settle(row, as: obstacle.state, reason, &step) }
            return
        }
        switch verdict(row, definition) {
        case .wait: return
        case .run: ready(row, &step)
        case .settle(let state):
            let reason = reasonForSettling(row, rule: definition.triggerRule, as: state)
            settle(row, as: state, reason, &step)
        }
    }

    /// Whether a row stands for an instance: the own row of an expanded task does not.
    func isThere(_ row: Int) -> Bool {
        mapped.isEmpty || row >= plan.dag.tasks.count || mapped[row] == nil
    }

    func verdict(_ row: Int, _ definition: TaskDefinition) -> TriggerRuleEvaluation.Verdict {
        let task = task(row)
        var counts = upstream[task]
        var total = upstreamTotals[task]
        if !paired.isEmpty, let own = paired[row] {
            counts.add(own.counts)
            total += own.total
        }
        if definition.flow.isTeardown { return teardownVerdict(task, counts: counts, total: total) }
        return TriggerRuleEvaluation.verdict(
            rule: rule(of: definition), counts: counts, total: Int(total))
    }

    /// Of what comes before a deployment nothing runs when it is only done again.
    func rule(of definition: TaskDefinition) -> TriggerRule {
        run.redeploys == nil ? definition.triggerRule : .always
    }

    private mutating func settle(
        _ row: Int, as state: TaskInstanceState, _ reason: StateReason?, _ step: inout SchedulerStep
    ) {
        let now = step.now
        change(row, to: state, &step) { instance in
            instance.endDate = now
            instance.failure = state == .upstreamFailed ? .upstream : nil
            instance.reason = reason
        }
    }

    mutating func skip(_ row: Int, _ reason: StateReason, _ step: inout SchedulerStep) {
        let now = step.now
        change(row, to: .skipped, &step) { instance in
            instance.endDate = now
            instance.notBefore = nil
            instance.reason = reason
        }
    }

    /// Something that the file says cannot be worked out; trying again would not help.
    mutating func fail(_ row: Int, _ reason: StateReason, _ step: inout SchedulerStep) {
        let now = step.now
        change(row, to: .failed, &step) { instance in
            instance.endDate = now
            instance.failure = .userError
            instance.reason = reason
        }
    }

    private func reasonForSettling(_ row: Int, rule: TriggerRule, as state: TaskInstanceState)
        -> StateReason?
    {
        let tells = TriggerRuleEvaluation.telling(rule, settledAs: state)
        let task = task(row)
        let sources = graph.upstream[task].flatMap { source -> [(task: Int, state: TaskInstanceState)] in
            let condition = plan.edges[task]?[source]
            return rows(ofTask: source).map { row in
                let state = instances[row].state
                return (source, condition.map { state.seen(through: $0) } ?? state)
            }
        }
        guard
            let source = sources.first(where: { tells($0.state) })
                ?? sources.first(where: { $0.state.isFinished })
        else { return nil }
        let found = rows(ofTask: source.task).map { instances[$0].state }
        let shown = found.first(where: tells) ?? found.first(where: \.isFinished) ?? source.state
        return .triggerRule(rule, upstreamTask: source.task, upstreamState: shown)
    }

    // MARK: Skipping

    /// Skips everything downstream of a task, whatever the trigger rules say; what has begun or ended already is
    /// left alone, and so are teardowns.
    mutating func skipDownstream(of task: Int, _ reason: StateReason, _ step: inout SchedulerStep) {
        for next in graph.downstreamClosure(of: [task])
        where next != task && !plan.dag.tasks[next].flow.isTeardown {
            skipWaiting(ofTask: next, reason, &step)
        }
    }

    /// Skips the instances of a task that have not begun.
    mutating func skipWaiting(ofTask task: Int, _ reason: StateReason, _ step: inout SchedulerStep) {
        let now = step.now
        makeRemaining(ofTask: task, as: .skipped, &step) { instance in
            instance.endDate = now
            instance.reason = reason
        }
        for row in rows(ofTask: task) {
            switch instances[row].state {
            case .pending, .scheduled, .deferred, .upForRetry: skip(row, reason, &step)
            case .queued, .running, .success, .failed, .skipped, .upstreamFailed, .removed, .cancelled: break
            }
        }
    }

    // MARK: The end of the run

    /// Ends the run if nothing is left to do (A2): by its leaves, unless somebody or a timeout decided
    /// otherwise.
    mutating func endIfDone(_ step: inout SchedulerStep) {
        guard run.state == .running else { return }
        if unfinished == 0 {
            end(as: outcome, reason: run.reason, &step)
        } else if active == 0, startable == 0, !waitsForPast {
            // Every rule has been evaluated and nothing can start: what waits, waits for ever.
            for row in rows where instances[row].state == .pending { skip(row, .runEnded, &step) }
            toEvaluate = []
            end(as: run.reason == nil ? .failed : outcome, reason: run.reason ?? .deadlocked, &step)
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
        case .skippedByConcurrency, .cancelledByConcurrency, .failedByConcurrency, .superseded, .coalesced:
            leafOutcome
        case .markedByUser: rows.allSatisfy { instances[$0].state == .success } ? .success : .failed
        case nil: leafOutcome
        }
    }

    /// A run fails if one of its leaves failed; a failure further up that the leaves have coped with does
    /// not count. Where all but one are skipped from the beginning, that one is the leaf.
    var leafOutcome: DAGRunState {
        let leaves = run.redeploys == nil ? plan.leaves : Array(plan.dag.tasks.indices)
        return leaves.contains { leaf in rows(ofTask: leaf).contains { instances[$0].state.isFailure } }
            ? .failed : .success
    }
}
