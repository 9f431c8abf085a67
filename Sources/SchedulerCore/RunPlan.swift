import DAGDomain

/// What all runs of one version of a DAG share: its text and the priorities computed from it.
package struct RunPlan: Sendable {
    package let dag: DAG
    /// By task index.
    package let priorities: [Int32]

    package init(dag: DAG) {
        self.dag = dag
        priorities = PriorityOrder.priorities(of: dag)
    }

    package struct Key: Hashable, Sendable {
        package let dagID: DAGID
        package let version: DAGVersionHash

        package init(dagID: DAGID, version: DAGVersionHash) {
            self.dagID = dagID
            self.version = version
        }
    }
}
