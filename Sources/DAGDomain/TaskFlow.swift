/// What a task definition says about when its instances run and how many there are, beyond its upstream tasks and
/// its trigger rule.
package struct TaskFlow: Hashable, Sendable {
    /// `when`.
    package var condition: Condition?
    /// Upstream tasks with a condition of their own; the others need what the trigger rule says.
    package var edgeConditions: [TaskID: EdgeCondition]
    /// `expand`, `expand_kwargs` or `matrix`.
    @Rare package var mapping: TaskMapping?
    /// `max_parallel`, `max_active_tis_per_dagrun`: instances of the task in one run that may be active at once.
    package var maximumActivePerRun: Int?
    /// `max_active_tis_per_dag`: instances of the task in all runs that may be active at once.
    package var maximumActivePerDAG: Int?
    /// When one instance of a mapped task fails for good, the others are cancelled.
    package var failsFast: Bool
    package var isSetup: Bool
    package var isTeardown: Bool
    /// `on_failure_fail_dagrun` of a teardown.
    package var failsRunAsTeardown: Bool
    package var dependsOnPast: Bool
    package var waitsForDownstream: Bool
    /// What a sensor or an approval waits for.
    @Rare package var wait: Wait?
    /// Of a mapped task: which instance is the best, and which are not worth going on with.
    @Rare package var selection: TrialSelection?
    @Rare package var earlyStopping: EarlyStopping?

    package init(
        condition: Condition? = nil, edgeConditions: [TaskID: EdgeCondition] = [:],
        mapping: TaskMapping? = nil,
        maximumActivePerRun: Int? = nil, maximumActivePerDAG: Int? = nil, failsFast: Bool = false,
        isSetup: Bool = false, isTeardown: Bool = false, failsRunAsTeardown: Bool = false,
        dependsOnPast: Bool = false, waitsForDownstream: Bool = false, wait: Wait? = nil
    ) {
        self.condition = condition
        self.edgeConditions = edgeConditions
        self.mapping = mapping
        self.maximumActivePerRun = maximumActivePerRun
        self.maximumActivePerDAG = maximumActivePerDAG
        self.failsFast = failsFast
        self.isSetup = isSetup
        self.isTeardown = isTeardown
        self.failsRunAsTeardown = failsRunAsTeardown
        self.dependsOnPast = dependsOnPast
        self.waitsForDownstream = waitsForDownstream
        self.wait = wait
    }
}
