import DAGDomain
import JSONText
import SchedulerCore
import Testing

/// Runs that data and models ask for (`retrain_when`).
@Suite struct RetrainTests {
    private static let rows = AssetURI("s3://rows")
    private static let lowAUC = RetrainClause.metric(WatchedMetric(.named("roc_auc"), .below(0.7)))

    /// A DAG `train` with a schedule, and `monitor`, which somebody starts.
    private static func world(
        _ condition: RetrainCondition, cooldown: Duration = .seconds(3_600), budget: RetrainBudget? = nil,
        _ edit: (inout DAGSettings) -> Void = { _ in }
    ) throws -> MachineHarness {
        var settings = DAGSettings()
        settings.retraining = RetrainSchedule(condition, cooldown: cooldown, budget: budget)
        edit(&settings)
        return MachineHarness(try dag("train", settings), try dag("monitor", DAGSettings()))
    }

    private static func dag(_ id: String, _ settings: DAGSettings, version: String = "1") throws -> DAG {
        var task = TaskDefinition(id: TaskID("t"), action: .shell("true"))
        task.outlets = id == "train" ? [Asset(rows)] : []
        return try DAG(
            id: DAGID(id), version: DAGVersionHash(version), path: "/dags/\(id).json", folder: "/dags",
            settings: settings, tasks: [task])
    }

    private static func report(_ value: Double, name: String = "roc_auc", in world: inout MachineHarness) {
        let run = world.trigger("monitor")
        finish(run, [Metric(name: name, value: value)], in: &world)
    }

    private static func finish(
        _ run: RunNumber, _ metrics: [Metric], verdict: GateVerdict? = nil, in world: inout MachineHarness
    ) {
        var report = AttemptReport(
            attempt: world.attempt("t", run.value), outcome: .exited(0), startDate: world.now,
            endDate: world.now, verdict: verdict)
        report.metrics = metrics
        world.send(.attemptFinished(report))
    }

    private static func emit(_ rows: Int64?, in world: inout MachineHarness) {
        let extra: JSONObject = rows.map { ["rows": .integer($0)] } ?? JSONObject()
        world.send(.assetEmitted(AssetEmission(asset: Self.rows, extra: extra, source: "test")))
    }

    @Test func aLowMetricStartsARunThatSaysWhy() throws {
        var world = try Self.world(.any([.clause(Self.lowAUC)]))
        Self.report(0.7, in: &world)
        #expect(world.trained.isEmpty)
        Self.report(0.65, in: &world)
        let run = try #require(world.trained.first)
        #expect(run.type == .scheduled && run.logicalDate == world.now)
        let cause = try #require(world.causes[run.number]?.first)
        #expect(cause.clause == "metric roc_auc below 0.7" && cause.value == 0.65)
        #expect(cause.sentence.hasPrefix("metric roc_auc below 0.7: 0.65 from t of monitor, run manual__"))
        try world.expectReloadedIsLive()
    }

    static let reports: [(WatchedMetric, [Metric], Bool)] = [
        (WatchedMetric(.named("a"), .above(1)), [Metric(name: "a", value: .nan)], false),
        (WatchedMetric(.named("a"), .above(1)), [Metric(name: "a", value: .infinity)], true),
        (WatchedMetric(.named("a"), .above(1)), [Metric(name: "b", value: 2)], false),
        (
            WatchedMetric(.named("a"), .below(1)),
            [Metric(name: "a", value: 0), Metric(name: "a", value: 2)], false
        ),
        (
            WatchedMetric(.statistic("psi", column: nil), .above(0.2)), [Metric(name: "psi.age", value: 0.3)],
            true
        ),
        (
            WatchedMetric(.statistic("psi", column: nil), .above(0.2)), [Metric(name: "max_psi", value: 0.3)],
            true
        ),
        (
            WatchedMetric(.statistic("psi", column: nil), .above(0.2)),
            [Metric(name: "batch.max_psi", value: 0.3)], true
        ),
        (
            WatchedMetric(.statistic("psi", column: "age"), .above(0.2)),
            [Metric(name: "psi.sex", value: 0.3)], false
        ),
        (
            WatchedMetric(.statistic("psi", column: "age"), .above(0.2)),
            [Metric(name: "batch.psi.age", value: 0.3)], true
        ),
        (WatchedMetric(.named("a"), .above(1), dagID: DAGID("other")), [Metric(name: "a", value: 2)], false),
        (WatchedMetric(.named("a"), .above(1), taskID: TaskID("u")), [Metric(name: "a", value: 2)], false),
        (
            WatchedMetric(.named("a"), .above(1), dagID: DAGID("monitor"), taskID: TaskID("t")),
            [Metric(name: "a", value: 2)], true
        ),
    ]

