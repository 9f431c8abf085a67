import DAGDomain
import JSONText
import StateStore
import Testing

@Suite struct CommitTests {
    @Test func aNewHomeHoldsOnlyTheStandardPool() throws {
        let home = try TemporaryHome()
        let store = try home.open()
        #expect(store.openingReport.isNew)
        #expect(try store.loadUnfinished().state == UnfinishedState())
    }

    @Test func everyFieldOfARunComesBackAfterReopening() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        var store = try fixture.storeWithRun(home)
        let run = DAGRun(
            number: RunNumber(7), dagID: fixture.dag.id, runID: RunID("scheduled__2026-01-01T00:00:00+00:00"),
            version: fixture.dag.version, type: .scheduled, trigger: .timetable, logicalDate: .at(-1),
            dataIntervalStart: .at(-2), dataIntervalEnd: .at(-3), runAfter: .at(4), queuedAt: .at(5),
            parameters: ["big": 9_007_199_254_740_993, "list": [1, "two", nil]],
            note: "why \"not\"\n ünïcode",
            parent: fixture.key(1, 2), state: .queued, startDate: .at(6), endDate: .at(7), reason: .timedOut)
        try store.commit([.runCreated(run, fixture.instances(7))], at: .at(1))
        try store.close()
        store = try home.open()
        let (state, versions) = try store.loadUnfinished()
        #expect(state.runs.map(\.run) == [fixture.run(1), run])
        #expect(state.runs.map(\.instances) == [fixture.instances(1), fixture.instances(7)])
        #expect(state.statuses == [fixture.status()])
        #expect(state.nextRunNumber == RunNumber(8))
        #expect(versions == [StateStore.VersionKey(dagID: fixture.dag.id, hash: fixture.dag.version)])
        let source = try store.dagSource(fixture.dag.id, fixture.dag.version)
        #expect(source?.bytes == fixture.source)
        #expect(source?.folder == "/dags")
    }

    @Test func everyFieldOfAnInstanceAndAnAttemptComesBack() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.storeWithRun(home)
        let attempt = Attempt(
            id: AttemptID("a"), instance: fixture.key(1, 0), tryNumber: 4, createdAt: .at(1))
        var running = attempt
        running.state = .running
        running.processID = 4711
        running.startDate = .at(2)
        running.endDate = .at(3)
        running.exitCode = -3
        running.signal = 9
        running.failure = .outOfMemory
        running.reason = .lost("odd")
        let instance = TaskInstance(
            key: fixture.key(1, 0), state: .running, tryNumber: 4, maximumTries: 6, triesSinceClear: 2,
            scheduledAt: .at(1), queuedAt: .at(2), startDate: .at(3), endDate: .at(4), notBefore: .at(5),
            attempt: attempt.id, failure: .gate, reason: .exitCode(3))
        try store.commit(
            [
                .attemptCreated(attempt), .attemptChanged(from: .starting, to: running),
                .instanceChanged(from: .pending, to: instance, at: .at(2)),
            ], at: .at(2))
        let loaded = try #require(try store.loadRun(RunNumber(1)))
        #expect(loaded.instances[0] == instance)
        #expect(loaded.liveAttempts == [running])
        #expect(try store.loadUnfinished().state.runs == [loaded])
        running.state = .failed
        try store.commit([.attemptChanged(from: .running, to: running)], at: .at(3))
        #expect(try store.loadRun(RunNumber(1))?.liveAttempts == [])
    }

    @Test func finishedRunsAreNotLoadedButTheirNumbersStayTaken() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.storeWithRun(home)
        var run = fixture.run(1)
        run.state = .failed
        run.endDate = .at(9)
        try store.commit([.runChanged(from: .running, to: run)], at: .at(9))
        let state = try store.loadUnfinished().state
        #expect(state.runs.isEmpty)
        #expect(state.nextRunNumber == RunNumber(2))
        #expect(try store.loadRun(RunNumber(1))?.run == run)
        #expect(try store.loadRun(RunNumber(2)) == nil)
    }

    @Test func poolsAndPausesAreReplaced() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.storeWithRun(home)
        let pool = Pool(name: PoolName("gpu"), slots: 2, description: "cards")
        try store.commit(
            [
                .poolChanged(pool), .poolChanged(Pool(name: .defaultPool, slots: 3)),
                .dagStatusChanged(fixture.status(paused: true)),
            ], at: .at(1))
        var state = try store.loadUnfinished().state
        #expect(state.pools == [Pool(name: .defaultPool, slots: 3), pool])
        #expect(state.statuses == [fixture.status(paused: true)])
        try store.commit([.poolRemoved(pool.name)], at: .at(1))
        state = try store.loadUnfinished().state
        #expect(state.pools.map(\.name) == [.defaultPool])
    }
}
