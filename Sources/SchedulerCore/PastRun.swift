import DAGDomain

/// The run before a run, as far as `depends_on_past` and `wait_for_downstream` ask.
package struct PreviousRun: Hashable, Sendable {
    package let number: RunNumber
    package let runID: RunID
    /// Its tasks of which an instance is neither a success nor skipped.
    package let unsettled: Set<TaskID>

    package init(number: RunNumber, runID: RunID, unsettled: Set<TaskID>) {
        self.number = number
        self.runID = runID
        self.unsettled = unsettled
    }

    package init(run: DAGRun, dag: DAG, instances: [TaskInstance]) {
        let open = instances.filter { $0.state != .success && $0.state != .skipped && $0.state != .removed }
        self.init(
            number: run.number, runID: run.runID, unsettled: Set(open.map { dag.tasks[$0.key.task].id }))
    }
}

/// What a run knows of the run before it.
enum PastRun: Hashable, Sendable {
    /// There is none: the first run passes.
    case none
    case known(PreviousRun)
}

extension ActiveRun {
    /// Whether the previous run lets a task start (A6).
    func pastAllows(_ task: Int, _ flow: TaskFlow) -> Bool {
        guard flow.dependsOnPast || flow.waitsForDownstream, run.logicalDate != nil else { return true }
        switch past {
        case nil: return false
        case .none?: return true
        case .known(let previous)?:
            if previous.unsettled.contains(plan.dag.tasks[task].id) { return false }
            return !flow.waitsForDownstream
                || !graph.downstream[task].contains { previous.unsettled.contains(plan.dag.tasks[$0].id) }
        }
    }

    /// Whether instances wait for the previous run, so that the run is not stuck.
    var waitsForPast: Bool {
        guard plan.looksAtPast else { return false }
        return rows.contains { row in
            instances[row].state == .pending && !pastAllows(task(row), definition(row).flow)
        }
    }

    /// What a waiting instance waits for in the previous run, if its rule holds; nil when that does not hold it up.
    func pastObstacle(_ row: Int) -> StateReason? {
        guard plan.looksAtPast,
            graph.upstream[task(row)].allSatisfy({ task in
                rows(ofTask: task).allSatisfy { instances[$0].state.isFinished }
            }), !pastAllows(task(row), definition(row).flow)
        else { return nil }
        if case .known(let previous)? = past { return .dependsOnPast(run: previous.runID) }
        return .dependsOnPast(run: RunID("not looked up yet"))
    }

    /// Takes in news of the previous run.
    mutating func learn(_ past: PastRun) {
        guard self.past != past else { return }
        self.past = past
        toEvaluate += rows.filter { instances[$0].state == .pending }
    }
}

extension SchedulerStateMachine {
    /// Asks for the run before one that looks at it.
    mutating func askForPast(of number: RunNumber, _ step: inout SchedulerStep) {
        guard let action = questionForPast(of: number) else { return }
        step.decision.actions.append(action)
    }

    func questionForPast(of number: RunNumber) -> SchedulerAction? {
        guard let active = runs[number], active.plan.looksAtPast, active.run.state == .running,
            active.past == nil,
            let date = active.run.logicalDate
        else { return nil }
        return .findPreviousRun(number, active.run.dagID, before: date)
    }

    mutating func previousRunFound(
        _ number: RunNumber, _ found: PreviousRun?, _ step: inout SchedulerStep
    ) {
        guard runs[number] != nil else { return }
        guard let found else {
            change(number, &step) { run, _ in run.learn(.none) }
            return
        }
        followers[found.number, default: []].insert(number)
        let newest = live(found.number) ?? found
        change(number, &step) { run, _ in run.learn(.known(newest)) }
    }

    private func live(_ number: RunNumber) -> PreviousRun? {
        runs[number].map { PreviousRun(run: $0.run, dag: $0.plan.dag, instances: $0.recorded) }
    }

    /// A run has changed: those that look at it hear of it.
    mutating func tellFollowers(of number: RunNumber, _ step: inout SchedulerStep) {
        guard let waiting = followers[number], let live = live(number) else { return }
        for follower in waiting.sorted() where runs[follower]?.past != .known(live) {
            change(follower, &step) { run, _ in run.learn(.known(live)) }
        }
    }

    /// A run has left memory: it no longer looks at another one.
    mutating func forgetFollower(_ number: RunNumber) {
        guard case .known(let previous)? = runs[number]?.past else { return }
        followers[previous.number]?.remove(number)
        if followers[previous.number]?.isEmpty == true { followers[previous.number] = nil }
    }
}