    @Test(arguments: reports) func whatCounts(_ metric: WatchedMetric, _ metrics: [Metric], _ fires: Bool)
        throws
    {
        var world = try Self.world(.any([.clause(.drift(metric))]))
        let run = world.trigger("monitor")
        Self.finish(run, metrics, in: &world)
        #expect(world.trained.isEmpty == !fires)
    }

    @Test func aFailedAttemptSaysNothingAndAFailedGateDoes() throws {
        var world = try Self.world(.any([.clause(Self.lowAUC)]))
        let first = world.trigger("monitor")
        var report = AttemptReport(
            attempt: world.attempt("t", first.value), outcome: .exited(1), startDate: nil, endDate: world.now)
        report.metrics = [Metric(name: "roc_auc", value: 0.1)]
        world.send(.attemptFinished(report))
        #expect(world.trained.isEmpty)
        let second = world.trigger("monitor")
        let line = GateVerdict.Line(
            condition: GateCondition(metric: "roc_auc", minimum: 0.7), value: 0.5, holds: false)
        Self.finish(
            second, [Metric(name: "roc_auc", value: 0.5)], verdict: GateVerdict(lines: [line], effect: .fail),
            in: &world)
        #expect(world.state("t", second.value) == .failed && world.trained.count == 1)
    }

    @Test func theCooldownHoldsAndTheNewestValueWins() throws {
        var world = try Self.world(.any([.clause(Self.lowAUC)]))
        Self.report(0.6, in: &world)
        world.finish("t", 2)
        let start = world.now
        world.advance(60)
        Self.report(0.5, in: &world)
        world.advance(60)
        Self.report(0.4, in: &world)
        #expect(world.trained.count == 1)
        let waiting = try #require(world.situation("train"))
        #expect(waiting.isMet && waiting.obstacle == .cooldown(start + .seconds(3_600)))
        #expect(waiting.sentence.hasPrefix("retrains at 2026-01-01T01:00:00"))
        try world.expectReloadedIsLive()
        #expect(world.machine.nextWake() == start + .seconds(3_600))
        world.advance(3_600 - 121)
        #expect(world.trained.count == 1)
        world.advance(1)
        #expect(world.trained.count == 2)
        #expect(world.causes[world.trained[1].number]?.map(\.value) == [0.4])
    }

    @Test func theSameTaskTakesBackWhatItHasReported() throws {
        var world = try Self.world(.any([.clause(Self.lowAUC)]))
        Self.report(0.6, in: &world)
        world.finish("t", 2)
        Self.report(0.5, in: &world)
        #expect(world.situation("train")?.isMet == true)
        Self.report(0.9, in: &world)
        #expect(world.situation("train")?.isMet == false)
        world.advance(100_000)
        #expect(world.trained.count == 1)
    }

    @Test func theBudgetIsARollingWindow() throws {
        let budget = RetrainBudget(runs: 2, period: .day)
        var world = try Self.world(.any([.clause(Self.lowAUC)]), cooldown: .seconds(60), budget: budget)
        let start = world.now
        for _ in 0..<20 {
            Self.report(0.5, in: &world)
            world.finishTraining()
            world.advance(3_600)
        }
        #expect(world.trained.map { ($0.queuedAt - start).seconds } == [0, 3_600])
        #expect(world.situation("train")?.obstacle == .budget(start + .seconds(86_400)))
        world.advance(86_400)
        #expect(world.trained.count == 3)
    }

    @Test func newRowsAddUpSinceTheLastRun() throws {
        var world = try Self.world(.any([.clause(.newRows(Self.rows, atLeast: 100))]), cooldown: .seconds(1))
        for rows: Int64? in [60, nil, -5, 39] { Self.emit(rows, in: &world) }
        #expect(world.trained.isEmpty && world.situation("train")?.rows == [Self.rows: 99])
        try world.expectReloadedIsLive()
        Self.emit(1, in: &world)
        #expect(world.trained.count == 1)
        #expect(world.causes[world.trained[0].number]?.map(\.value) == [100])
        world.finishTraining()
        world.advance(10)
        Self.emit(99, in: &world)
        #expect(world.trained.count == 1)
    }

    @Test func allNeedsEveryClause() throws {
        var world = try Self.world(
            .any([.all([.clause(.asset(Self.rows)), .clause(Self.lowAUC)])]), cooldown: .seconds(1))
        Self.emit(nil, in: &world)
        #expect(world.trained.isEmpty)
        Self.report(0.5, in: &world)
        #expect(world.causes[try #require(world.trained.first).number]?.count == 2)
    }

