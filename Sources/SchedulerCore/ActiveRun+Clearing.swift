import DAGDomain

extension ActiveRun {
    /// The rows that places mean; all instances of a mapped task are made for that.
    mutating func rows(of places: [InstancePlace], _ step: inout SchedulerStep) -> [Int] {
        var found: Set<Int> = []
        for place in places where plan.dag.tasks.indices.contains(place.task) {
            makeRemaining(ofTask: place.task, as: .pending, &step)
            switch place.mapIndex {
            case nil: found.formUnion(rows(ofTask: place.task))
            case let index?:
                let key = TaskInstanceKey(run: run.number, task: place.task, mapIndex: index)
                if let row = row(of: key) { found.insert(row) }
            }
        }
        return found.sorted()
    }

    /// Clears instances: they start anew with their full number of retries; one that runs is ended first.
    /// What a trigger rule or a decision had settled downstream of them is taken back and evaluated again.
    mutating func clear(
        _ places: [InstancePlace], by user: String, backoff: RetryBackoff, _ step: inout SchedulerStep
    ) {
        let cleared = rows(of: places, &step).filter { instances[$0].state != .removed }
        for row in cleared {
            if instances[row].state.isActive {
                requestEnd(of: row, .cleared(by: user), backoff: backoff, &step)
            } else if instances[row].state != .pending {
                reset(row, by: user, &step)
            }
        }
        takeBackSettled(downstreamOf: cleared, by: user, &step)
        comeBack(&step)
    }

    /// After a mark: instances that were settled because of the old states are evaluated again.
    mutating func marked(_ rows: [Int], by user: String, _ step: inout SchedulerStep) {
        takeBackSettled(downstreamOf: rows, by: user, &step)
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
    mutating func reset(_ row: Int, by user: String, _ step: inout SchedulerStep) {
        completeReaders(ofTask: task(row), &step)
        forgetOutputs(of: row)
        if instances[row].tryNumber > 0 {
            if run.cacheUse == .always, definition(row).cache != nil {
                step.decision.transitions.append(.resultSetAside(instance: key(row)))
            }
            step.decision.transitions.append(.reportsForgotten(instance: key(row)))
        }
        let retries = definition(row).retry.retries
        change(row, to: .pending, &step) { instance in
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
        downstreamOf rows: [Int], by user: String, _ step: inout SchedulerStep
    ) {
        var seen = Set(rows.map { task($0) })
        var pending = seen.sorted()
        while let source = pending.popLast() {
            for next in graph.downstream[source] where !seen.contains(next) {
                let settled = self.rows(ofTask: next).filter(wasSettledByRule)
                guard !settled.isEmpty else { continue }
                seen.insert(next)
                for row in settled { reset(row, by: user, &step) }
                pending.append(next)
            }
        }
        takeBackSkipped(byDecisionsOf: Set(rows.map { task($0) }), by: user, &step)
    }

    /// Gates and short circuits skip at a distance, so what they skipped may lie behind tasks that stay as they are.
    private mutating func takeBackSkipped(
        byDecisionsOf tasks: Set<Int>, by user: String, _ step: inout SchedulerStep
    ) {
        let deciders = tasks.filter { task in
            let definition = plan.dag.tasks[task]
            switch definition.role {
            case .branch, .shortCircuit, .latestOnly, .approval: return true
            default: return definition.gate?.onFailure == .skipDownstream
            }
        }
        guard !deciders.isEmpty else { return }
        for next in graph.downstreamClosure(of: deciders.sorted()) {
            for row in rows(ofTask: next) where instances[row].state == .skipped {
                switch instances[row].reason {
                case .upstreamGate(let decider), .skippedBy(let decider, _):
                    if deciders.contains(decider) { reset(row, by: user, &step) }
                default: break
                }
            }
        }
    }

    /// Whether an instance never ran because of what was upstream of it, or because of its own conditions.
    private func wasSettledByRule(_ row: Int) -> Bool {
        switch (instances[row].state, instances[row].reason) {
        case (.skipped, .triggerRule), (.upstreamFailed, .triggerRule): true
        case (.skipped, .setup), (.upstreamFailed, .setup): true
        case (.skipped, .conditionFalse), (.skipped, .emptyExpansion), (.failed, .badExpression): true
        default: false
        }
    }
}
