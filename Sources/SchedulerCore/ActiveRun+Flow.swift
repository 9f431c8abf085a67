import DAGDomain
import JSONText

/// What stands between a trigger rule that holds and the start of an instance: setups, the previous run, the
/// decisions of branches, conditions, expansions.
extension ActiveRun {
    /// The rule of an instance holds.
    mutating func ready(_ row: Int, _ step: inout SchedulerStep) {
        let task = task(row)
        let flow = plan.dag.tasks[task].flow
        guard pastAllows(task, flow) else { return }
        if let reason = standingSkip(of: task) { return skip(row, reason, &step) }
        let isFresh = key(row).mapIndex < 0
        // A mapped task is judged once, before it is expanded; one in a mapped group for each index.
        let isJudged = isFresh == (plan.mappedGroups[task] == nil)
        if isJudged, run.redeploys == nil, let condition = flow.condition {
            do {
                let values = RunValues(run: self, row: row)
                guard try ConditionEvaluation.value(condition.expression, in: values) else {
                    return skip(row, .conditionFalse(condition.text), &step)
                }
            } catch {
                return fail(row, .badExpression("\(condition.text): \(error)"), &step)
            }
        }
        if isFresh, mapping(ofTask: task) != nil {
            expand(task, &step)
        } else {
            begin(row, &step)
        }
    }

    /// Nothing holds the instance up any more: it waits for slots, or for what it is made to wait for.
    mutating func begin(_ row: Int, _ step: inout SchedulerStep) {
        let now = step.now
        let definition = definition(row)
        switch definition.role {
        case .noop: return succeedWithoutAttempt(row, &step)
        case .latestOnly: return decideLatest(row, &step)
        default: break
        }
        if let wait = definition.flow.wait, wait.condition != .poke { return self.wait(row, wait, &step) }
        change(row, to: .scheduled, &step) { instance in
            instance.scheduledAt = now
            instance.reason = nil
        }
    }

    private mutating func succeedWithoutAttempt(_ row: Int, _ step: inout SchedulerStep) {
        let now = step.now
        change(row, to: .success, &step) { instance in
            instance.tryNumber += 1
            instance.triesSinceClear += 1
            instance.scheduledAt = now
            instance.startDate = now
            instance.endDate = now
            instance.reason = nil
        }
        produce(row, &step)
    }

    /// Tells that a task's own success has updated its outlets. A task that somebody marks as a success has not.
    func produce(
        _ row: Int, outlets: OutletReport = OutletReport(), _ step: inout SchedulerStep
    ) {
        guard !definition(row).outlets.isEmpty || definition(row).lateAssets.updatesAny else { return }
        step.effects.append(.produced(key(row), outlets))
    }

    // MARK: Setups and teardowns

    /// What keeps a task from running because of a setup: it is settled with a reason, or it waits without one.
    func setupObstacle(of task: Int) -> (state: TaskInstanceState, reason: StateReason?)? {
        guard let setups = plan.setups[task] else { return nil }
        var waits = false
        for setup in setups {
            for row in rows(ofTask: setup) {
                switch instances[row].state {
                case .success: break
                case .failed, .upstreamFailed, .cancelled:
                    return (.upstreamFailed, .setup(task: setup, instances[row].state))
                case .skipped, .removed: return (.skipped, .setup(task: setup, instances[row].state))
                default: waits = true
                }
            }
        }
        return waits ? (.pending, nil) : nil
    }

    /// Airflow's `all_done_setup_success` (A3): a teardown runs after everything, if one of its setups has succeeded.
    func teardownVerdict(_ task: Int, counts: UpstreamCounts, total: Int32) -> TriggerRuleEvaluation.Verdict {
        guard counts.done >= total else { return .wait }
        let states = graph.upstream[task].filter { plan.dag.tasks[$0].flow.isSetup }
            .flatMap { rows(ofTask: $0) }.map { instances[$0].state }
        if states.isEmpty || states.contains(.success) { return .run }
        return .settle(states.allSatisfy { $0 == .skipped } ? .skipped : .upstreamFailed)
    }

    /// Whether a teardown has something to tear down when its run is ended before its time.
    func mustTearDown(_ row: Int) -> Bool {
        guard definition(row).flow.isTeardown else { return false }
        return graph.upstream[task(row)].contains { setup in
            plan.dag.tasks[setup].flow.isSetup
                && rows(ofTask: setup).contains {
                    instances[$0].state == .success || instances[$0].state.isActive
                }
        }
    }

    // MARK: Branches

