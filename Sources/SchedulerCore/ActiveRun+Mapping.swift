import DAGDomain
import JSONText

/// The upstream instances of one instance of a mapped group: those with its own map index.
struct PairedCounts: Hashable, Sendable {
    var counts = UpstreamCounts()
    var total: Int32 = 0
}

extension ActiveRun {
    // MARK: Groups

    /// The mapping of a task, its own or that of its group.
    func mapping(ofTask task: Int) -> TaskMapping? {
        plan.dag.tasks[task].flow.mapping ?? plan.mappedGroups[task].flatMap { plan.dag.groups[$0].mapping }
    }

    /// Whether two tasks follow one another index by index, now that they are expanded.
    func arePaired(_ task: Int, _ next: Int) -> Bool {
        guard let group = plan.mappedGroups[task], group == plan.mappedGroups[next] else { return false }
        return mapped[task] != nil && mapped[next] != nil
    }

    /// The row of a downstream task that follows a row alone; nil when all of its instances do.
    func partner(of row: Int, in next: Int) -> Int? {
        guard arePaired(task(row), next), let rows = mapped[next]?.rows else { return nil }
        let index = key(row).mapIndex
        return rows.indices.contains(index) ? rows[index] : nil
    }

    // MARK: Expanding

    /// What an output is for those who run through it or ask for it: of a mapped task the list by map index.
    func output(_ task: TaskID, _ name: String) -> JSONValue? {
        guard let index = plan.dag.index(of: task) else { return nil }
        guard let mapping = mapped[index] else { return outputs[index]?[-1]?[name] }
        if let selection = plan.dag.tasks[index].flow.selection, TrialSelection.outputNames.contains(name) {
            return best(selection, of: index)?[name]
        }
        return .array((0..<mapping.width).map { outputs[index]?[$0]?[name] ?? .null })
    }

    /// What is known of the best instance of a mapped task; nil when none that succeeded reported the metric.
    private func best(_ selection: TrialSelection, of task: Int) -> JSONObject? {
        let rows = rows(ofTask: task).filter { instances[$0].state == .success }
        let values = rows.map { row in
            let index = key(row).mapIndex
            let value = outputs[task]?[index]?[TrialSelection.candidateName]
            return (index, value?.doubleValue ?? value?.stringValue.flatMap(Double.init))
        }
        guard let best = BestTrial(selection, values: values) else { return nil }
        return best.outputs(
            parameters: rows.first { key($0).mapIndex == best.mapIndex }
                .map { instances[$0].mappedParameters } ?? JSONObject())
    }

    /// Makes the instances of a mapped task whose rule holds, or those of its whole group.
    mutating func expand(_ task: Int, _ step: inout SchedulerStep) {
        guard let mapping = mapping(ofTask: task) else { return }
        let parameters: MappedParameters
        do {
            parameters = try MappedParameters(mapping, output: output)
        } catch {
            return fail(task, .badExpression(error.text), &step)
        }
        guard parameters.count > 0 else { return skip(task, .emptyExpansion, &step) }
        guard let group = plan.mappedGroups[task] else {
            expand(task, parameters, isWhole: false, &step)
            return
        }
        let members = plan.dag.groups[group].tasks.filter {
            mapped[$0] == nil && instances[$0].state == .pending
        }
        for member in members { expand(member, parameters, isWhole: true, &step) }
        pair(members)
        for member in members {
            for row in mapped[member]?.rows ?? [] { toEvaluate.append(row) }
        }
    }

    /// - Parameter isWhole: all instances at once, each of which waits for its own upstreams.
    private mutating func expand(
        _ task: Int, _ parameters: MappedParameters, isWhole: Bool, _ step: inout SchedulerStep
    ) {
        count(task, instances[task].state, -1)
        mapped[task] = MappedTask(width: parameters.count, parameters: parameters)
        countUnmade(parameters.count)
        widen(task, by: Int32(clamping: parameters.count) - 1)
        makeInstances(of: task, count: isWhole ? parameters.count : MappedTask.chunk, replacing: true, &step)
    }

    /// Tells the tasks downstream how many instances they follow.
    private mutating func widen(_ task: Int, by amount: Int32) {
        for next in graph.downstream[task] { upstreamTotals[next] += amount }
    }

    /// From now on the tasks of a group follow one another index by index.
    private mutating func pair(_ members: [Int]) {
        for next in members {
            for source in graph.upstream[next] where arePaired(source, next) {
                upstreamTotals[next] -= Int32(clamping: mapped[source]?.width ?? 0)
                for row in mapped[next]?.rows ?? [] { paired[row, default: PairedCounts()].total += 1 }
            }
        }
    }

