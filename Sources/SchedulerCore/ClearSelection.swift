import DAGDomain

/// Which instances of a run a clear means: the named tasks, and what lies around them.
package struct ClearSelection: Hashable, Sendable {
    package let dag: DAG
    package let tasks: [Int]
    package let includeDownstream: Bool
    package let includeUpstream: Bool
    /// Only instances that failed (`failed`, `upstream_failed`, `cancelled`).
    package let onlyFailed: Bool

    package init(
        dag: DAG, tasks: [Int], includeDownstream: Bool = true, includeUpstream: Bool = false,
        onlyFailed: Bool = false
    ) {
        self.dag = dag
        self.tasks = tasks
        self.includeDownstream = includeDownstream
        self.includeUpstream = includeUpstream
        self.onlyFailed = onlyFailed
    }

    /// The task indices to clear, in ascending order.
    package func expanded(in instances: [TaskInstance]) -> [Int] {
        let named = tasks.filter { dag.tasks.indices.contains($0) }
        var selected = Set(named)
        if includeDownstream { selected.formUnion(dag.graph.downstreamClosure(of: named)) }
        if includeUpstream { selected.formUnion(dag.graph.upstreamClosure(of: named)) }
        if onlyFailed { selected = selected.filter { instances[$0].state.isFailure } }
        return selected.sorted()
    }
}
