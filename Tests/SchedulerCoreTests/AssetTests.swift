import DAGDomain
import JSONText
import SchedulerCore
import Testing

/// Runs that updates of assets start (airflow.md A12).
@Suite struct AssetTests {
    private static let orders = AssetURI("s3://orders")
    private static let prices = AssetURI("s3://prices")

    private static func dag(
        _ id: String, outlets: [AssetURI] = [], role: TaskRole = .task, version: String = "1",
        _ edit: (inout DAGSettings) -> Void = { _ in }
    ) throws -> DAG {
        var settings = DAGSettings()
        edit(&settings)
        var task = TaskDefinition(
            id: TaskID("t"), role: role, action: role == .noop ? .none : .shell("true"))
        task.outlets = outlets.map { Asset($0) }
        return try DAG(
            id: DAGID(id), version: DAGVersionHash(version), path: "/dags/\(id).json", folder: "/dags",
            settings: settings, tasks: [task])
    }

    private static func consumer(
        _ condition: AssetCondition, id: String = "consumer", _ edit: (inout DAGSettings) -> Void = { _ in }
    ) throws -> DAG {
        try dag(id) { settings in
            settings.assets = condition
            edit(&settings)
        }
    }

    private static func emission(_ asset: AssetURI) -> SchedulerEvent {
        .assetEmitted(AssetEmission(asset: asset, source: "test"))
    }

    @Test func aSuccessStartsTheConsumerInTheSameBatch() throws {
        var world = MachineHarness(
            try Self.dag("producer", outlets: [Self.orders]), try Self.consumer(.asset(Self.orders)))
        world.trigger("producer", runID: "p")
        world.start("t")
        let before = world.transitions.count
        world.send(
            .attemptFinished(
                {
                    var report = AttemptReport(
                        attempt: world.attempt("t"), outcome: .exited(0), startDate: world.now,
                        endDate: world.now)
                    report.outlets.extras = [Self.orders: ["rows": 7]]
                    return report
                }()))
        let event = try #require(world.events.first)
        #expect(event.extra == ["rows": 7] && event.timestamp == world.now)
        #expect(event.source == .task(DAGID("producer"), RunID("p"), TaskID("t"), mapIndex: -1))
        let run = try #require(world.runs[RunNumber(2)])
        #expect(run.type == .assetTriggered && run.trigger == .asset)
        #expect(run.runID.text == "asset_triggered__2026-01-01T00:00:00+00:00")
        #expect(run.logicalDate == nil && run.dataIntervalStart == nil && run.runAfter == world.now)
        #expect(world.used == [RunNumber(2): 1])
        // Success, event and run are one batch, in an order in which each refers only to what is there.
        let kinds = world.transitions[before...].compactMap(\.kind)
        #expect(kinds == ["success", "event", "run", "used"])
    }

    @Test(arguments: [AttemptOutcome.exited(1), .exited(99), .signalled(9), .timedOut])
    func onlyASuccessUpdates(_ outcome: AttemptOutcome) throws {
        var world = MachineHarness(try Self.dag("producer", outlets: [Self.orders]))
        world.trigger("producer")
        world.finish("t", 1, outcome)
        #expect(world.events.isEmpty)
    }

    @Test func markingIsNoUpdateAndClearingUpdatesAgain() throws {
        var world = MachineHarness(try Self.dag("producer", outlets: [Self.orders]))
        world.trigger("producer")
        world.send(.instancesMarked(RunNumber(1), [0], as: .success, by: "ann"))
        world.send(
            .attemptFinished(
                AttemptReport(
                    attempt: world.attempt("t"), outcome: .exited(0), startDate: nil, endDate: world.now)))
        #expect(world.state("t") == .success && world.events.isEmpty)
        world.trigger("producer")
        world.finish("t", 2)
        #expect(world.events.count == 1)
    }

    private static func report(
        _ world: MachineHarness, _ edit: (inout OutletReport) -> Void
    ) -> SchedulerEvent {
        var report = AttemptReport(
            attempt: world.attempt("t"), outcome: .exited(0), startDate: world.now, endDate: world.now)
        edit(&report.outlets)
        return .attemptFinished(report)
    }

