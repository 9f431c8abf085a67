import DAGDomain
import JSONText

/// A run is pinned to a version of its DAG that the store does not have.
package struct MissingDAGVersionError: Error, Hashable, Sendable {
    package let dagID: DAGID
    package let version: DAGVersionHash

    package init(dagID: DAGID, version: DAGVersionHash) {
        self.dagID = dagID
        self.version = version
    }
}

extension SchedulerStateMachine {
    /// Rebuilds the machine from what the store remembers.
    ///
    /// Schedules stand still until `.dagLoaded` brings their DAGs; a DAG with a status whose file is gone
    /// needs its `.dagRemoved`. Of every attempt in state `starting` somebody must tell what its record
    /// says, once: `.attemptStarted`, `.attemptFinished`, or `.spawnFailed` if there is no record. The first
    /// `dispatch` repeats the terminations that had been asked for.
    ///
    /// - Parameters:
    ///   - dag: the version of a DAG, for each run in `state`.
    ///   - outputs: what a finished instance reported; asked for those that `RunPlan.watchedOutputs` names only.
    ///   - seed: a new one; with an old one attempt ids would repeat.
    package init(
        restoring state: UnfinishedState, dag: (DAGID, DAGVersionHash) -> DAG?,
        outputs: (TaskInstanceKey) -> [TaskOutput] = { _ in [] },
        configuration: SchedulerConfiguration, seed: UInt64
    ) throws(MissingDAGVersionError) {
        self.init(configuration: configuration, seed: seed)
        pools = [:]
        slots = SlotAllocation(parallelism: configuration.parallelism)
        for pool in state.pools {
            pools[pool.name] = pool
            slots.setPool(pool)
        }
        aliasMembers = state.aliasMembers
        for status in state.statuses {
            statuses[status.dagID] = status
            if status.isActive, let dag = dag(status.dagID, status.version) {
                expectAssets(for: dag)
                expectRetraining(for: dag)
            }
        }
        nextRunNumber = state.nextRunNumber
        nextBackfillID = state.nextBackfillID
        for queue in state.assetQueues { assetQueues[queue.dagID] = queue }
        nextAssetEventID = state.nextAssetEventID
        for retrain in state.retrains { retrains[retrain.dagID] = retrain }
        for backfill in state.backfills {
            backfills[backfill.id] = BackfillQueue(backfill)
            endedBackfills.insert(backfill.id)
        }
        for entry in state.runs {
            let run = entry.run
            let key = RunPlan.Key(dagID: run.dagID, version: run.version)
            guard let dag = plans[key]?.plan.dag ?? dag(run.dagID, run.version) else {
                throw MissingDAGVersionError(dagID: run.dagID, version: run.version)
            }
            admit(
                run, dag: dag, instances: entry.instances, liveAttempts: entry.liveAttempts, outputs: outputs)
            resume(run.number)
        }
    }

    /// Brings slots, timers and indices up to date with the rows of a run.
    private mutating func resume(_ number: RunNumber) {
        guard let active = runs[number] else { return }
        let rows = active.rows
        for row in rows {
            let instance = active.instances[row]
            switch instance.state {
            case .queued, .running:
                slots.occupy(active.lineEntry(row, configuration.aging))
            case .scheduled, .deferred, .upForRetry, .pending, .success, .failed, .skipped, .upstreamFailed,
                .removed,
                .cancelled:
                break
            }
            let wakesUp =
                instance.state == .upForRetry || instance.state == .queued || instance.state == .deferred
            for instant in [wakesUp ? instance.notBefore : nil, active.waitDeadline(row)] {
                if let instant { wakes.insert(WakeEntry(at: instant, reason: .instance(instance.key))) }
            }
            if active.isWatchedOutside(row) {
                unsentActions.append(.await(instance.key, tryNumber: instance.tryNumber))
            }
        }
        for row in rows where active.instances[row].state == .scheduled {
            slots.enqueue(active.lineEntry(row, configuration.aging))
        }
        for (row, attempt) in active.liveAttempts.sorted(by: { $0.key < $1.key }) {
            liveAttempts[attempt.id] = attempt.instance
            if attempt.state == .starting { unresolved.insert(attempt.id) }
            if EndRequest(reason: active.instances[row].reason) != nil {
                unsentActions.append(.terminate(attempt.id))
            }
        }
        armTimeout(of: number)
        armDeadlines(of: number)
        if let question = questionForAverages(of: number) { unsentActions.append(question) }
        if let question = questionForPast(of: number) { unsentActions.append(question) }
    }

    /// What the machine remembers, as rows: what `init(restoring:)` needs, in a fixed order.
    package var snapshot: UnfinishedState {
        UnfinishedState(
            statuses: statuses.values.sorted { $0.dagID < $1.dagID },
            pools: pools.values.sorted { $0.name < $1.name },
            runs: runs.values.filter { !$0.run.state.isFinished }.sorted { $0.number < $1.number }.map {
                active in
                UnfinishedState.Run(
                    run: active.run, instances: active.recorded,
                    liveAttempts: active.liveAttempts.values.sorted { $0.instance < $1.instance })
            },
            nextRunNumber: nextRunNumber,
            backfills: backfills.values.map(\.backfill).sorted { $0.id < $1.id },
            nextBackfillID: nextBackfillID,
            assetQueues: assetQueues.values.sorted { $0.dagID < $1.dagID },
            nextAssetEventID: nextAssetEventID,
            retrains: retrains.values.sorted { $0.dagID < $1.dagID }, aliasMembers: aliasMembers)
    }
}

extension SchedulerStateMachine {
    /// The newest versions of the DAGs whose files are there.
    package var loadedDAGs: [DAGID: DAG] { dags }
}
