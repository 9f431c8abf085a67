import DAGDomain
import JSONText
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct ForecastTests {
    private static let now = Timestamp(secondsSinceEpoch: 1_767_225_600)  // 2026-01-01T00:00:00Z

    private func hourly(
        _ id: String, pool: PoolName = .defaultPool, _ edit: (inout DAGSettings) -> Void = { _ in }
    ) -> DAG {
        var settings = DAGSettings(schedule: .every(.seconds(3_600)))
        edit(&settings)
        var task = TaskDefinition(id: TaskID("a"), action: .shell("true"))
        task.pool = pool
        return DAG(id, settings: settings, tasks: [task])
    }

    private func forecast(
        _ dags: DAG..., pools: [Pool] = [], expected: [DAGID: [TaskID: Duration]] = [:], hours: Int = 3,
        maximumRuns: Int = 100, before: (inout MachineHarness) -> Void = { _ in }
    ) -> Forecast {
        var h = MachineHarness()
        for pool in pools { h.send(.poolChanged(pool)) }
        for dag in dags { h.send(.dagLoaded(dag, pausedAtCreation: false)) }
        before(&h)
        let before = h.machine.snapshot
        let forecast = Forecast(
            of: h.machine,
            ForecastRequest(
                expected: expected, from: h.now, until: h.now + .seconds(hours * 3_600),
                maximumRuns: maximumRuns))
        #expect(h.machine.snapshot == before, "a forecast changes nothing")
        return forecast
    }

    private func minutes(_ instant: Timestamp?) -> Int? {
        instant.map { Int(($0 - Self.now).inSeconds) / 60 }
    }

    @Test func runsTakeAsLongAsTheyDid() {
        let plan = forecast(hourly("d"), expected: [DAGID("d"): [TaskID("a"): .seconds(600)]])
        #expect(plan.runs.map { minutes($0.run.startDate) } == [60, 120, 180])
        #expect(plan.runs.map { minutes($0.run.endDate) } == [70, 130, nil])
        #expect(plan.runs.map(\.basis) == [.history, .history, .history])
        #expect(plan.runs.allSatisfy { $0.waits.isEmpty })
        #expect(plan.cutAt == nil)
    }

    @Test func aDeadlineThatWillBeMissedIsSeen() {
        for (limit, isMissed) in [(300, true), (900, false)] as [(Int64, Bool)] {
            let dag = hourly("d") {
                $0.deadlines = [Deadline(.finished, from: .queuedAt, .after(.seconds(limit)))]
            }
            let plan = forecast(dag, expected: [DAGID("d"): [TaskID("a"): .seconds(600)]], hours: 2)
            let told = plan.runs.flatMap { $0.run.toldDeadlines(in: dag) }
            #expect(told.map(\.outcome) == (isMissed ? [.missed] : []))
            #expect(
                told.map(\.text)
                    == (isMissed ? ["the run has not finished by 2026-01-01T01:05:00.000000Z"] : []))
        }
    }

    @Test func whatNobodyKnowsIsAssumed() {
        let plan = forecast(hourly("d"), hours: 2)
        #expect(plan.runs.map(\.basis) == [.assumed, .assumed])
        #expect(minutes(plan.runs.first?.run.endDate) == 61)
    }

    /// Two DAGs at the same instants, one slot: one of them waits for the other, and for nothing else.
    @Test func thePoolIsTheBottleneck() {
        let gpu = PoolName("gpu")
        let expected: [DAGID: [TaskID: Duration]] = [
            DAGID("d"): [TaskID("a"): .seconds(1_200)], DAGID("e"): [TaskID("a"): .seconds(1_200)],
        ]
        let plan = forecast(
            hourly("d", pool: gpu), hourly("e", pool: gpu),
            pools: [Pool(name: gpu, slots: 1, description: "")],
            expected: expected, hours: 2)
        let ends = plan.runs.filter { $0.run.logicalDate == Self.now + .seconds(3_600) }
            .compactMap { minutes($0.run.endDate) }.sorted()
        #expect(ends == [80, 100])
        let waits = plan.runs.reduce(into: [:]) { sum, run in sum.merge(run.waits, uniquingKeysWith: +) }
        #expect(waits == [.pool(gpu): .seconds(1_200)])
        let standstills = plan.runs.flatMap(\.standstills)
        #expect(standstills.map { [minutes($0.start), minutes($0.end)] } == [[60, 80]])
    }

    @Test func longRunsQueueUpBehindTheirLimit() {
        let plan = forecast(
            hourly("d") { $0.maximumActiveRuns = 1 },
            expected: [DAGID("d"): [TaskID("a"): .seconds(5_400)]], hours: 4)
        #expect(plan.runs.map { minutes($0.run.startDate) } == [60, 150, 240, nil])
        #expect(plan.runs[1].waits == [.activeRuns(DAGID("d")): .seconds(1_800)])
    }

    /// What runs now goes on, and takes its slot meanwhile.
    @Test func beginsWithWhatRuns() {
        let plan = forecast(
            hourly("d") { $0.maximumActiveRuns = 1 },
            expected: [DAGID("d"): [TaskID("a"): .seconds(6_000)]], hours: 2
        ) { h in
            h.trigger("d")
            h.start("a")
            h.now = h.now + .seconds(1_800)
        }
        #expect(plan.runs.first?.run.type == .manual)
        #expect(minutes(plan.runs.first?.run.endDate) == 100)
        #expect(plan.runs.dropFirst().map { minutes($0.run.startDate) } == [100, nil])
    }

    @Test func aPausedDAGHasNoRuns() {
        let plan = forecast(hourly("d"), hourly("e")) { h in
            h.send(.dagPauseChanged(DAGID("d"), isPaused: true))
        }
        #expect(Set(plan.runs.map(\.run.dagID)) == [DAGID("e")])
    }

    @Test func endsAtItsLimit() {
        let plan = forecast(hourly("d"), hours: 2_000, maximumRuns: 10)
        #expect(plan.runs.count == 10)
        #expect(minutes(plan.cutAt) == 600)
    }

    /// A task that asks for a run of another DAG makes that run part of the forecast.
    @Test func triggeredRunsArePart() {
        let trigger = TaskDefinition(
            id: TaskID("t"), action: .triggerDAG(TriggerDAGAction(dagID: DAGID("other"))))
        let dag = DAG("d", settings: DAGSettings(schedule: .every(.seconds(3_600))), tasks: [trigger])
        let plan = forecast(dag, DAG("other", order: ["a"]), hours: 1)
        #expect(plan.runs.map(\.run.dagID.text) == ["d", "other"])
        #expect(plan.runs.last?.run.parent?.run == plan.runs.first?.run.number)
    }

    /// Who waits for a run that it asked for is as long as that run.
    @Test func aRunThatIsWaitedForIsWaitedFor() {
        let trigger = TaskDefinition(
            id: TaskID("t"),
            action: .triggerDAG(TriggerDAGAction(dagID: DAGID("other"), waitsForRun: true)))
        let dag = DAG("d", settings: DAGSettings(schedule: .every(.seconds(3_600))), tasks: [trigger])
        let plan = forecast(
            dag, DAG("other", order: ["a"]), expected: [DAGID("other"): [TaskID("a"): .seconds(900)]],
            hours: 2)
        #expect(plan.runs.map(\.run.dagID.text) == ["d", "other", "d", "other"])
        #expect(plan.runs.map { minutes($0.run.endDate) } == [75, 75, nil, nil])
        #expect(plan.runs.prefix(2).allSatisfy { $0.run.state == .success })
    }

    /// A mapping over an output is as wide as it was last; one of which nobody knows has one instance.
    @Test func mappingsAreAsWideAsTheyWere() {
        func mapped() -> DAG {
            var settings = DAGSettings(schedule: .every(.seconds(3_600)))
            settings.maximumActiveTasks = 1
            let list = TaskDefinition(id: TaskID("list"), action: .shell("true"))
            var each = TaskDefinition(id: TaskID("each"), action: .shell("true"), dependsOn: [list.id])
            each.flow.mapping = TaskMapping(.rows(.output(task: list.id, name: "rows")))
            var rest = TaskDefinition(id: TaskID("rest"), action: .shell("true"), dependsOn: [list.id])
            rest.flow.condition = Condition(
                text: "outputs.list.more",
                expression: .output(task: list.id, name: "more"))
            return DAG("d", settings: settings, tasks: [list, each, rest])
        }
        let expected = [
            DAGID("d"): ["list", "each", "rest"].reduce(into: [:]) { $0[TaskID($1)] = Duration.seconds(600) }
        ]
        func ends(_ outputs: [String: JSONValue]) -> [Int?] {
            var h = MachineHarness()
            h.send(.dagLoaded(mapped(), pausedAtCreation: false))
            let plan = Forecast(
                of: h.machine,
                ForecastRequest(
                    expected: expected, outputs: [DAGID("d"): [TaskID("list"): outputs]], from: h.now,
                    until: h.now + .seconds(7_000)))
            #expect(plan.runs.allSatisfy { $0.run.state != .failed })
            return plan.runs.map { minutes($0.run.endDate) }
        }
        #expect(ends([:]) == [80])
        #expect(ends(["rows": [["n": 1], ["n": 2], ["n": 3]]]) == [100])
        #expect(ends(["rows": [["n": 1]], "more": true]) == [90])
    }
}
