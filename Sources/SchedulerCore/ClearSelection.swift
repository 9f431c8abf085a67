import DAGDomain

/// Which instances of a run a clear means: the named tasks, and what lies around them.
package struct ClearSelection: Hashable, Sendable {
    package let dag: DAG
    package let tasks: [Int]
    package let includeDownstream: Bool
    package let includeUpstream: Bool
    /// Only instances that failed (`failed`, `upstream_failed`, `cancelled`).
    package let onlyFailed: Bool
    /// Of the named tasks only the instance with this map index.
    package let mapIndex: Int?
    /// Also the setups that the tasks rely on, and their teardowns.
    package let includeSetups: Bool

    package init(
        dag: DAG, tasks: [Int], includeDownstream: Bool = true, includeUpstream: Bool = false,
        onlyFailed: Bool = false, mapIndex: Int? = nil, includeSetups: Bool = true
    ) {
        self.dag = dag
        self.tasks = tasks
        self.includeDownstream = includeDownstream
        self.includeUpstream = includeUpstream
        self.onlyFailed = onlyFailed
        self.mapIndex = mapIndex
        self.includeSetups = includeSetups
    }

    /// The instances to clear, in the order of their tasks. With `onlyFailed`, of a mapped task only those that failed.
    package func expanded(in instances: [TaskInstance]) -> [InstancePlace] {
        let named = tasks.filter { dag.tasks.indices.contains($0) }
        var selected = Set(named)
        if includeDownstream { selected.formUnion(dag.graph.downstreamClosure(of: named)) }
        if includeUpstream { selected.formUnion(dag.graph.upstreamClosure(of: named)) }
        if includeSetups { selected.formUnion(surroundings(of: selected)) }
        guard onlyFailed else { return selected.sorted().map { place(of: $0, among: named) } }
        return instances.filter { selected.contains($0.key.task) && $0.state.isFailure }
            .map { InstancePlace(task: $0.key.task, mapIndex: $0.key.mapIndex) }
    }

    private func place(of task: Int, among named: [Int]) -> InstancePlace {
        InstancePlace(task: task, mapIndex: named.contains(task) ? mapIndex : nil)
    }

    /// A task that is done again needs its setups again, and their teardowns (A11).
    private func surroundings(of tasks: Set<Int>) -> Set<Int> {
        let plan = RunPlan(dag: dag)
        let setups = Set(tasks.flatMap { plan.setups[$0] ?? [] })
        let teardowns = setups.flatMap { dag.graph.downstream[$0] }.filter { dag.tasks[$0].flow.isTeardown }
        return setups.union(teardowns)
    }
}
