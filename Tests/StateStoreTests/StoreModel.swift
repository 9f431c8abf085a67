import DAGDomain
import JSONText
import StateStore

/// A plain value that does what the store promises, to compare with: applies transitions to dictionaries.
struct StoreModel {
    struct Report: Hashable {
        var outputs: [TaskOutput]
        var metrics: [Metric]
        var artifacts: [ArtifactReference]
        var verdict: GateVerdict?
    }

    private(set) var statuses: [DAGID: DAGStatus] = [:]
    private(set) var pools: [PoolName: Pool] = [.defaultPool: .standard]
    private(set) var runs: [RunNumber: DAGRun] = [:]
    private(set) var instances: [TaskInstanceKey: TaskInstance] = [:]
    private(set) var attempts: [AttemptID: Attempt] = [:]
    private(set) var reports: [TaskInstanceKey: Report] = [:]
    private(set) var backfills: [BackfillID: Backfill] = [:]
    private(set) var nextRunNumber: Int64 = 1
    private(set) var nextBackfillID: Int64 = 1
    private(set) var waitingEvents: [DAGID: [AssetEvent]] = [:]
    private(set) var nextAssetEvent: Int64 = 1
    private(set) var retrains: [DAGID: RetrainState] = [:]
    private(set) var causes: [RunNumber: [RetrainFiring]] = [:]

    mutating func apply(_ transition: Transition) {
        switch transition {
        case .dagStatusChanged(let status): statuses[status.dagID] = status
        case .ticksSkipped: break
        case .runCreated(let run, let created):
            runs[run.number] = run
            for instance in created { instances[instance.key] = instance }
            nextRunNumber = max(nextRunNumber, run.number.value + 1)
        case .runChanged(_, let run): runs[run.number] = run
        case .runRepinned(let repinning, _):
            runs[repinning.run.number] = repinning.run
            instances = instances.filter { $0.key.run != repinning.run.number }
            for instance in repinning.instances { instances[instance.key] = instance }
        case .instancesMapped(let placeholder, let created, let replaces, _):
            if replaces { instances[placeholder] = nil }
            for instance in created { instances[instance.key] = instance }
        case .instanceChanged(_, let instance, _): instances[instance.key] = instance
        case .attemptCreated(let attempt), .attemptChanged(_, let attempt): attempts[attempt.id] = attempt
        case .reportRecorded(let key, let report):
            reports[key] = Report(
                outputs: report.outputs, metrics: report.metrics, artifacts: report.artifacts,
                verdict: report.verdict)
        case .reportsForgotten(let key): reports[key] = nil
        case .noted, .noticeRaised, .outsideRecorded, .assetJoinedAlias, .assetDescribed, .assetRemoved,
            .modelChanged, .resultSetAside, .deploymentBegan, .deploymentEnded:
            break
        case .assetEventRecorded(let event, let dags):
            for dagID in dags { waitingEvents[dagID, default: []].append(event) }
            nextAssetEvent = max(nextAssetEvent, event.id.value + 1)
        case .assetEventsConsumed(_, let dagID, _, _): waitingEvents[dagID] = nil
        case .retrainChanged(let state): retrains[state.dagID] = state
        case .retrainStarted(let run, let firings): causes[run] = firings
        case .retrainForgotten(let dagID): retrains[dagID] = nil
        case .assetQueueDropped(let dagID, let assets):
            waitingEvents[dagID]?.removeAll { assets.contains($0.asset) }
            if waitingEvents[dagID]?.isEmpty == true { waitingEvents[dagID] = nil }
        case .backfillCreated(let backfill):
            backfills[backfill.id] = backfill
            nextBackfillID = max(nextBackfillID, backfill.id.value + 1)
        case .backfillChanged(let backfill): backfills[backfill.id] = backfill
        case .poolChanged(let pool): pools[pool.name] = pool
        case .poolRemoved(let name): pools[name] = nil
        }
    }

    func liveAttempt(of key: TaskInstanceKey) -> Attempt? {
        attempts.values.first { $0.instance == key && !$0.state.isFinished }
    }

    func tries(of key: TaskInstanceKey) -> Int {
        attempts.values.filter { $0.instance == key }.map(\.tryNumber).max() ?? 0
    }

    var unfinished: UnfinishedState {
        let runs = runs.values.filter { !$0.state.isFinished }.sorted { $0.number < $1.number }
        return UnfinishedState(
            statuses: statuses.values.sorted { $0.dagID < $1.dagID },
            pools: pools.values.sorted { $0.name < $1.name },
            runs: runs.map { run in
                UnfinishedState.Run(
                    run: run,
                    instances: instances.values.filter { $0.key.run == run.number }.sorted {
                        $0.key < $1.key
                    },
                    liveAttempts: attempts.values.filter {
                        $0.instance.run == run.number && !$0.state.isFinished
                    }.sorted { $0.instance < $1.instance })
            }, nextRunNumber: RunNumber(nextRunNumber),
            backfills: backfills.values.filter { $0.completedAt == nil }.sorted { $0.id < $1.id },
            nextBackfillID: BackfillID(nextBackfillID),
            assetQueues: waitingEvents.keys.sorted().map { dagID in
                (waitingEvents[dagID] ?? []).reduce(into: AssetQueue(dagID: dagID)) { $0.add($1) }
            },
            nextAssetEventID: AssetEventID(nextAssetEvent),
            retrains: retrains.values.sorted { $0.dagID < $1.dagID })
    }
}
