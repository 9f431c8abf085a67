import DAGDomain

/// What all runs of one version of a DAG share: its text and what is computed from it once.
package struct RunPlan: Sendable {
    package let dag: DAG
    /// By task index.
    package let priorities: [Int32]
    /// Conditions of edges, by downstream and upstream task; empty for most DAGs.
    let edges: [Int: [Int: EdgeCondition]]
    /// The setups that must have succeeded before a task may run, however far up; empty for most DAGs.
    let setups: [Int: [Int]]
    /// The tasks that are looked at again when a setup has ended.
    let setupScopes: [Int: [Int]]
    /// The outputs that decisions need: of conditions, expansions and branches.
    let watchedOutputs: [Int: Set<String>]
    /// The mapped group that a task is in, as an index of `dag.groups`.
    let mappedGroups: [Int: Int]
    /// Tasks whose failure fails the run when nothing relevant comes after them (A2).
    let leaves: [Int]
    /// Whether a task needs to know how its like ended in the previous run.
    let looksAtPast: Bool
    /// Only for DAGs with a `latest_only` task.
    let timetable: Timetable?
    /// Whether anybody is told of what becomes of tasks, or of runs.
    let tellsOfTasks: Bool
    let tellsOfRuns: Bool
    /// Those of the DAG first, then those of its tasks; empty for most DAGs.
    let deadlines: [PlannedDeadline]
    /// By task, those that count from its own start.
    let startDeadlines: [Int: [Int]]
    /// Whether a deadline goes by the history.
    let needsAverages: Bool

    package init(dag: DAG) {
        self.dag = dag
        priorities = PriorityOrder.priorities(of: dag)
        edges = Self.edges(of: dag)
        let scopes = SetupScopes(dag)
        setups = scopes.setups
        setupScopes = scopes.scopes
        watchedOutputs = Self.watchedOutputs(of: dag)
        mappedGroups = Self.mappedGroups(of: dag)
        leaves = Self.leaves(of: dag)
        looksAtPast = dag.tasks.contains { $0.flow.dependsOnPast || $0.flow.waitsForDownstream }
        timetable = dag.tasks.contains { $0.role == .latestOnly } ? Timetable(dag) : nil
        tellsOfTasks = dag.tasks.contains { !$0.notices.isEmpty }
        tellsOfRuns = !dag.settings.notices.isEmpty
        let deadlines = Self.deadlines(of: dag)
        self.deadlines = deadlines
        startDeadlines = Dictionary(
            grouping: deadlines.indices.filter { deadlines[$0].deadline.reference == .taskStart },
            by: { deadlines[$0].task })
        needsAverages = deadlines.contains { $0.deadline.needsAverage }
    }

    package struct Key: Hashable, Sendable {
        package let dagID: DAGID
        package let version: DAGVersionHash

        package init(dagID: DAGID, version: DAGVersionHash) {
            self.dagID = dagID
            self.version = version
        }
    }

    private static func edges(of dag: DAG) -> [Int: [Int: EdgeCondition]] {
        var edges: [Int: [Int: EdgeCondition]] = [:]
        for (index, task) in dag.tasks.enumerated() {
            for (name, condition) in task.flow.edgeConditions {
                if let upstream = dag.index(of: name) { edges[index, default: [:]][upstream] = condition }
            }
        }
        return edges
    }

    /// The outputs of a DAG's tasks that its scheduler must know: by task index, their names.
    package static func watchedOutputs(of dag: DAG) -> [Int: Set<String>] {
        var watched: [Int: Set<String>] = [:]
        func watch(_ outputs: [(task: TaskID, name: String)]) {
            for output in outputs {
                guard let task = dag.index(of: output.task) else { continue }
                let isBest =
                    dag.tasks[task].flow.selection != nil && TrialSelection.outputNames.contains(output.name)
                watched[task, default: []].insert(isBest ? TrialSelection.candidateName : output.name)
            }
        }
        for (index, task) in dag.tasks.enumerated() {
            watch(task.flow.condition?.expression.outputs ?? [])
            watch(task.flow.mapping?.outputs ?? [])
            if task.role == .branch { watched[index, default: []].insert(ControlOutput.branch) }
            if task.role == .shortCircuit { watched[index, default: []].insert(ControlOutput.proceed) }
        }
        for group in dag.groups { watch(group.mapping?.outputs ?? []) }
        return watched
    }

    private static func mappedGroups(of dag: DAG) -> [Int: Int] {
        var groups: [Int: Int] = [:]
        for (index, group) in dag.groups.enumerated() where group.mapping != nil {
            for task in group.tasks { groups[task] = index }
        }
        return groups
    }

    /// A teardown does not decide how a run ends, unless it says so; a task that only teardowns follow is a leaf.
    private static func leaves(of dag: DAG) -> [Int] {
        func isIgnored(_ task: Int) -> Bool {
            dag.tasks[task].flow.isTeardown && !dag.tasks[task].flow.failsRunAsTeardown
        }
        return dag.tasks.indices.filter { task in
            !isIgnored(task) && dag.graph.downstream[task].allSatisfy(isIgnored)
        }
    }
}

/// The names of the outputs by which a task directs others.
enum ControlOutput {
    static let branch = "branch"
    static let proceed = "continue"
}

/// Which setups a task relies on: those above it whose teardowns, if they have any, are below it (A11).
private struct SetupScopes {
    var setups: [Int: [Int]] = [:]
    var scopes: [Int: [Int]] = [:]

    init(_ dag: DAG) {
        for setup in dag.tasks.indices where dag.tasks[setup].flow.isSetup {
            let teardowns = dag.graph.downstream[setup].filter { dag.tasks[$0].flow.isTeardown }
            let above = teardowns.isEmpty ? nil : Set(dag.graph.upstreamClosure(of: teardowns))
            let scope = dag.graph.downstreamClosure(of: [setup]).filter { task in
                task != setup && !dag.tasks[task].flow.isTeardown && above?.contains(task) ?? true
            }
            scopes[setup] = scope
            for task in scope { setups[task, default: []].append(setup) }
        }
    }
}