    /// Makes the next instances of a mapped task.
    private mutating func makeInstances(
        of task: Int, count limit: Int, replacing: Bool, _ step: inout SchedulerStep
    ) {
        guard let mapping = mapped[task], let parameters = mapping.parameters else { return }
        let first = mapping.rows.count
        let last = min(first + limit, mapping.width)
        let tries = plan.dag.tasks[task].retry.retries + 1
        var made: [TaskInstance] = []
        for index in first..<last {
            let instance = TaskInstance(
                key: TaskInstanceKey(run: run.number, task: task, mapIndex: index), maximumTries: tries,
                mappedParameters: parameters[index])
            made.append(instance)
            let row = append(instance)
            mapped[task]?.rows.append(row)
            count(row, .pending, 1)
        }
        countUnmade(-made.count)
        if last == mapping.width { mapped[task]?.parameters = nil }
        step.decision.transitions.append(
            .instancesMapped(
                task: TaskInstanceKey(run: run.number, task: task), made, replacing: replacing, at: step.now))
        guard plan.mappedGroups[task] == nil else { return }
        for row in mapped[task]?.rows[first..<last] ?? [] { begin(row, &step) }
    }

    /// Makes more instances of the mapped tasks that have only few left to start.
    mutating func makeMoreInstances(_ step: inout SchedulerStep) {
        guard run.state == .running, run.reason == nil else { return }
        for (task, mapping) in mapped.sorted(by: { $0.key < $1.key })
        where !mapping.isComplete && mapping.unstarted < MappedTask.chunk / 2 {
            makeInstances(of: task, count: MappedTask.chunk, replacing: false, &step)
        }
    }

    /// Makes all instances of a mapped task that are missing, in a state: their run or their task is to end, or what
    /// they run through is about to be forgotten.
    mutating func makeRemaining(
        ofTask task: Int, as state: TaskInstanceState, _ step: inout SchedulerStep,
        edit: (inout TaskInstance) -> Void = { _ in }
    ) {
        guard let mapping = mapped[task], let parameters = mapping.parameters else { return }
        let tries = plan.dag.tasks[task].retry.retries + 1
        var made: [TaskInstance] = []
        for index in mapping.rows.count..<mapping.width {
            var instance = TaskInstance(
                key: TaskInstanceKey(run: run.number, task: task, mapIndex: index), state: state,
                maximumTries: tries,
                mappedParameters: parameters[index])
            edit(&instance)
            made.append(instance)
            let row = append(instance)
            mapped[task]?.rows.append(row)
            countNew(row)
        }
        countUnmade(-made.count)
        mapped[task]?.parameters = nil
        step.decision.transitions.append(
            .instancesMapped(
                task: TaskInstanceKey(run: run.number, task: task), made, replacing: false, at: step.now))
        if state.isFinished, let first = mapping.rows.first { evaluateDownstream(of: first) }
    }

    /// What a task reported is about to be forgotten: those that run through it get all their instances first.
    mutating func completeReaders(ofTask task: Int, _ step: inout SchedulerStep) {
        guard mapped.contains(where: { !$0.value.isComplete }) else { return }
        let id = plan.dag.tasks[task].id
        for (reader, mapping) in mapped.sorted(by: { $0.key < $1.key })
        where !mapping.isComplete && self.mapping(ofTask: reader)?.outputs.contains { $0.task == id } == true
        {
            let first = mapping.rows.count
            makeRemaining(ofTask: reader, as: .pending, &step)
            for row in mapped[reader]?.rows[first...] ?? [] { begin(row, &step) }
        }
    }

    // MARK: After a restart

    /// Finds out again how wide the mapped tasks of a run are that has come into memory.
    mutating func resumeMapping(outputs stored: (TaskInstanceKey) -> [TaskOutput]) {
        for (task, names) in plan.watchedOutputs {
            for row in rows(ofTask: task) where instances[row].state == .success {
                remember(stored(key(row)), of: row, named: names)
            }
        }
        for task in graph.topologicalOrder {
            guard let made = mapped[task]?.rows.count else { continue }
            var parameters: MappedParameters?
            if isOpen, let mapping = mapping(ofTask: task) {
                parameters = try? MappedParameters(mapping, output: output)
            }
            let width = max(made, parameters?.count ?? 0)
            mapped[task]?.width = width
            mapped[task]?.parameters = width > made ? parameters : nil
            countUnmade(width - made)
            widen(task, by: Int32(clamping: width) - 1)
        }
        for group in plan.dag.groups where group.mapping != nil {
            pair(group.tasks.filter { mapped[$0] != nil })
        }
    }

    /// Whether instances may still be made: a run that ends makes no more.
    private var isOpen: Bool { !run.state.isFinished && run.reason == nil }

    /// Keeps the outputs that decisions need.
    mutating func remember(_ reported: [TaskOutput], of row: Int, named names: Set<String>) {
        let key = key(row)
        for output in reported where names.contains(output.name) {
            outputs[key.task, default: [:]][key.mapIndex, default: [:]][output.name] = output.value
        }
    }

    mutating func forgetOutputs(of row: Int) {
        let key = key(row)
        guard outputs[key.task] != nil else { return }
        outputs[key.task]?[key.mapIndex] = nil
    }
}