    private static func aliasProducer(_ aliases: AssetAliasName...) throws -> DAG {
        var task = TaskDefinition(id: TaskID("t"), action: .shell("true"))
        task.lateAssets.aliases = aliases
        return try DAG(
            id: DAGID("producer"), version: DAGVersionHash("1"), path: "/dags/producer.json",
            folder: "/dags", settings: DAGSettings(), tasks: [task])
    }

    /// As in Airflow: the first update under an alias already starts who waits for the alias, and from then on every
    /// update of that asset does, also one that has nothing to do with the alias.
    @Test func anAliasStandsForWhatWasUpdatedUnderIt() throws {
        let alias = AssetAliasName("daily")
        let consumer = try Self.consumer(.alias(alias))
        var world = MachineHarness(try Self.aliasProducer(alias), consumer)
        world.send(Self.emission(Self.orders))
        #expect(world.used.isEmpty)
        world.trigger("producer")
        world.start("t")
        world.send(
            Self.report(world) {
                $0.aliased = [.init(asset: Self.orders, extra: ["n": 1], aliases: [alias])]
            })
        #expect(world.events.last?.aliases == [alias] && world.events.last?.extra == ["n": 1])
        #expect(world.used.count == 1)
        let joined = world.transitions.filter { if case .assetJoinedAlias = $0 { true } else { false } }
        #expect(joined == [.assetJoinedAlias(Self.orders, alias, at: world.now)])
        world.machine = try SchedulerStateMachine(
            restoring: world.machine.snapshot, dag: { id, _ in id == consumer.id ? consumer : nil },
            configuration: world.machine.configuration, seed: 2)
        world.send(.dagLoaded(consumer, pausedAtCreation: false))
        world.end("t", run: 2)
        world.advance(2)
        world.send(Self.emission(Self.orders))
        #expect(world.used.count == 2)
    }