    @Test func theClockKeepsToDaylightSavingTime() throws {
        let cron = RetrainClause.cron(try CronExpression("30 2 * * *"))
        var world = try Self.world(.any([.clause(cron)]), cooldown: .seconds(3_600)) { settings in
            settings.timeZone = (try? TimeZoneName("America/New_York")) ?? .utc
        }
        world.now = try Timestamp(rfc3339: "2026-03-06T12:00:00Z")
        world.send(.timeReached)
        world.finishTraining()
        for _ in 0..<3 {
            world.now = try #require(world.machine.nextWake())
            world.send(.timeReached)
            world.finishTraining()
        }
        // 02:30 does not exist on 8 March: once, at the first instant after the gap.
        let dates = world.trained.suffix(3).map { $0.logicalDate?.rfc3339 }
        #expect(
            dates
                == ["2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"].map { text in
                    (try? Timestamp(rfc3339: text))?.rfc3339
                })
    }

    @Test func missedTicksAreOneAndAPauseHearsNothing() throws {
        let cron = RetrainClause.cron(try CronExpression("0 * * * *"))
        var world = try Self.world(.any([.clause(cron), .clause(Self.lowAUC)]), cooldown: .seconds(1))
        world.send(.dagPauseChanged(DAGID("train"), isPaused: true))
        world.advance(5 * 3_600 + 120)
        Self.report(0.1, in: &world)
        #expect(world.trained.isEmpty && world.machine.nextWake() == nil)
        #expect(world.situation("train")?.obstacle == .paused)
        world.send(.dagPauseChanged(DAGID("train"), isPaused: false))
        #expect(
            world.trained.map { $0.logicalDate?.rfc3339 } == [
                (try Timestamp(rfc3339: "2026-01-01T05:00:00Z")).rfc3339
            ])
        #expect(world.causes[world.trained[0].number]?.map(\.clause) == ["cron 0 * * * *"])
        try world.expectReloadedIsLive()
    }

    @Test func aChangedFileKeepsCooldownAndForgetsClausesThatAreGone() throws {
        var world = try Self.world(.any([.clause(Self.lowAUC)]))
        Self.report(0.6, in: &world)
        world.finishTraining()
        world.advance(60)
        Self.report(0.5, in: &world)
        var settings = DAGSettings()
        settings.retraining = RetrainSchedule(.any([.clause(.asset(Self.rows))]), cooldown: .seconds(3_600))
        world.send(.dagLoaded(try Self.dag("train", settings, version: "2"), pausedAtCreation: false))
        #expect(world.situation("train")?.firings.isEmpty == true)
        Self.emit(nil, in: &world)
        #expect(world.trained.count == 1 && world.situation("train")?.isMet == true)
        world.send(.dagRemoved(DAGID("train")))
        world.advance(10_000)
        #expect(world.trained.count == 1)
        world.send(.dagLoaded(try Self.dag("train", settings, version: "2"), pausedAtCreation: false))
        #expect(world.trained.count == 2)
        try world.expectReloadedIsLive()
    }

    @Test func nothingStartsAfterTheEndOrBeyondMaxActiveRuns() throws {
        var world = try Self.world(.any([.clause(Self.lowAUC)]), cooldown: .seconds(60)) { settings in
            settings.maximumActiveRuns = 1
            settings.endDate = Timestamp(secondsSinceEpoch: 1_767_225_600 + 7_200)
        }
        Self.report(0.6, in: &world)
        world.advance(120)
        Self.report(0.5, in: &world)
        #expect(world.trained.count == 1)
        #expect(world.situation("train")?.obstacle == .activeRuns(limit: 1))
        world.finishTraining()
        #expect(world.trained.count == 2)
        Self.report(0.4, in: &world)
        world.advance(10_000)
        world.finishTraining()
        #expect(world.trained.count == 2 && world.machine.nextWake() == nil)
        try world.expectReloadedIsLive()
    }

    /// What a run of the schedule says of itself is no reason for the next one.
    @Test func ownReportsAndUpdatesDoNotCount() throws {
        var world = try Self.world(
            .any([.clause(Self.lowAUC), .clause(.asset(Self.rows))]), cooldown: .seconds(1))
        Self.report(0.5, in: &world)
        let run = try #require(world.trained.first)
        Self.finish(run.number, [Metric(name: "roc_auc", value: 0.1)], in: &world)
        world.advance(1_000_000)
        #expect(world.trained.count == 1 && world.machine.nextWake() == nil)
        // Somebody who starts the DAG by hand is another matter.
        let manual = world.trigger("train")
        Self.finish(manual, [Metric(name: "roc_auc", value: 0.1)], in: &world)
        #expect(world.trained.count == 2)
    }

    /// A DAG whose own runs report what fires it, and that insists on hearing it, for 60 days: cooldown and budget bound it.
    @Test func aLoopThatInsistsIsBounded() throws {
        let own = RetrainClause.metric(WatchedMetric(.named("roc_auc"), .below(0.7), dagID: DAGID("train")))
        var world = try Self.world(
            .any([.clause(own)]), cooldown: .seconds(43_200), budget: RetrainBudget(runs: 4, period: .week))
        let first = world.trigger("train")
        Self.finish(first, [Metric(name: "roc_auc", value: 0.1)], in: &world)
        let end = world.now + .seconds(60 * 86_400)
        while world.now < end {
            for run in world.trained where world.runState(run.number.value) == .running {
                Self.finish(run.number, [Metric(name: "roc_auc", value: 0.1)], in: &world)
            }
            guard let next = world.machine.nextWake(), next < end else { break }
            world.now = max(world.now + .seconds(1), next)
            world.send(.timeReached)
        }
        let starts = world.trained.map(\.queuedAt)
        #expect(starts.count > 30 && starts.count <= 36)
        for (place, start) in starts.enumerated() {
            if place > 0 { #expect(start - starts[place - 1] >= .seconds(43_200)) }
            #expect(starts.count { $0 > start - .seconds(7 * 86_400) && $0 <= start } <= 4)
        }
    }

    @Test func theForecastShowsTheClock() throws {
        let cron = RetrainClause.cron(try CronExpression("0 3 * * 1"))
        let world = try Self.world(.any([.clause(cron), .clause(Self.lowAUC)]))
        let forecast = Forecast(
            of: world.machine,
            ForecastRequest(expected: [:], from: world.now, until: world.now + .seconds(14 * 86_400)))
        #expect(
            forecast.runs.map { $0.run.logicalDate?.rfc3339 }
                == [
                    try Timestamp(rfc3339: "2026-01-05T03:00:00Z"),
                    try Timestamp(rfc3339: "2026-01-12T03:00:00Z"),
                ]
                .map { $0.rfc3339 })
    }

    @Test(arguments: ["4/week", "1/hour", "100/day", "07/month"]) func budgets(_ text: String) {
        #expect(RetrainBudget(text: text) != nil)
    }

    @Test(arguments: [
        "", "4", "/week", "0/day", "101/day", "4/weeks", "4/week/", "-1/day", "4 /day", "٤/day",
    ])
    func notBudgets(_ text: String) {
        #expect(RetrainBudget(text: text) == nil)
    }
}

