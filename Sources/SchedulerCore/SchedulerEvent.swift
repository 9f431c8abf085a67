import DAGDomain
import JSONText

/// What can happen to the scheduler: the input of `SchedulerStateMachine`.
package enum SchedulerEvent: Hashable, Sendable {
    /// A good version of a DAG file: new, changed, or known already.
    case dagLoaded(DAG, pausedAtCreation: Bool)
    /// The DAG's file is gone.
    case dagRemoved(DAGID)
    case dagPauseChanged(DAGID, isPaused: Bool)
    case poolChanged(Pool)
    case poolRemoved(PoolName)
    case runRequested(RunRequest)
    /// Ends running tasks and the run as `cancelled`.
    case runCancelled(RunNumber, by: String)
    /// The finished runs that the plan wants to run again were brought back before.
    case backfillRequested(BackfillRequest, BackfillPlan, by: String)
    case backfillPauseChanged(BackfillID, isPaused: Bool)
    case backfillCancelled(BackfillID, by: String)
    case runMarked(RunNumber, as: DAGRunState, by: String)
    /// A finished run whose tasks were cleared comes back with all its instances.
    case instancesCleared(RunNumber, [InstancePlace], by: String)
    /// Other params for what is cleared next; checked against the DAG's already.
    case runParametersChanged(RunNumber, JSONObject)
    /// Whether what is cleared next may be served from the cache.
    case cacheUseChanged(RunNumber, CacheUse)
    /// A finished run, brought back before, goes on on another version; its params are checked against that already.
    /// Outputs by the keys of the old version: those that `RunPlan.watchedOutputs` names for the new one.
    case runRepinned(RunNumber, to: DAG, JSONObject, outputs: [TaskInstanceKey: [TaskOutput]])
    case instancesMarked(RunNumber, [InstancePlace], as: TaskInstanceState, by: String)
    /// A run that is not in memory (finished long ago) is put back, before it is cleared or marked.
    /// Outputs: those that `RunPlan.watchedOutputs` names.
    case runRestored(DAGRun, DAG, [TaskInstance], outputs: [TaskInstanceKey: [TaskOutput]])
    /// Something outside has updated an asset.
    case assetEmitted(AssetEmission)
    /// Waiting events of these assets (nil: of all) are not to be used by the DAG; only of assets whose first one came
    /// before the instant.
    case assetQueueDropped(DAGID, Set<AssetURI>?, before: Timestamp?)
    /// The DAG's history is deleted: what `retrain_when` remembers of it as well.
    case retrainForgotten(DAGID)
    /// A person says what an asset is called, which may be new.
    case assetDescribed(Asset)
    /// An asset that no file names is to be forgotten, with its events and what waits of them.
    case assetRemoved(AssetURI)
    /// To be recorded with what the events beside it lead to.
    case outsideRecorded(OutsideRecord)
    case attemptStarted(AttemptID, processID: Int32, at: Timestamp)
    case attemptFinished(AttemptReport)
    /// By its task's `early_stopping` the attempt is not worth going on with; it is ended, and its instance skipped.
    case trialStopped(AttemptID, reason: String)
    /// The process could not be spawned (no memory, no descriptors), or a restarted daemon found no record of
    /// it: nothing ran, the same attempt is tried again. Must not be sent while a `.start` may still succeed.
    case spawnFailed(AttemptID, reason: String)
    /// The answer to `.findPreviousRun`; nil when there is no such run.
    case previousRunFound(RunNumber, PreviousRun?)
    /// The answer to `.findAverages`.
    case averagesFound(RunNumber, [AverageRuntime])
    /// A wait that is watched outside is over.
    case waitEnded(TaskInstanceKey, tryNumber: Int, WaitOutcome)
    /// The clock reached an instant that was asked for by `wake`, or jumped.
    case timeReached
}

/// A run that is asked for, already checked against the DAG's parameters.
package struct RunRequest: Hashable, Sendable {
    package let dagID: DAGID
    package let runID: RunID?
    package let type: DAGRunType
    package let trigger: RunTrigger
    package let logicalDate: Timestamp?
    package let parameters: JSONObject
    package let note: String?
    package let parent: TaskInstanceKey?
    /// A version other than the DAG's newest (`run` of a file that is not in the folder).
    package let dag: DAG?
    package let cacheUse: CacheUse
    package let reproduces: ModelVersionKey?
    package let redeploys: ModelVersionKey?

    package init(
        dagID: DAGID, runID: RunID? = nil, type: DAGRunType = .manual, trigger: RunTrigger,
        logicalDate: Timestamp? = nil, parameters: JSONObject = JSONObject(), note: String? = nil,
        parent: TaskInstanceKey? = nil, dag: DAG? = nil, cacheUse: CacheUse = .exceptCleared,
        reproduces: ModelVersionKey? = nil, redeploys: ModelVersionKey? = nil
    ) {
        self.dagID = dagID
        self.runID = runID
        self.type = type
        self.trigger = trigger
        self.logicalDate = logicalDate
        self.parameters = parameters
        self.note = note
        self.parent = parent
        self.dag = dag
        self.cacheUse = cacheUse
        self.reproduces = reproduces
        self.redeploys = redeploys
    }
}