    /// What the outputs of a task that directs others say: nil when they say nothing wrong.
    func directionProblem(_ row: Int, _ report: AttemptReport) -> String? {
        func value(_ name: String) -> JSONValue? { report.outputs.last { $0.name == name }?.value }
        switch definition(row).role {
        case .branch:
            guard let value = value(ControlOutput.branch) else {
                return "a branch must write the output \"branch\": the ids of the tasks to follow"
            }
            guard let chosen = Self.chosenTasks(value) else {
                return
                    "the output \"branch\" must be a task id or a list of them, found \(value.text().prefix(80))"
            }
            let next = graph.downstream[task(row)].map { plan.dag.tasks[$0].id }
            guard let stranger = chosen.first(where: { !next.contains($0) }) else { return nil }
            return "the branch chose \"\(stranger)\", which is not directly downstream of it"
        case .shortCircuit:
            guard let value = value(ControlOutput.proceed) else {
                return "a short_circuit must write the output \"continue\": true or false"
            }
            if case .bool = value { return nil }
            return "the output \"continue\" must be true or false, found \(value.text().prefix(80))"
        default: return nil
        }
    }

    private static func chosenTasks(_ value: JSONValue) -> [TaskID]? {
        if value == .null { return [] }
        if let id = value.stringValue { return [TaskID(id)] }
        guard let list = value.arrayValue else { return nil }
        let ids = list.compactMap(\.stringValue)
        return ids.count == list.count ? ids.map { TaskID($0) } : nil
    }

    /// Skips what a task that directs others did not choose, now that it has succeeded.
    mutating func direct(_ row: Int, _ step: inout SchedulerStep) {
        let source = task(row)
        switch definition(row).role {
        case .branch:
            guard let kept = keptByBranch(source) else { return }
            for next in graph.downstream[source] where !kept.contains(next) {
                skipWaiting(ofTask: next, .skippedBy(task: source, .branch), &step)
            }
        case .shortCircuit where outputs[source]?[-1]?[ControlOutput.proceed] == .bool(false):
            skipDownstream(of: source, .skippedBy(task: source, .shortCircuit), &step)
        default: break
        }
    }

    /// What a branch leaves alone: the tasks it chose and all that comes after them.
    private func keptByBranch(_ branch: Int) -> Set<Int>? {
        guard let value = outputs[branch]?[-1]?[ControlOutput.branch], let chosen = Self.chosenTasks(value)
        else {
            return nil
        }
        return Set(graph.downstreamClosure(of: chosen.compactMap { plan.dag.index(of: $0) }))
    }

    /// A decision that was taken upstream before the instance was cleared, and that still holds.
    private func standingSkip(of task: Int) -> StateReason? {
        for source in graph.upstream[task] where instances[source].state == .success {
            guard plan.dag.tasks[source].role == .branch, mapped[source] == nil,
                let kept = keptByBranch(source), !kept.contains(task)
            else { continue }
            return .skippedBy(task: source, .branch)
        }
        return nil
    }

    // MARK: Latest only

    /// Skips what follows unless this run is the newest that the schedule has asked for; runs by hand always are
    /// (Airflow's `LatestOnlyOperator`).
    private mutating func decideLatest(_ row: Int, _ step: inout SchedulerStep) {
        let source = task(row)
        succeedWithoutAttempt(row, &step)
        guard run.type == .scheduled || run.type == .backfill,
            let tick = run.dataIntervalEnd ?? run.logicalDate,
            let next = plan.timetable?.next(after: tick), next <= step.now
        else { return }
        for task in graph.downstream[source] {
            skipWaiting(ofTask: task, .skippedBy(task: source, .latestOnly), &step)
        }
    }
}

/// What the condition of an instance may ask its run. In a mapped group that is what has its own map index.
private struct RunValues: ConditionValues {
    let run: ActiveRun
    let row: Int

    func parameter(_ name: String) -> JSONValue? {
        run.instances[row].mappedParameters[name] ?? run.run.parameters[name]
    }

    func output(of task: TaskID, _ name: String) -> JSONValue? {
        let index = run.key(row).mapIndex
        guard index >= 0, let source = run.plan.dag.index(of: task),
            run.arePaired(source, run.task(row))
        else { return run.output(task, name) }
        return run.outputs[source]?[index]?[name]
    }

    func field(_ field: ConditionExpression.RunField) -> JSONValue {
        switch field {
        case .runID: .string(run.run.runID.text)
        case .runType: .string(run.run.type.rawValue)
        case .logicalDate: run.run.logicalDate.map { .string($0.rfc3339) } ?? .null
        }
    }
}