    @Test func anAliasWithoutAssetsHoldsNothing() throws {
        let condition = AssetCondition.any([.alias(AssetAliasName("a")), .alias(AssetAliasName("b"))])
        #expect(!condition.isMet { _ in true })
        #expect(condition.rest { _ in true } == condition)
        #expect(
            AssetCondition.all([.alias(AssetAliasName("a"))]).rest { _ in true }
                == .alias(AssetAliasName("a")))
        let members = AliasMembers([AssetAliasName("b"): [Self.orders]])
        #expect(condition.isMet(aliases: members) { $0 == Self.orders })
        #expect(condition.rest(aliases: members) { $0 == Self.orders } == nil)
        #expect(condition.description == "alias a or alias b")
    }

    /// Filled-in outlets count as those of the file do; one of them with a description becomes an asset first.
    @Test func outletsThatWereFilledInAreUpdated() throws {
        var task = TaskDefinition(id: TaskID("t"), action: .shell("true"))
        task.outlets = [Asset(Self.prices)]
        task.lateAssets.outlets = [AssetTemplate(uri: TemplateText(literal: "s3://orders"))]
        let producer = try DAG(
            id: DAGID("producer"), version: DAGVersionHash("1"), path: "/dags/p.json", folder: "/dags",
            settings: DAGSettings(), tasks: [task])
        var world = MachineHarness(producer, try Self.consumer(.asset(Self.orders)))
        world.trigger("producer")
        world.start("t")
        let asset = Asset(Self.orders, name: "orders")
        world.send(
            Self.report(world) {
                $0.filled = [asset]
                $0.extras = [Self.orders: ["n": 1]]
            })
        #expect(world.events.map(\.asset) == [Self.prices, Self.orders])
        #expect(world.events.last?.extra == ["n": 1] && world.used.count == 1)
        #expect(world.transitions.contains(.assetDescribed(asset, at: world.now)))
    }

    @Test func anAssetThatIsRemovedWaitsNoMore() throws {
        let alias = AssetAliasName("daily")
        var world = MachineHarness(
            try Self.aliasProducer(alias), try Self.consumer(.all([.alias(alias), .asset(Self.prices)])))
        world.trigger("producer")
        world.start("t")
        world.send(
            Self.report(world) {
                $0.aliased = [.init(asset: Self.orders, extra: [:], aliases: [alias])]
            })
        world.send(.assetRemoved(Self.orders))
        #expect(world.transitions.suffix(2).map { "\($0)".prefix(12) } == ["assetQueueDr", "assetRemoved"])
        world.send(Self.emission(Self.prices))
        world.send(Self.emission(Self.orders))
        #expect(world.used.isEmpty && world.machine.snapshot.aliasMembers == AliasMembers())
    }

    @Test func aTaskWithoutAProgramUpdates() throws {
        var world = MachineHarness(
            try Self.dag("producer", outlets: [Self.orders, Self.prices], role: .noop))
        world.trigger("producer")
        #expect(world.events.map(\.asset) == [Self.orders, Self.prices])
    }

    @Test func everyInstanceOfAMappedTaskUpdates() throws {
        let mapped = try SchedulerCoreTests.dag(
            (
                "m", upstream: [],
                {
                    $0.flow.mapping = .list("n", 1, 2)
                    $0.outlets = [Asset(Self.orders)]
                }
            ))
        var world = MachineHarness(mapped)
        world.trigger("d")
        world.end("m", 1)
        world.end("m", 0)
        let indices = world.events.map { event -> Int in
            if case .task(_, _, _, let index) = event.source { index } else { -2 }
        }
        #expect(indices == [1, 0])
    }

    struct Case: Sendable {
        let condition: AssetCondition
        let updates: [AssetURI]
        let starts: Bool
        let rest: String?
    }

    static let cases: [Case] = {
        let (a, b, c) = (AssetURI("a"), AssetURI("b"), AssetURI("c"))
        let all: AssetCondition = .all([.asset(a), .asset(b)])
        let mixed: AssetCondition = .all([.asset(a), .any([.asset(b), .asset(c)])])
        let either: AssetCondition = .any([.asset(a), .all([.asset(b), .asset(c)])])
        return [
            Case(condition: .asset(a), updates: [b], starts: false, rest: "a"),
            Case(condition: all, updates: [a], starts: false, rest: "b"),
            Case(condition: all, updates: [a, a], starts: false, rest: "b"),
            Case(condition: all, updates: [b, a], starts: true, rest: nil),
            Case(condition: mixed, updates: [b, c], starts: false, rest: "a"),
            Case(condition: mixed, updates: [a], starts: false, rest: "b or c"),
            Case(condition: mixed, updates: [a, c], starts: true, rest: nil),
            Case(condition: either, updates: [b], starts: false, rest: "a or c"),
            Case(condition: either, updates: [b, c], starts: true, rest: nil),
            Case(condition: either, updates: [a], starts: true, rest: nil),
        ]
    }()

    @Test(arguments: cases) func conditions(_ example: Case) throws {
        var world = MachineHarness(try Self.consumer(example.condition))
        for asset in example.updates { world.send(Self.emission(asset)) }
        #expect(world.runs.isEmpty == !example.starts)
        #expect(example.condition.rest { example.updates.contains($0) }?.description == example.rest)
    }

    @Test func severalEventsBeforeTheRunAreUsedByOneRun() throws {
        var world = MachineHarness(
            try Self.consumer(.all([.asset(Self.orders), .asset(Self.prices)])))
        for _ in 0..<3 { world.send(Self.emission(Self.orders)) }
        #expect(world.runs.isEmpty)
        world.advance(60)
        world.send(Self.emission(Self.prices))
        #expect(world.used == [RunNumber(1): 4])
        #expect(world.runs[RunNumber(1)]?.runAfter == world.now)
        // Both are needed anew.
        world.advance(60)
        world.send(Self.emission(Self.prices))
        #expect(world.runs.count == 1)
    }

    @Test func whatComesWhileARunMayNotBeMadeIsUsedByTheNext() throws {
        var world = MachineHarness(
            try Self.consumer(.asset(Self.orders)) { $0.maximumActiveRuns = 1 })
        world.send(Self.emission(Self.orders))
        #expect(world.runs.count == 1)
        for _ in 0..<3 {
            world.advance(60)
            world.send(Self.emission(Self.orders))
        }
        #expect(world.runs.count == 1)
        world.finish("t")
        #expect(world.used == [RunNumber(1): 1, RunNumber(2): 3])
    }

    @Test func runsAreASecondApart() throws {
        var world = MachineHarness(try Self.consumer(.asset(Self.orders)))
        world.send(Self.emission(Self.orders))
        world.send(Self.emission(Self.orders))
        world.send(Self.emission(Self.orders))
        #expect(world.runs.count == 1)
        #expect(world.machine.nextWake() == world.now + .seconds(1))
        world.advance(1)
        #expect(world.used == [RunNumber(1): 1, RunNumber(2): 2])
    }

    /// Two DAGs without any work that update each other's assets: a run each second, not a storm.
    @Test func aCircleOfAssetsIsNoStorm() throws {
        let one = try Self.dag("one", outlets: [Self.prices], role: .noop) { $0.assets = .asset(Self.orders) }
        let two = try Self.dag("two", outlets: [Self.orders], role: .noop) { $0.assets = .asset(Self.prices) }
        var world = MachineHarness(one, two)
        world.send(Self.emission(Self.orders))
        for _ in 0..<10 { world.send(.timeReached) }
        #expect(world.runs.count <= 3)
        #expect(world.machine.nextWake().map { $0 > world.now } == true)
    }

    @Test func eventsWhilePausedAreOnRecordOnly() throws {
        var world = MachineHarness(try Self.consumer(.all([.asset(Self.orders), .asset(Self.prices)])))
        world.send(Self.emission(Self.orders))
        world.send(.dagPauseChanged(DAGID("consumer"), isPaused: true))
        world.send(Self.emission(Self.prices))
        #expect(world.events.count == 2)
        world.send(.dagPauseChanged(DAGID("consumer"), isPaused: false))
        // What waited before the pause waits still; what came during it is not made up for.
        #expect(world.runs.isEmpty)
        world.send(Self.emission(Self.prices))
        #expect(world.used == [RunNumber(1): 2])
    }

    @Test func aRunThatIsReadyWaitsForTheEndOfThePause() throws {
        var world = MachineHarness(
            try Self.consumer(.asset(Self.orders)) { $0.maximumActiveRuns = 1 })
        world.send(Self.emission(Self.orders))
        world.advance(60)
        world.send(Self.emission(Self.orders))
        world.send(.dagPauseChanged(DAGID("consumer"), isPaused: true))
        world.finish("t")
        #expect(world.runs.count == 1)
        world.send(.dagPauseChanged(DAGID("consumer"), isPaused: false))
        #expect(world.runs.count == 2)
    }

    @Test func eventsOutsideTheDatesOfADAGDoNotCount() throws {
        let start = Timestamp(secondsSinceEpoch: 1_767_225_600)
        var world = MachineHarness(
            try Self.consumer(.asset(Self.orders)) {
                $0.startDate = start + .seconds(60)
                $0.endDate = start + .seconds(120)
            })
        for seconds in [0, 60, 61] as [Int64] {
            world.advance(seconds)
            world.send(Self.emission(Self.orders))
        }
        #expect(world.events.count == 3 && world.used == [RunNumber(1): 1])
    }

    @Test func assetOrTime() throws {
        var world = MachineHarness(
            try Self.consumer(.asset(Self.orders)) { $0.schedule = .every(.seconds(3_600)) })
        world.send(Self.emission(Self.orders))
        world.advance(3_600)
        #expect(world.runs.values.map(\.type.rawValue).sorted() == ["asset_triggered", "scheduled"])
        // A scheduled run uses no events.
        #expect(world.used.count == 1)
    }

    @Test func eachConsumerUsesAnEventOnce() throws {
        var world = MachineHarness(
            try Self.consumer(.asset(Self.orders), id: "one"),
            try Self.consumer(.asset(Self.orders), id: "two"))
        world.send(Self.emission(Self.orders))
        #expect(world.runs.values.map(\.dagID.text).sorted() == ["one", "two"])
        world.advance(60)
        #expect(world.runs.count == 2)
    }

    @Test func aChangedConditionKeepsWhatItStillNames() throws {
        var world = MachineHarness(
            try Self.consumer(.all([.asset(Self.orders), .asset(Self.prices), .asset(AssetURI("c"))])))
        world.send(Self.emission(Self.orders))
        world.send(Self.emission(Self.prices))
        let changed = try Self.dag("consumer", version: "2") {
            $0.assets = .all([.asset(Self.orders), .asset(AssetURI("c"))])
        }
        world.send(.dagLoaded(changed, pausedAtCreation: false))
        #expect(world.transitions.contains(.assetQueueDropped(DAGID("consumer"), [Self.prices])))
        world.send(Self.emission(AssetURI("c")))
        #expect(world.used == [RunNumber(1): 2])
    }

    @Test func waitingEventsCanBeTakenAway() throws {
        let condition: AssetCondition = .all([
            .asset(Self.orders), .asset(Self.prices), .asset(AssetURI("c")),
        ])
        var world = MachineHarness(try Self.consumer(condition))
        world.send(Self.emission(Self.orders))
        world.advance(60)
        world.send(Self.emission(Self.prices))
        world.send(.assetQueueDropped(DAGID("consumer"), nil, before: world.now))
        #expect(world.transitions.last == .assetQueueDropped(DAGID("consumer"), [Self.orders]))
        world.send(.assetQueueDropped(DAGID("consumer"), [Self.orders], before: nil))
        #expect(world.machine.snapshot.assetQueues.map(\.count) == [1])
        world.send(.assetQueueDropped(DAGID("consumer"), nil, before: nil))
        #expect(world.machine.snapshot.assetQueues.isEmpty)
    }

    @Test func aNameThatIsTakenGetsASuffix() throws {
        var world = MachineHarness(try Self.consumer(.asset(Self.orders)))
        let plain = RunID("asset_triggered__2026-01-01T00:00:00+00:00")
        _ = world.machine.handle(Self.emission(Self.orders), at: world.now)
        let due = world.machine.dueRuns(at: world.now)
        #expect(due == [ScheduledRunKey(dagID: DAGID("consumer"), runID: plain, logicalDate: nil)])
        world.send(.timeReached, taken: Set(due))
        #expect(world.runs[RunNumber(1)]?.runID.text.hasPrefix("\(plain)_") == true)
    }

    @Test func whatWaitsOutlivesARestart() throws {
        let consumer = try Self.consumer(.all([.asset(Self.orders), .asset(Self.prices)]))
        var world = MachineHarness(consumer)
        world.send(Self.emission(Self.orders))
        let reborn = try SchedulerStateMachine(
            restoring: world.machine.snapshot, dag: { _, _ in consumer },
            configuration: world.machine.configuration, seed: 2)
        world.machine = reborn
        world.send(.dagLoaded(consumer, pausedAtCreation: false))
        world.send(Self.emission(Self.prices))
        #expect(world.used == [RunNumber(1): 2])
    }
}

extension MachineHarness {
    /// The recorded asset events, in order.
    fileprivate var events: [AssetEvent] {
        transitions.compactMap { if case .assetEventRecorded(let event, _) = $0 { event } else { nil } }
    }

    /// How many events each run uses.
    fileprivate var used: [RunNumber: Int] {
        transitions.reduce(into: [:]) { used, transition in
            if case .assetEventsConsumed(let run, _, let count, _) = transition { used[run] = count }
        }
    }
}

extension Transition {
    fileprivate var kind: String? {
        switch self {
        case .instanceChanged(_, let instance, _): instance.state == .success ? "success" : nil
        case .assetEventRecorded: "event"
        case .runCreated: "run"
        case .assetEventsConsumed: "used"
        default: nil
        }
    }
}
