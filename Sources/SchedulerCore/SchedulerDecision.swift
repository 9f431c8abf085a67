import DAGDomain

/// What the scheduler wants done, after its transitions are committed.
package enum SchedulerAction: Hashable, Sendable {
    /// Start the attempt's process (or, for a `trigger_dag` task, request the run).
    case start(AttemptID, instance: TaskInstanceKey)
    /// End the attempt's process tree.
    case terminate(AttemptID)
}

/// Why an event could not be honoured; nothing changed.
package enum SchedulerRefusal: Error, Hashable, Sendable {
    case unknownDAG(DAGID)
    case runIDTaken(DAGID, RunID)
    case logicalDateTaken(DAGID, Timestamp)
    case unknownRun(RunNumber)
    case runIsFinished(RunNumber, DAGRunState)
    case unknownPool(PoolName)
    case poolIsPermanent(PoolName)
}

/// The answer to an event: all transitions are committed together, then the actions are performed.
package struct SchedulerDecision: Hashable, Sendable {
    package var transitions: [Transition] = []
    package var actions: [SchedulerAction] = []
    package var refusal: SchedulerRefusal?
    /// The run that a `runRequested` created.
    package var createdRun: DAGRun?

    package init() {}
}
