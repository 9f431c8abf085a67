import DAGDomain
import JSONText
import StateStore
import Testing

@Suite struct QueryTests {
    private let fixture: Fixture
    private let home: TemporaryHome
    private let store: StateStore

    /// Two DAGs with ten runs each, states taking turns.
    init() throws {
        fixture = try Fixture()
        home = try TemporaryHome()
        store = try fixture.store(home)
        let other = try Fixture(id: "other")
        try store.recordVersion(of: other.dag, source: other.source, at: .at(0))
        try store.commit(
            [.dagStatusChanged(fixture.status()), .dagStatusChanged(other.status(paused: true))], at: .at(0))
        let states = DAGRunState.allCases
        for number in 1...20 {
            let source = number % 2 == 0 ? fixture : other
            var run = source.run(Int64(number), logicalDate: .at(Int64(100 - number)), state: .queued)
            try store.commit([.runCreated(run, source.instances(Int64(number)))], at: .at(1))
            run.state = states[number % states.count]
            run.startDate = .at(Int64(number))
            run.endDate = .at(Int64(number * 2))
            try store.commit([.runChanged(from: .queued, to: run)], at: .at(2))
        }
    }

    private func numbers(_ configure: (inout RunFilter) -> Void) throws -> ([Int64], Int) {
        var filter = RunFilter()
        configure(&filter)
        let page = try store.runs(filter)
        return (page.rows.map(\.run.number.value), page.total)
    }

