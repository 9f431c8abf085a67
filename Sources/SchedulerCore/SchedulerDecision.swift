import DAGDomain

/// What the scheduler wants done, after its transitions are committed.
package enum SchedulerAction: Hashable, Sendable {
    /// Start the attempt's process (or, for a `trigger_dag` task, request the run).
    case start(AttemptID, instance: TaskInstanceKey)
    /// End the attempt's process tree.
    case terminate(AttemptID)
    /// Watch what a deferred instance waits for (`Wait.isWatched`), and tell its end by `.waitEnded`. Asked for again
    /// after a restart.
    case await(TaskInstanceKey, tryNumber: Int)
    /// Nobody waits any more.
    case stopAwaiting(TaskInstanceKey)
    /// Look up the run of the same DAG with the nearest earlier logical date, and tell it by `.previousRunFound`.
    case findPreviousRun(RunNumber, DAGID, before: Timestamp)
    /// Look up how long the newest successful runs of the same DAG before this one took, and their tasks;
    /// told by `.averagesFound`. Asked for again after a restart, until it was answered.
    case findAverages(RunNumber, DAGID, [RuntimeQuestion])
}

/// Why an event could not be honoured; nothing changed.
package enum SchedulerRefusal: Error, Hashable, Sendable {
    case unknownDAG(DAGID)
    case runIDTaken(DAGID, RunID)
    case logicalDateTaken(DAGID, Timestamp)
    case unknownRun(RunNumber)
    case runIsFinished(RunNumber, DAGRunState)
    case runIsUnfinished(RunNumber, DAGRunState)
    case unknownPool(PoolName)
    /// The instance is not deferred.
    case doesNotWait(TaskInstanceKey)
    case poolIsPermanent(PoolName)
    case runTypeNotAllowed(DAGID, DAGRunType, allowed: Set<DAGRunType>)
    /// It is complete, or there never was one.
    case backfillIsNotActive(BackfillID)
}

/// The answer to an event: all transitions are committed together, then the actions are performed.
package struct SchedulerDecision: Hashable, Sendable {
    package var transitions: [Transition] = []
    package var actions: [SchedulerAction] = []
    package var refusal: SchedulerRefusal?
    /// The run that a `runRequested` created.
    package var createdRun: DAGRun?
    /// The backfill that a `backfillRequested` created.
    package var createdBackfill: Backfill?
    /// The event that an `assetEmitted` led to.
    package var createdAssetEvent: AssetEvent?

    package init() {}
}
