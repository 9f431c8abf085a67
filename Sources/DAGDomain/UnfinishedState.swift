/// What is read from the database at start: everything the scheduler must remember, and nothing that is finished.
package struct UnfinishedState: Hashable, Sendable {
    package struct Run: Hashable, Sendable {
        package let run: DAGRun
        /// Every instance of the run, finished ones included, by task index and map index.
        package let instances: [TaskInstance]
        /// Its attempts that have not ended.
        package let liveAttempts: [Attempt]

        package init(run: DAGRun, instances: [TaskInstance], liveAttempts: [Attempt]) {
            self.run = run
            self.instances = instances
            self.liveAttempts = liveAttempts
        }
    }

    package var statuses: [DAGStatus]
    package var pools: [Pool]
    /// In order of run number.
    package var runs: [Run]
    package var nextRunNumber: RunNumber
    /// Those that are not complete, in order.
    package var backfills: [Backfill]
    package var nextBackfillID: BackfillID
    /// Events that wait for a run, by DAG, in order; none is empty.
    package var assetQueues: [AssetQueue]
    package var nextAssetEventID: AssetEventID
    /// In order of DAG.
    package var retrains: [RetrainState]
    package var aliasMembers: AliasMembers

    package init(
        statuses: [DAGStatus] = [], pools: [Pool] = [.standard], runs: [Run] = [],
        nextRunNumber: RunNumber = RunNumber(1), backfills: [Backfill] = [],
        nextBackfillID: BackfillID = BackfillID(1), assetQueues: [AssetQueue] = [],
        nextAssetEventID: AssetEventID = AssetEventID(1), retrains: [RetrainState] = [],
        aliasMembers: AliasMembers = AliasMembers()
    ) {
        self.statuses = statuses
        self.pools = pools
        self.runs = runs
        self.nextRunNumber = nextRunNumber
        self.backfills = backfills
        self.nextBackfillID = nextBackfillID
        self.assetQueues = assetQueues
        self.nextAssetEventID = nextAssetEventID
        self.retrains = retrains
        self.aliasMembers = aliasMembers
    }
}