    @Test func runsAreFilteredSortedAndPaged() throws {
        #expect(try numbers { $0.limit = 3 } == ([20, 19, 18], 20))
        #expect(try numbers { ($0.limit, $0.offset) = (3, 18) } == ([2, 1], 20))
        #expect(
            try numbers { ($0.dagIDs, $0.descending, $0.limit) = ([DAGID("churn")], false, 2) } == (
                [2, 4], 10
            ))
        #expect(try numbers { $0.dagIDs = [] } == ([], 0))
        #expect(try numbers { $0.dagIDs = [DAGID("'; DROP TABLE dag_run; --")] } == ([], 0))
        #expect(try numbers { $0.states = [.failed] } == ([18, 13, 8, 3], 4))
        #expect(
            try numbers { ($0.states, $0.limit, $0.offset) = ([.failed, .queued], 3, 1) } == (
                [18, 15, 13], 8
            ))
        #expect(
            try numbers { ($0.states, $0.dagIDs) = ([.failed, .queued], [DAGID("churn")]) }
                == ([20, 18, 10, 8], 4))
        #expect(try numbers { $0.types = [.scheduled] } == ([], 0))
        #expect(try numbers { $0.runIDs = [RunID("manual__5")] } == ([5], 1))
        #expect(try numbers { $0.runIDPatterns = ["manual__1_"] }.1 == 10)
        #expect(try numbers { ($0.order, $0.limit) = (.logicalDate, 2) } == ([1, 2], 20))
        #expect(try numbers { $0.startDate = TimestampRange(from: .at(3), through: .at(4)) } == ([4, 3], 2))
        for order in RunOrder.allCases {
            #expect(try numbers { ($0.order, $0.limit) = (order, 100) }.0.count == 20)
        }
    }

    @Test func countsFollowStatesAndDeletions() throws {
        let failed = try #require(
            try store.runCounts(of: [DAGID("churn")]).first { $0.state == .failed })
        #expect(failed.runs == 2)
        try store.deleteRun(RunNumber(8), at: .at(9))
        #expect(try store.runCounts().reduce(0) { $0 + $1.runs } == 19)
        #expect(try store.run(RunNumber(8)) == nil)
        #expect(try store.instances(of: RunNumber(8)).total == 0)
        #expect(throws: StateStoreError.self) { try store.deleteRun(RunNumber(8), at: .at(9)) }
        #expect(throws: StateStoreError.self) { try store.deleteRun(RunNumber(1), at: .at(9)) }
        #expect(throws: StateStoreError.self) { try store.deleteHistory(of: DAGID("churn"), at: .at(9)) }
        let problems = try store.check()
        #expect(problems == [])
    }

    @Test func aDeletedHistoryLeavesNothingAndOtherDAGsAlone() throws {
        for number in stride(from: 2, through: 20, by: 2) {
            var run = try #require(try store.run(RunNumber(Int64(number)))).run
            guard !run.state.isFinished else { continue }
            let from = run.state
            run.state = .cancelled
            try store.commit([.runChanged(from: from, to: run)], at: .at(3))
        }
        try store.deleteHistory(of: DAGID("churn"), at: .at(9))
        #expect(try numbers { _ in }.1 == 10)
        #expect(try store.dags().rows.map(\.status.dagID.text) == ["other"])
        #expect(try store.versions(of: DAGID("churn")).total == 0)
        #expect(try store.loadUnfinished().state.nextRunNumber == RunNumber(21))
        let problems = try store.check()
        #expect(problems == [])
    }

    @Test func takenIDsAndDatesAreKnown() throws {
        #expect(try store.existsRun(DAGID("churn"), RunID("manual__2")))
        #expect(try !store.existsRun(DAGID("other"), RunID("manual__2")))
        #expect(try store.existsLogicalDate(DAGID("churn"), .at(98)))
        #expect(try !store.existsLogicalDate(DAGID("churn"), .at(99)))
    }

    @Test func instancesAreFoundByTheirNames() throws {
        var filter = InstanceFilter()
        filter.limit = 2
        let page = try store.instances(of: RunNumber(2), filter)
        #expect(page.rows.map(\.taskID.text) == ["task_0", "task_1"])
        #expect(page.total == 3)
        filter.states = [.running]
        #expect(try store.instances(of: RunNumber(2), filter).total == 0)
        filter = InstanceFilter()
        filter.taskIDPatterns = ["%_2"]
        filter.mapIndices = [-1]
        let row = try #require(try store.instances(of: RunNumber(2), filter).rows.first)
        #expect(row == (try store.instance(of: RunNumber(2), TaskID("task_2"))))
        #expect(row == (try store.instance(fixture.key(2, 2))))
        #expect(row.runID.text == "manual__2" && row.dagID.text == "churn" && row.poolSlots == 3)
        #expect(row.instance == fixture.instances(2)[2])
        #expect(try store.instance(of: RunNumber(2), TaskID("none")) == nil)
        #expect(try store.instanceCounts(of: RunNumber(2)) == [.pending: 3])
    }

    @Test func slotsAreCountedByPoolAndState() throws {
        for (task, state) in [(0, TaskInstanceState.running), (1, .queued), (2, .scheduled)] {
            var instance = fixture.instances(2)[task]
            instance.state = state
            try store.commit([.instanceChanged(from: .pending, to: instance, at: .at(1))], at: .at(1))
        }
        try store.commit([.poolChanged(Pool(name: PoolName("free"), slots: 1))], at: .at(1))
        let pools = try store.pools()
        #expect(pools.map(\.pool.name.text) == ["default_pool", "free"])
        #expect(pools[0].runningSlots == 1 && pools[0].queuedSlots == 2 && pools[0].scheduledSlots == 3)
        #expect(pools[0].openSlots == 125)
        #expect(pools[1].occupiedSlots == 0)
    }

    @Test func dagsAreFiltered() throws {
        func ids(_ configure: (inout DAGFilter) -> Void) throws -> [String] {
            var filter = DAGFilter()
            configure(&filter)
            let page = try store.dags(filter)
            #expect(page.total >= page.rows.count)
            return page.rows.map(\.status.dagID.text)
        }
        #expect(try ids { _ in } == ["churn", "other"])
        #expect(try ids { ($0.limit, $0.descending) = (1, true) } == ["other"])
        #expect(try ids { $0.isPaused = true } == ["other"])
        #expect(try ids { $0.isActive = false } == [])
        #expect(try ids { $0.tags = ["ml"] } == ["churn", "other"])
        #expect(try ids { $0.tags = ["m"] } == [])
        #expect(try ids { $0.dagIDPatterns = ["ch%", "zz%"] } == ["churn"])
        #expect(try ids { $0.owners = ["ana", "bob"] } == ["churn", "other"])
        let row = try #require(try store.dag(DAGID("churn")))
        #expect(row.tags == ["ml", "demo"] && row.versionNumber == 1 && !row.hasImportErrors)
    }

    @Test func versionsAreNumberedForEachDAGAndKeepTheirText() throws {
        let second = try Fixture(version: "bbbb", tasks: 1)
        try store.recordVersion(of: second.dag, source: second.source, at: .at(7))
        try store.recordVersion(of: second.dag, source: second.source, at: .at(8))
        let page = try store.versions(of: DAGID("churn"))
        #expect(page.rows.map(\.number) == [2, 1])
        #expect(page.rows[0].createdAt == .at(7))
        let moved = try DAG(
            id: second.dag.id, version: second.dag.version, path: "/new/churn.json", folder: "/new",
            settings: second.dag.settings, tasks: second.dag.tasks)
        try store.recordVersion(of: moved, source: second.source, at: .at(9))
        let source = try #require(try store.dagSource(second.dag.id, second.dag.version))
        #expect(source.bytes == second.source && source.path == "/new/churn.json" && source.folder == "/new")
        #expect(try store.dagSource(second.dag.id, DAGVersionHash("none")) == nil)
    }

    @Test func durationsAreAveragesOfSuccesses() throws {
        for (number, seconds) in [(Int64(2), Int64(4)), (4, 8), (6, 90)] {
            var instance = fixture.instances(number)[1]
            instance.state = number == 6 ? .failed : .success
            instance.startDate = .at(10)
            instance.endDate = .at(10 + seconds)
            try store.commit([.instanceChanged(from: .pending, to: instance, at: .at(1))], at: .at(1))
        }
        let durations = try store.taskDurations(of: DAGID("churn"))
        #expect(durations == [TaskID("task_1"): DurationRow(average: .seconds(6), samples: 2)])
        #expect(try store.taskDurations(of: DAGID("churn"), runs: 3).isEmpty)
        #expect(try store.runDuration(of: DAGID("churn"))?.samples == 2)
        #expect(try store.runDuration(of: DAGID("none")) == nil)
    }

    @Test func eventsTicksAndImportErrorsAreKept() throws {
        let event = RecordedEvent(
            who: "ana", what: "clear", dagID: DAGID("churn"), runID: RunID("r"), taskID: TaskID("t"),
            mapIndex: 3, detail: ["tasks": [1, 2]])
        try store.recordEvent(event, at: .at(1))
        try store.recordEvent(RecordedEvent(who: "daemon", what: "start"), at: .at(2))
        #expect(try store.events().map(\.event.what) == ["start", "clear"])
        #expect(try store.events(of: DAGID("churn")).map(\.event) == [event])
        let skipped = Transition.ticksSkipped(
            dagID: DAGID("churn"), count: 4, from: .at(1), through: .at(4), at: .at(5))
        try store.commit([skipped], at: .at(6))
        let ticks = try store.skippedTicks(of: DAGID("churn"))
        #expect(ticks.map(\.count) == [4])
        #expect(ticks.first?.last == .at(4))
        let errors = [ImportErrorRow(path: fixture.dag.path, message: "7:3: unknown key", at: .at(1))]
        try store.setImportErrors(errors + [ImportErrorRow(path: "/b", message: "m", at: .at(1))], at: .at(1))
        try store.setImportErrors(errors, at: .at(2))
        #expect(try store.importErrors() == errors)
        #expect(try store.dag(DAGID("churn"))?.hasImportErrors == true)
    }
}
