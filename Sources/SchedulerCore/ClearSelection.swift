import DAGDomain

/// Which instances of a run a clear means: the named tasks, and what lies around them.
package struct ClearSelection: Hashable, Sendable {
    package let dag: DAG
    package let tasks: [Int]
    package let includeDownstream: Bool
    package let includeUpstream: Bool
    /// Only instances in one of these states; nil for all.
    package let states: Set<TaskInstanceState>?
    /// Of named tasks only the instances with these map indices.
    package let mapIndices: [Int: Set<Int>]
    /// Also the setups that the tasks rely on, and their teardowns.
    package let includeSetups: Bool

    package init(
        dag: DAG, tasks: [Int], includeDownstream: Bool = true, includeUpstream: Bool = false,
        states: Set<TaskInstanceState>? = nil, mapIndices: [Int: Set<Int>] = [:], includeSetups: Bool = true
    ) {
        self.dag = dag
        self.tasks = tasks
        self.includeDownstream = includeDownstream
        self.includeUpstream = includeUpstream
        self.states = states
        self.mapIndices = mapIndices
        self.includeSetups = includeSetups
    }

    /// The states of instances that failed, or that could not run because others had.
    package static let failed = Set(TaskInstanceState.allCases.filter(\.isFailure))

    /// The instances to clear, in the order of their tasks.
    ///
    /// - Parameter instances: those of the run; looked at only when states matter.
    package func expanded(in instances: [TaskInstance]) -> [InstancePlace] {
        let named = tasks.filter { dag.tasks.indices.contains($0) }
        var selected = Set(named)
        if includeDownstream { selected.formUnion(dag.graph.downstreamClosure(of: named)) }
        if includeUpstream { selected.formUnion(dag.graph.upstreamClosure(of: named)) }
        if includeSetups { selected.formUnion(surroundings(of: selected)) }
        let chosen = mapIndices.filter { named.contains($0.key) }
        guard let states else { return selected.sorted().flatMap { places(of: $0, chosen[$0]) } }
        return instances.filter { instance in
            selected.contains(instance.key.task) && states.contains(instance.state)
                && chosen[instance.key.task]?.contains(instance.key.mapIndex) ?? true
        }.map { InstancePlace(task: $0.key.task, mapIndex: $0.key.mapIndex) }
    }

    private func places(of task: Int, _ indices: Set<Int>?) -> [InstancePlace] {
        guard let indices else { return [InstancePlace(task: task)] }
        return indices.sorted().map { InstancePlace(task: task, mapIndex: $0) }
    }

    /// A task that is done again needs its setups again, and their teardowns (A11).
    private func surroundings(of tasks: Set<Int>) -> Set<Int> {
        let plan = RunPlan(dag: dag)
        let setups = Set(tasks.flatMap { plan.setups[$0] ?? [] })
        let teardowns = setups.flatMap { dag.graph.downstream[$0] }.filter { dag.tasks[$0].flow.isTeardown }
        return setups.union(teardowns)
    }
}
