import DAGDomain
import JSONText

extension RunRepinning {
    /// - Parameters:
    ///   - instances: all of the run, in order of their keys; none of them is active or waits.
    ///   - parameters: those of the run, as the new version wants them.
    package init(
        of run: DAGRun, _ instances: [TaskInstance], from old: DAG, to new: DAG, parameters: JSONObject
    ) {
        var moved: [Int: Int] = [:]
        let (oldMappings, newMappings) = (old.mappings, new.mappings)
        for (place, task) in old.tasks.enumerated() {
            guard let next = new.index(of: task.id), oldMappings[place] == newMappings[next] else { continue }
            moved[place] = next
        }
        let kept = Set(moved.values)
        let added = new.tasks.indices.filter { !kept.contains($0) }
        var run = run
        run.version = new.version
        run.parameters = parameters
        run.deadlines = run.deadlines.compactMap { $0.moved(moved, from: old, to: new) }
        let going = instances.compactMap { instance -> TaskInstance? in
            guard let place = moved[instance.key.task] else { return nil }
            var copy = instance
            copy.key = TaskInstanceKey(run: run.number, task: place, mapIndex: instance.key.mapIndex)
            copy.reason = instance.reason.flatMap { $0.moved(moved) }
            return copy
        }
        let fresh = added.map { place in
            TaskInstance(
                key: TaskInstanceKey(run: run.number, task: place),
                maximumTries: new.tasks[place].retry.retries + 1)
        }
        self.init(
            run: run, from: old.version, moved: moved,
            removed: old.tasks.indices.filter { moved[$0] == nil }, added: added,
            instances: (going + fresh).sorted { $0.key < $1.key })
    }
}

extension DeadlineRecord {
    /// The record of the same deadline in another version; nil when there is none.
    fileprivate func moved(_ places: [Int: Int], from old: DAG, to new: DAG) -> DeadlineRecord? {
        guard let place = task == Self.run ? Self.run : places[task] else { return nil }
        func list(_ dag: DAG, _ task: Int) -> [Deadline] {
            task == Self.run ? dag.settings.deadlines : dag.tasks[task].deadlines
        }
        let (before, after) = (list(old, task), list(new, place))
        guard before.indices.contains(position), after.indices.contains(position),
            before[position] == after[position]
        else { return nil }
        return DeadlineRecord(
            task: place, position: position, outcome: outcome, due: due, limit: limit)
    }
}

extension StateReason {
    /// The same with the tasks that it names in their new places; nil when one of them is gone.
    fileprivate func moved(_ places: [Int: Int]) -> StateReason? {
        switch self {
        case .triggerRule(let rule, let task, let state):
            places[task].map { .triggerRule(rule, upstreamTask: $0, upstreamState: state) }
        case .upstreamGate(let task): places[task].map { .upstreamGate(task: $0) }
        case .skippedBy(let task, let cause): places[task].map { .skippedBy(task: $0, cause) }
        case .setup(let task, let state): places[task].map { .setup(task: $0, state) }
        case .waitsForRetry(let instant, let after):
            after.moved(places).map { .waitsForRetry(until: instant, after: $0) }
        default: self
        }
    }
}

extension SchedulerStateMachine {
    /// Moves a finished run that was brought back onto another version of its DAG; to run what is new there, it is
    /// cleared next.
    ///
    /// - Parameter outputs: what its instances reported, by their old keys: those that the new version watches.
    mutating func repin(
        _ number: RunNumber, to dag: DAG, parameters: JSONObject, outputs: [TaskInstanceKey: [TaskOutput]],
        _ step: inout SchedulerStep
    ) {
        guard let active = runs[number] else {
            step.decision.refusal = .unknownRun(number)
            return
        }
        guard active.run.state.isFinished else {
            step.decision.refusal = .runIsUnfinished(number, active.run.state)
            return
        }
        guard active.run.version != dag.version else { return }
        let repinning = RunRepinning(
            of: active.run, active.recorded, from: active.plan.dag, to: dag, parameters: parameters)
        leave(number)
        var reported: [TaskInstanceKey: [TaskOutput]] = [:]
        for (key, outputs) in outputs {
            guard let place = repinning.moved[key.task] else { continue }
            reported[TaskInstanceKey(run: number, task: place, mapIndex: key.mapIndex)] = outputs
        }
        admit(repinning.run, dag: dag, instances: repinning.instances) { reported[$0] ?? [] }
        step.decision.transitions.append(.runRepinned(repinning, at: step.now))
    }
}
