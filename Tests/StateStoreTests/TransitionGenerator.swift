import DAGDomain
import JSONText
import StateStore

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Makes random transitions that fit what a model holds.
struct TransitionGenerator {
    private var random: SeededGenerator
    private let fixtures: [Fixture]

    init(seed: UInt64, fixtures: [Fixture]) {
        random = SeededGenerator(seed: seed)
        self.fixtures = fixtures
    }

    /// Transitions that fit one after the other, already applied to the model.
    mutating func batch(for model: inout StoreModel) -> [Transition] {
        var batch: [Transition] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            guard let transition = transition(for: model) else { continue }
            model.apply(transition)
            batch.append(transition)
        }
        return batch
    }

    mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

    private mutating func pick<Values: Collection>(_ values: Values) -> Values.Element? {
        values.randomElement(using: &random)
    }

    private mutating func optional<Value>(_ value: Value) -> Value? { number(below: 2) == 0 ? value : nil }

    private mutating func instant() -> Timestamp { .at(Int64(number(below: 1000))) }

    private mutating func transition(for model: StoreModel) -> Transition? {
        switch number(below: 14) {
        case 12: return retrainTransition(in: model)
        case 10, 11: return assetTransition(in: model)
        case 9: return newOrChangedBackfill(in: model)
        case 0: return newRun(in: model)
        case 1: return changedRun(in: model)
        case 2, 3, 4: return changedInstance(in: model)
        case 5, 6: return newOrChangedAttempt(in: model)
        case 7: return report(in: model)
        case 8: return changedPool(in: model)
        default:
            guard let fixture = pick(fixtures) else { return nil }
            if number(below: 2) == 0 {
                return .ticksSkipped(
                    dagID: fixture.dag.id, count: 2, from: instant(), through: instant(), at: instant())
            }
            return .dagStatusChanged(fixture.status(paused: number(below: 2) == 0))
        }
    }

    private mutating func newRun(in model: StoreModel) -> Transition? {
        guard let fixture = pick(fixtures) else { return nil }
        let number = model.nextRunNumber + Int64(number(below: 3))
        let run = fixture.run(number, state: .queued, parameters: ["n": .integer(number)])
        var instances = fixture.instances(number)
        if let key = instances.last?.key {
            instances.append(
                TaskInstance(key: TaskInstanceKey(run: key.run, task: key.task, mapIndex: 3), maximumTries: 1)
            )
        }
        return .runCreated(run, instances)
    }

    private mutating func newOrChangedBackfill(in model: StoreModel) -> Transition? {
        let active = model.backfills.values.filter { $0.completedAt == nil }.sorted { $0.id < $1.id }
        if number(below: 2) == 0, var backfill = pick(active) {
            backfill.isPaused.toggle()
            backfill.updatedAt = instant()
            backfill.completedAt = optional(instant())
            return .backfillChanged(backfill)
        }
        guard let fixture = pick(fixtures), let reprocess = pick(ReprocessBehavior.allCases) else {
            return nil
        }
        return .backfillCreated(
            Backfill(
                id: BackfillID(model.nextBackfillID + Int64(number(below: 2))), dagID: fixture.dag.id,
                fromDate: instant(), toDate: instant(), maximumActiveRuns: 1 + number(below: 5),
                isReversed: number(below: 2) == 0, isCollapsed: number(below: 2) == 0,
                reprocess: reprocess, parameters: ["n": .integer(Int64(number(below: 9)))],
                createdAt: instant(), isPaused: number(below: 2) == 0))
    }

    private mutating func retrainTransition(in model: StoreModel) -> Transition? {
        guard let dagID = pick(fixtures)?.dag.id else { return nil }
        let sources: [AssetEventSource?] = [
            nil, .outside("ann"), .task(dagID, RunID("r"), TaskID("t"), mapIndex: number(below: 3) - 1),
        ]
        let firing = RetrainFiring(
            clause: "metric auc below \(number(below: 3))", at: instant(),
            value: optional(0.1 * Double(number(below: 9))), source: pick(sources) ?? nil)
        switch number(below: 4) {
        case 0: return .retrainForgotten(dagID)
        case 1:
            let free = model.runs.keys.filter { model.causes[$0] == nil }.sorted()
            return pick(free).map { .retrainStarted($0, [firing]) }
        default:
            return .retrainChanged(
                RetrainState(
                    dagID: dagID, firings: [firing], rows: [AssetURI("s3://a"): Int64(number(below: 9))],
                    starts: [instant(), instant()]))
        }
    }

    private mutating func assetTransition(in model: StoreModel) -> Transition? {
        let assets = ["s3://a", "s3://b", "c d"].map { AssetURI($0) }
        guard let asset = pick(assets), let dagID = pick(fixtures)?.dag.id else { return nil }
        let waiting = model.waitingEvents[dagID] ?? []
        switch number(below: 5) {
        case 0:
            let runs = model.runs.values.filter { $0.dagID == dagID }.sorted { $0.number < $1.number }
            guard let run = pick(runs), let last = waiting.last else { return nil }
            return .assetEventsConsumed(run.number, dagID, count: waiting.count, through: last.id)
        case 1: return .assetQueueDropped(dagID, [asset])
        default:
            let source: AssetEventSource =
                number(below: 2) == 0
                ? .outside("test")
                : .task(dagID, RunID("r"), TaskID("t"), mapIndex: number(below: 3) - 1)
            let event = AssetEvent(
                id: AssetEventID(model.nextAssetEvent + Int64(number(below: 3))), asset: asset,
                timestamp: instant(), extra: ["n": .integer(Int64(number(below: 9)))], source: source)
            let takers = fixtures.map(\.dag.id).filter { _ in number(below: 2) == 0 }
            return .assetEventRecorded(event, queuedFor: Array(Set(takers)).sorted())
        }
    }

    private mutating func changedRun(in model: StoreModel) -> Transition? {
        guard var run = pick(model.runs.sorted { $0.key < $1.key })?.value,
            let state = pick(DAGRunState.allCases), let reason = pick(RunReason.allCases)
        else { return nil }
        let from = run.state
        run.state = state
        run.startDate = optional(instant())
        run.endDate = optional(instant())
        run.reason = optional(reason)
        run.reasonDetail = optional("another run")
        run.backfill = optional(BackfillID(Int64(1 + number(below: 5))))
        run.deadlines = (0..<number(below: 3)).map { position in
            DeadlineRecord(
                task: number(below: 3) - 1, position: position,
                outcome: pick(DeadlineRecord.Outcome.allCases) ?? .met, due: optional(instant()),
                limit: optional(.microseconds(Int64(number(below: 1_000_000)))))
        }
        run.deadlinesAreClosed = number(below: 2) == 0
        return .runChanged(from: from, to: run)
    }

    private mutating func changedInstance(in model: StoreModel) -> Transition? {
        guard var instance = pick(model.instances.sorted { $0.key < $1.key })?.value,
            let state = pick(TaskInstanceState.allCases), let reason = pick(StoredReasonTests.reasons),
            let failure = pick(FailureReason.allCases)
        else { return nil }
        let from = instance.state
        instance.state = state
        instance.tryNumber = model.tries(of: instance.key)
        instance.triesSinceClear = number(below: instance.tryNumber + 1)
        instance.maximumTries = number(below: 9)
        instance.scheduledAt = optional(instant())
        instance.queuedAt = optional(instant())
        instance.startDate = optional(instant())
        instance.endDate = optional(instant())
        instance.notBefore = optional(instant())
        instance.attempt = model.attempts.values.filter { $0.instance == instance.key }.map(\.id).min()
        instance.failure = optional(failure)
        instance.reason = optional(reason)
        return .instanceChanged(from: from, to: instance, at: instant())
    }

    private mutating func newOrChangedAttempt(in model: StoreModel) -> Transition? {
        guard let key = pick(model.instances.keys.sorted()), let state = pick(AttemptState.allCases),
            let reason = pick(StoredReasonTests.reasons)
        else { return nil }
        guard var attempt = model.liveAttempt(of: key) else {
            let tryNumber = model.tries(of: key) + 1
            let id = AttemptID("\(key.run.value)-\(key.task)-\(key.mapIndex)-\(tryNumber)")
            return .attemptCreated(Attempt(id: id, instance: key, tryNumber: tryNumber, createdAt: instant()))
        }
        let from = attempt.state
        attempt.state = state
        attempt.processID = optional(Int32(number(below: 9999)))
        attempt.startDate = optional(instant())
        attempt.endDate = optional(instant())
        attempt.exitCode = optional(Int32(number(below: 256)))
        attempt.signal = optional(9)
        attempt.reason = optional(reason)
        return .attemptChanged(from: from, to: attempt)
    }

    private mutating func report(in model: StoreModel) -> Transition? {
        guard let key = pick(model.instances.keys.sorted()) else { return nil }
        if number(below: 4) == 0 { return .reportsForgotten(instance: key) }
        var report = AttemptReport(
            attempt: AttemptID("a"), outcome: .exited(0), startDate: nil, endDate: instant())
        for index in 0..<number(below: 3) {
            report.outputs.append(TaskOutput(name: "o\(index)", value: .integer(Int64(number(below: 99)))))
            report.metrics.append(
                Metric(name: "m", value: Double(number(below: 99)), step: optional(Int64(index))))
            report.artifacts.append(
                ArtifactReference(name: "a\(index)", path: "p", sha256: "\(index)", sizeBytes: 1))
        }
        report.verdict = optional(StoredReasonTests.verdict)
        return .reportRecorded(instance: key, report: report)
    }

    private mutating func changedPool(in model: StoreModel) -> Transition? {
        if number(below: 2) == 0, let name = pick(model.pools.keys.filter { $0 != .defaultPool }.sorted()) {
            return .poolRemoved(name)
        }
        return .poolChanged(Pool(name: PoolName("p\(number(below: 4))"), slots: number(below: 9)))
    }
}
