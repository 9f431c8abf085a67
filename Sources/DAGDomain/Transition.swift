/// A change to be recorded: all transitions of a batch are committed together or not at all.
///
/// A change names the state it expects in `from`; the store updates exactly the one row that is in that state, and
/// anything else is a broken invariant that stops the daemon.
package enum Transition: Hashable, Sendable {
    /// Inserts or replaces the DAG's row.
    case dagStatusChanged(DAGStatus)
    /// Missed ticks that the catch-up policy left out, for the record.
    case ticksSkipped(dagID: DAGID, count: Int, from: Timestamp, through: Timestamp, at: Timestamp)
    /// A new run with all its task instances.
    case runCreated(DAGRun, [TaskInstance])
    case runChanged(from: DAGRunState, to: DAGRun)
    /// A finished run goes on on another version of its DAG. What the tasks that are gone did is kept apart.
    case runRepinned(RunRepinning, at: Timestamp)
    /// More instances of a mapped task; when they are its first, they take the place of the one with map index -1.
    case instancesMapped(task: TaskInstanceKey, [TaskInstance], replacing: Bool, at: Timestamp)
    case instanceChanged(from: TaskInstanceState, to: TaskInstance, at: Timestamp)
    case attemptCreated(Attempt)
    case attemptChanged(from: AttemptState, to: Attempt)
    /// What a finished attempt reported; replaces what earlier tries of the instance reported. Rejected numbers are
    /// kept too: a failed gate's metrics are what a person wants to see.
    case reportRecorded(instance: TaskInstanceKey, report: AttemptReport)
    /// A clear: outputs, metrics and artifacts of the instance no longer count for readers; attempts stay.
    case reportsForgotten(instance: TaskInstanceKey)
    /// Before that, when the cleared instance may be served from the cache: its own result goes on serving.
    case resultSetAside(instance: TaskInstanceKey)
    /// Something for the event log that the scheduler did on its own.
    case noted(dagID: DAGID, runID: RunID?, event: String, text: String, at: Timestamp)
    /// Somebody is to be told, after the commit.
    case noticeRaised(RaisedNotice)
    case backfillCreated(Backfill)
    /// Paused, unpaused or complete; it was not complete before.
    case backfillChanged(Backfill)
    /// An update of an asset, and the DAGs whose next asset-triggered run will use it.
    case assetEventRecorded(AssetEvent, queuedFor: [DAGID])
    /// A run that was just created uses all events that its DAG has waiting: `count` of them, none after `through`.
    case assetEventsConsumed(RunNumber, DAGID, count: Int, through: AssetEventID)
    /// Waiting events of these assets will not be used by the DAG; the events themselves stay on record.
    case assetQueueDropped(DAGID, [AssetURI])
    /// Inserts or replaces what is remembered for a DAG's `retrain_when`.
    case retrainChanged(RetrainState)
    /// Which clauses started a run that was just created.
    case retrainStarted(RunNumber, [RetrainFiring])
    /// Nothing is remembered any more.
    case retrainForgotten(DAGID)
    /// An asset was updated under an alias for the first time and belongs to it from now on.
    case assetJoinedAlias(AssetURI, AssetAliasName, at: Timestamp)
    /// What a person, or a task while it ran, says of an asset, which may be new.
    case assetDescribed(Asset, at: Timestamp)
    /// The asset is forgotten with its events; nothing of it waits any more.
    case assetRemoved(AssetURI)
    /// An attempt is about to bring a version into service; known already when the attempt is taken up again.
    case deploymentBegan(Deployment)
    case deploymentEnded(AttemptID, DeploymentEnd)
    case outsideRecorded(OutsideRecord, at: Timestamp)
    /// Models, versions and aliases; see `ModelChange`.
    case modelChanged(ModelChange, at: Timestamp, by: String)
    case poolChanged(Pool)
    case poolRemoved(PoolName)
}