extension MachineHarness {
    /// The runs that `retrain_when` of the DAG `train` started, in order.
    fileprivate var trained: [DAGRun] {
        runs.values.filter { $0.dagID == DAGID("train") && $0.type == .scheduled }.sorted {
            $0.number < $1.number
        }
    }

    fileprivate var causes: [RunNumber: [RetrainFiring]] {
        var causes: [RunNumber: [RetrainFiring]] = [:]
        for case .retrainStarted(let run, let firings) in transitions { causes[run] = firings }
        return causes
    }

    fileprivate mutating func finishTraining() {
        for run in trained where runState(run.number.value) == .running { finish("t", run.number.value) }
    }

    fileprivate func situation(_ dag: String) -> RetrainSituation? {
        let id = DAGID(dag)
        let state = machine.snapshot
        guard let dag = dags[id], let status = state.statuses.first(where: { $0.dagID == id }) else {
            return nil
        }
        return RetrainSituation(
            of: dag, status, state.retrains.first { $0.dagID == id },
            unfinished: state.runs.count { $0.run.dagID == id }, at: now)
    }

    fileprivate func expectReloadedIsLive() throws {
        var reloaded = try SchedulerStateMachine(
            restoring: machine.snapshot, dag: { id, _ in dags[id] }, configuration: SchedulerConfiguration(),
            seed: 9)
        for dag in machine.loadedDAGs.values.sorted(by: { $0.id < $1.id }) {
            let decision = reloaded.handle(.dagLoaded(dag, pausedAtCreation: false), at: now)
            #expect(decision.transitions.isEmpty)
        }
        #expect(reloaded == machine, "\(reloaded.difference(from: machine))")
    }
}

extension Duration {
    fileprivate var seconds: Int64 { components.seconds }
}
