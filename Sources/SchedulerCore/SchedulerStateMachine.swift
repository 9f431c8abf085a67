import DAGDomain

/// The scheduler as a value: given an event and an instant it says what is to be recorded and then done.
///
/// It never waits, reads a clock, draws a random number or opens a file, and it holds unfinished runs only.
/// What it remembers is exactly its `snapshot`; everything else is derived, so a machine that is rebuilt
/// from the rows of its snapshot is equal to it.
///
/// How it is driven: any number of `handle`, then one `dispatch`; the decisions of the batch are committed
/// together in their order; then the actions are performed, in their order. When the commit fails, the
/// machine is ahead of the record and must be thrown away.
package struct SchedulerStateMachine: Sendable {
    package let configuration: SchedulerConfiguration
    let backoff: RetryBackoff
    var generator: AttemptIDGenerator

    var statuses: [DAGID: DAGStatus] = [:]
    /// The newest version of the DAGs whose files are there.
    var dags: [DAGID: DAG] = [:]
    /// Computed when a version's first run is made, dropped with its last unfinished run.
    var plans: [RunPlan.Key: (plan: RunPlan, runs: Int)] = [:]
    var pools: [PoolName: Pool] = [:]
    var runs: [RunNumber: ActiveRun] = [:]
    var nextRunNumber = RunNumber(1)
    /// Those that are not complete.
    var backfills: [BackfillID: BackfillQueue] = [:]
    var nextBackfillID = BackfillID(1)
    /// Asset events that wait for a run, by DAG; none is empty.
    var assetQueues: [DAGID: AssetQueue] = [:]
    var nextAssetEventID = AssetEventID(1)
    /// What `retrain_when` remembers, by DAG; nothing for DAGs for which nothing ever fired.
    var retrains: [DAGID: RetrainState] = [:]
    /// By concurrency key; derived from the unfinished runs.
    var groups: [String: ConcurrencyGroup] = [:]

    // Indices, derived from the above.
    var queues: [DAGID: DAGRunQueue] = [:]
    var liveAttempts: [AttemptID: TaskInstanceKey] = [:]
    var slots: SlotAllocation
    var wakes = PriorityQueue<WakeEntry>()
    var nextTicks: [DAGID: Timestamp] = [:]
    var timetables: [DAGID: Timetable] = [:]
    /// The DAGs that are scheduled on an asset, and from when on they may get a run of what waits for them.
    var assetSchedules: [DAGID: AssetSchedule] = [:]
    var assetConsumers: [AssetURI: Set<DAGID>] = [:]
    var nextAssetRuns: [DAGID: Timestamp] = [:]
    /// The DAGs with `retrain_when`, and when a clause of the clock or a run is due next.
    var retrainPlans: [DAGID: RetrainPlan] = [:]
    var nextRetrains: [DAGID: Timestamp] = [:]
    /// The assets of each alias, and the DAGs that are scheduled on it.
    var aliasMembers = AliasMembers()
    var aliasConsumers: [AssetAliasName: Set<DAGID>] = [:]
    /// DAGs of which a run may be able to leave its queue.
    var promotable: Set<DAGID> = []
    /// Backfills of which a run may be able to leave its queue, and those of which one has ended.
    var promotableBackfills: Set<BackfillID> = []
    var endedBackfills: Set<BackfillID> = []
    /// Finished runs in memory: those that ended in this batch, and those that were brought back for an
    /// event. They leave with the next `dispatch`, so that memory follows the unfinished ones.
    var visiting: Set<RunNumber> = []
    /// Runs that look at how the run before them went, by that run.
    var followers: [RunNumber: Set<RunNumber>] = [:]
    /// Attempts of which a restarted machine does not know whether they were spawned. Nothing is done about
    /// them before somebody who has looked at their records tells.
    var unresolved: Set<AttemptID> = []
    /// Terminations that were asked for before a restart.
    var unsentActions: [SchedulerAction] = []

    package init(configuration: SchedulerConfiguration, seed: UInt64) {
        self.configuration = configuration
        backoff = RetryBackoff(limit: configuration.maximumRetryDelay)
        generator = AttemptIDGenerator(seed: seed)
        slots = SlotAllocation(parallelism: configuration.parallelism)
        pools[.defaultPool] = .standard
        slots.setPool(.standard)
    }

    /// Takes in one event. Only rules and states of that event change; what may start is decided by
    /// `dispatch`.
    package mutating func handle(_ event: SchedulerEvent, at now: Timestamp) -> SchedulerDecision {
        var step = SchedulerStep(now: now)
        switch event {
        case .dagLoaded(let dag, let isPaused): dagLoaded(dag, pausedAtCreation: isPaused, &step)
        case .dagRemoved(let id): dagRemoved(id, &step)
        case .dagPauseChanged(let id, let isPaused): pauseChanged(id, isPaused: isPaused, &step)
        case .poolChanged(let pool): poolChanged(pool, &step)
        case .poolRemoved(let name): poolRemoved(name, &step)
        case .runRequested(let request): requestRun(request, &step)
        case .runCancelled(let run, let user): cancelRun(run, by: user, &step)
        case .backfillRequested(let request, let plan, let user):
            requestBackfill(request, plan, by: user, &step)
        case .backfillPauseChanged(let id, let isPaused): pauseBackfill(id, isPaused: isPaused, &step)
        case .backfillCancelled(let id, let user): cancelBackfill(id, by: user, &step)
        case .runMarked(let run, let state, let user): markRun(run, as: state, by: user, &step)
        case .instancesCleared(let run, let places, let user): clear(places, of: run, by: user, &step)
        case .runParametersChanged(let run, let parameters):
            changeParameters(of: run, to: parameters, &step)
        case .cacheUseChanged(let run, let use): changeCacheUse(of: run, to: use, &step)
        case .runRepinned(let run, let dag, let parameters, let outputs):
            repin(run, to: dag, parameters: parameters, outputs: outputs, &step)
        case .instancesMarked(let run, let places, let state, let user):
            mark(places, of: run, as: state, by: user, &step)
        case .runRestored(let run, let dag, let instances, let outputs):
            restore(run, dag: dag, instances: instances, outputs: outputs)
        case .previousRunFound(let run, let previous): previousRunFound(run, previous, &step)
        case .averagesFound(let run, let averages): averagesFound(run, averages, &step)
        case .waitEnded(let key, let tryNumber, let outcome):
            waitEnded(key, tryNumber: tryNumber, outcome, &step)
        case .attemptStarted(let id, let processID, let instant):
            attemptStarted(id, processID: processID, at: instant, &step)
        case .attemptFinished(let report): attemptFinished(report, &step)
        case .trialStopped(let id, let reason): trialStopped(id, reason: reason, &step)
        case .spawnFailed(let id, let reason): spawnFailed(id, reason: reason, &step)
        case .assetEmitted(let emission): emitAsset(emission, &step)
        case .assetQueueDropped(let id, let assets, let instant):
            dropQueue(of: id, assets: assets, before: instant, &step)
        case .retrainForgotten(let id): forgetRetraining(of: id, &step)
        case .assetDescribed(let asset):
            step.decision.transitions.append(.assetDescribed(asset, at: now))
        case .assetRemoved(let asset): removeAsset(asset, &step)
        case .outsideRecorded(let record):
            step.decision.transitions.append(.outsideRecorded(record, at: now))
        case .timeReached: break
        }
        return step.decision
    }

    /// Decides what is due and what may start; called once after the events of a batch.
    ///
    /// - Parameter taken: of `dueRuns(at:)` those whose run id or logical date a *finished* run already has;
    ///   the machine itself knows the unfinished ones. Their ticks count as answered.
    package mutating func dispatch(
        at now: Timestamp, taken: Set<ScheduledRunKey> = []
    ) -> SchedulerDecision {
        var step = SchedulerStep(now: now)
        step.decision.actions = unsentActions
        unsentActions = []
        handleDueWakes(asked: Set(dueAssetRuns(at: now) + dueRetrainRuns(at: now)), taken: taken, &step)
        startQueuedRuns(&step)
        allocateSlots(&step)
        completeBackfills(&step)
        dropVisitors()
        dropStaleWakes()
        return step.decision
    }

    /// The nearest instant at which `dispatch` has something to do; nil when only an event can change
    /// anything. An instant that has passed is returned as it is.
    package func nextWake() -> Timestamp? {
        wakes.first?.at
    }

    // MARK: Changing a run

    /// Changes a run in place and draws the consequences: trigger rules, the run's end, slots, timers,
    /// indices.
    mutating func change(
        _ number: RunNumber, _ step: inout SchedulerStep,
        _ body: (inout ActiveRun, inout SchedulerStep) -> Void
    ) {
        guard let index = runs.index(forKey: number) else { return }
        let before = runs.values[index].run
        body(&runs.values[index], &step)
        runs.values[index].settle(&step)
        runs.values[index].endIfDone(&step)
        runs.values[index].settle(&step)
        let abandoned = absorbEffects(&step)
        let after = runs.values[index].run
        if before.state != after.state { runChanged(from: before, to: after) }
        if !followers.isEmpty { tellFollowers(of: number, &step) }
        if !before.state.isFinished, after.state.isFinished, let parent = after.parent {
            childEnded(after, parent: parent, &step)
        }
        if !before.state.isFinished, after.state.isFinished { countFailures(after, &step) }
        for key in abandoned { cancelChildren(of: key, &step) }
    }

    /// - Returns: instances that no longer wait for the run that they asked for.
    private mutating func absorbEffects(_ step: inout SchedulerStep) -> [TaskInstanceKey] {
        var abandoned: [TaskInstanceKey] = []
        for effect in step.effects {
            switch effect {
            case .enqueued(let key):
                if let entry = lineEntry(key) { slots.enqueue(entry) }
            case .withdrawn(let key): slots.withdraw(key)
            case .released(let key):
                if let entry = lineEntry(key) { slots.release(entry) }
            case .childAbandoned(let key): abandoned.append(key)
            case .produced(let key, let report): updateOutlets(of: key, report, &step)
            case .wake(let key, let instant): wakes.insert(WakeEntry(at: instant, reason: .instance(key)))
            case .attemptEnded(let id):
                liveAttempts[id] = nil
                unresolved.remove(id)
            case .startOfDeadline(let index, let number): armDeadline(number, index)
            }
        }
        step.effects.removeAll(keepingCapacity: true)
        return abandoned
    }

    private func lineEntry(_ key: TaskInstanceKey) -> LineEntry? {
        runs[key.run].flatMap { run in run.row(of: key).map { run.lineEntry($0, configuration.aging) } }
    }

    private mutating func runChanged(from before: DAGRun, to after: DAGRun) {
        switch (before.state.isFinished, after.state.isFinished) {
        case (false, true):
            runEnded(before, wasRunning: before.state == .running)
            visiting.insert(before.number)
        case (true, false):
            visiting.remove(after.number)
            enqueue(after)
        case (false, false):
            if before.state == .queued, after.state == .running { runStarted(after) }
        case (true, true): break
        }
        scheduleMayGoOn(of: after.dagID)
    }

    // MARK: Plans

    mutating func retainPlan(of dag: DAG) -> RunPlan {
        let key = RunPlan.Key(dagID: dag.id, version: dag.version)
        let plan = plans[key]?.plan ?? RunPlan(dag: dag)
        plans[key] = (plan, (plans[key]?.runs ?? 0) + 1)
        return plan
    }

    mutating func releasePlan(_ key: RunPlan.Key) {
        guard let entry = plans[key] else { return }
        plans[key] = entry.runs > 1 ? (entry.plan, entry.runs - 1) : nil
    }
}
