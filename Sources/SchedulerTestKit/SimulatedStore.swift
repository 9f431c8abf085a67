import DAGDomain

/// What the database would hold: the only thing besides running processes that a crash leaves behind. It
/// checks what the real schema checks: expected states, unique names, one live attempt per instance.
package struct SimulatedStore: Sendable {
    package private(set) var statuses: [DAGID: DAGStatus] = [:]
    package private(set) var pools: [PoolName: Pool] = [.defaultPool: .standard]
    package private(set) var runs: [RunNumber: DAGRun] = [:]
    package private(set) var instances: [RunNumber: [TaskInstance]] = [:]
    package private(set) var attempts: [AttemptID: Attempt] = [:]
    package private(set) var reports: [TaskInstanceKey: AttemptReport] = [:]
    /// In the order in which they were raised.
    package private(set) var notices: [RaisedNotice] = []
    package private(set) var backfills: [BackfillID: Backfill] = [:]
    package private(set) var assetEvents: [AssetEvent] = []
    /// Events that wait for a DAG, in order, and those that runs have used.
    package private(set) var waitingEvents: [DAGID: [AssetEvent]] = [:]
    package private(set) var usedEvents: [RunNumber: [AssetEventID]] = [:]
    package private(set) var retrains: [DAGID: RetrainState] = [:]
    /// Why runs were started that `retrain_when` asked for.
    package private(set) var causes: [RunNumber: [RetrainFiring]] = [:]
    package private(set) var aliasMembers = AliasMembers()
    private var nextRunNumber = RunNumber(1)
    private var nextBackfillID = BackfillID(1)
    private var unfinishedNumbers: Set<RunNumber> = []
    private var liveIDs: [TaskInstanceKey: AttemptID] = [:]

    package init() {}

    package func instance(_ key: TaskInstanceKey) -> TaskInstance? {
        instances[key.run]?.first { $0.key == key }
    }

    package var outputs: [TaskInstanceKey: [TaskOutput]] { reports.mapValues(\.outputs) }

    package var unfinishedRuns: [DAGRun] {
        unfinishedNumbers.sorted().compactMap { runs[$0] }
    }

    package var liveAttempts: [Attempt] {
        liveIDs.values.compactMap { attempts[$0] }.sorted { $0.instance < $1.instance }
    }

    package var unfinished: UnfinishedState {
        let live = Dictionary(grouping: liveAttempts, by: \.instance.run)
        return UnfinishedState(
            statuses: statuses.values.sorted { $0.dagID < $1.dagID },
            pools: pools.values.sorted { $0.name < $1.name },
            runs: unfinishedRuns.map { run in
                UnfinishedState.Run(
                    run: run, instances: instances[run.number] ?? [], liveAttempts: live[run.number] ?? [])
            },
            nextRunNumber: nextRunNumber,
            backfills: backfills.values.filter { $0.completedAt == nil }.sorted { $0.id < $1.id },
            nextBackfillID: nextBackfillID,
            assetQueues: waitingEvents.keys.sorted().map { dagID in
                var queue = AssetQueue(dagID: dagID)
                for event in waitingEvents[dagID] ?? [] { queue.add(event) }
                return queue
            },
            nextAssetEventID: AssetEventID(Int64(assetEvents.count) + 1),
            retrains: retrains.values.sorted { $0.dagID < $1.dagID }, aliasMembers: aliasMembers)
    }

    package func averageRuntime(
        of dag: DAGID, before run: RunNumber, _ question: RuntimeQuestion
    ) -> AverageRuntime {
        let recent = runs.values.filter { $0.dagID == dag && $0.number < run && $0.state == .success }
            .sorted { $0.number > $1.number }.prefix(question.runs)
        let lengths = recent.compactMap { run -> Duration? in
            guard question.task >= 0 else {
                return run.startDate.flatMap { start in run.endDate.map { $0 - start } }
            }
            let own = (instances[run.number] ?? []).filter { $0.key.task == question.task }
            guard let start = own.compactMap(\.startDate).min(), let end = own.compactMap(\.endDate).max()
            else { return nil }
            return end - start
        }
        let sum = lengths.reduce(Duration.zero, +)
        return AverageRuntime(question, average: sum / max(1, lengths.count), samples: lengths.count)
    }

    package func isTaken(dag: DAGID, runID: RunID, logicalDate: Timestamp?) -> Bool {
        runs.values.contains { run in
            run.dagID == dag
                && (run.runID == runID || (logicalDate != nil && run.logicalDate == logicalDate))
        }
    }

    package mutating func apply(_ transition: Transition) throws(SimulationFailure) {
        switch transition {
        case .dagStatusChanged(let status): statuses[status.dagID] = status
        case .ticksSkipped(_, let count, let from, let through, _):
            guard count > 0, from < through else { throw SimulationFailure("empty record of skipped ticks") }
        case .runCreated(let run, let created): try create(run, created)
        case .runChanged(let from, let run):
            guard runs[run.number]?.state == from else { throw mismatch("run \(run.runID)", from) }
            runs[run.number] = run
            if run.state.isFinished {
                unfinishedNumbers.remove(run.number)
            } else {
                unfinishedNumbers.insert(run.number)
            }
        case .runRepinned(let repinning, _): try move(repinning)
        case .instancesMapped(let placeholder, let created, let replaces, _):
            if replaces { instances[placeholder.run]?.removeAll { $0.key == placeholder } }
            instances[placeholder.run]?.append(contentsOf: created)
            instances[placeholder.run]?.sort { $0.key < $1.key }
        case .instanceChanged(let from, let instance, _):
            guard self.instance(instance.key)?.state == from else { throw mismatch("\(instance.key)", from) }
            guard let place = instances[instance.key.run]?.firstIndex(where: { $0.key == instance.key })
            else {
                throw SimulationFailure("no instance \(instance.key)")
            }
            instances[instance.key.run]?[place] = instance
        case .attemptCreated(let attempt):
            guard attempts[attempt.id] == nil else { throw SimulationFailure("attempt id made twice") }
            guard liveIDs.updateValue(attempt.id, forKey: attempt.instance) == nil else {
                throw SimulationFailure("two live attempts of \(attempt.instance)")
            }
            attempts[attempt.id] = attempt
        case .attemptChanged(let from, let attempt):
            guard attempts[attempt.id]?.state == from else { throw mismatch("attempt \(attempt.id)", from) }
            attempts[attempt.id] = attempt
            if attempt.state.isFinished { liveIDs[attempt.instance] = nil }
        case .reportRecorded(let key, let report): reports[key] = report
        case .reportsForgotten(let key): reports[key] = nil
        case .noted, .outsideRecorded, .assetDescribed, .assetRemoved, .modelChanged, .resultSetAside,
            .deploymentBegan, .deploymentEnded:
            break
        case .assetJoinedAlias(let asset, let alias, _):
            guard aliasMembers.join(asset, to: alias) else {
                throw SimulationFailure("\(asset) joins \(alias) twice")
            }
        case .noticeRaised(let notice): notices.append(notice)
        case .backfillCreated(let backfill):
            guard backfill.id == nextBackfillID else { throw SimulationFailure("backfills out of order") }
            nextBackfillID = BackfillID(backfill.id.value + 1)
            backfills[backfill.id] = backfill
        case .backfillChanged(let backfill):
            guard let known = backfills[backfill.id], known.completedAt == nil else {
                throw SimulationFailure("backfill \(backfill.id.value) was complete")
            }
            backfills[backfill.id] = backfill
        case .assetEventRecorded(let event, let dags): try record(event, for: dags)
        case .assetEventsConsumed(let run, let dagID, let count, let last):
            try consume(run, dagID, count: count, through: last)
        case .assetQueueDropped(let dagID, let assets):
            waitingEvents[dagID]?.removeAll { assets.contains($0.asset) }
            if waitingEvents[dagID]?.isEmpty == true { waitingEvents[dagID] = nil }
        case .retrainChanged(let state): retrains[state.dagID] = state
        case .retrainStarted(let run, let firings):
            guard runs[run] != nil, causes[run] == nil, !firings.isEmpty else {
                throw SimulationFailure("run \(run.value) has \(firings.count) causes")
            }
            causes[run] = firings
        case .retrainForgotten(let dagID): retrains[dagID] = nil
        case .poolChanged(let pool): pools[pool.name] = pool
        case .poolRemoved(let name):
            guard pools.removeValue(forKey: name) != nil else { throw SimulationFailure("no pool \(name)") }
        }
    }

    /// The attempts of the run have all ended; nobody asks for them by their place any more.
    private mutating func move(_ repinning: RunRepinning) throws(SimulationFailure) {
        let run = repinning.run
        guard let known = runs[run.number], known.state.isFinished, known.version == repinning.from else {
            throw SimulationFailure("run \(run.runID) was moved but had not ended")
        }
        runs[run.number] = run
        instances[run.number] = repinning.instances
        let old = reports.filter { $0.key.run == run.number }
        for key in old.keys { reports[key] = nil }
        for (key, report) in old {
            guard let place = repinning.moved[key.task] else { continue }
            reports[TaskInstanceKey(run: run.number, task: place, mapIndex: key.mapIndex)] = report
        }
    }

    private mutating func create(_ run: DAGRun, _ created: [TaskInstance]) throws(SimulationFailure) {
        guard run.number == nextRunNumber else { throw SimulationFailure("run numbers out of order") }
        guard !isTaken(dag: run.dagID, runID: run.runID, logicalDate: run.logicalDate) else {
            throw SimulationFailure("run id or logical date taken: \(run.dagID) \(run.runID)")
        }
        nextRunNumber = RunNumber(run.number.value + 1)
        runs[run.number] = run
        unfinishedNumbers.insert(run.number)
        instances[run.number] = created
    }

    private mutating func record(_ event: AssetEvent, for dags: [DAGID]) throws(SimulationFailure) {
        guard event.id.value == Int64(assetEvents.count) + 1 else {
            throw SimulationFailure("asset events out of order")
        }
        assetEvents.append(event)
        for dagID in dags { waitingEvents[dagID, default: []].append(event) }
    }

    private mutating func consume(
        _ run: RunNumber, _ dagID: DAGID, count: Int, through last: AssetEventID
    ) throws(SimulationFailure) {
        let waiting = waitingEvents.removeValue(forKey: dagID) ?? []
        guard runs[run]?.dagID == dagID, usedEvents[run] == nil, waiting.count == count,
            waiting.last?.id == last
        else { throw SimulationFailure("run \(run.value) uses \(count) events of \(waiting.count)") }
        usedEvents[run] = waiting.map(\.id)
    }

    private func mismatch(_ row: String, _ from: some RawRepresentable<String>) -> SimulationFailure {
        SimulationFailure("\(row) was expected to be \(from.rawValue)")
    }
}
