import DAGDomain
import JSONText
import StateStore
import Testing

/// What the cache keeps, who serves whom, and what makes it forget.
@Suite struct CacheStoreTests {
    private let fixture: Fixture
    private let home: TemporaryHome
    private let store: StateStore
    private let key: TaskInstanceKey

    init() throws {
        fixture = try Fixture()
        home = try TemporaryHome()
        store = try fixture.storeWithRun(home)
        key = fixture.key(1, 1)
    }

    private let components = [
        CacheComponent(.file, "train.py", hash: "aa"),
        CacheComponent(.parameter, "n", hash: "bb", shown: "1"),
    ]

    /// A success of the second task of a run, kept under a key.
    private func succeed(_ run: Int64, key text: String, isKept: Bool = true, computedAt: Timestamp? = nil)
        throws
    {
        let key = fixture.key(run, 1)
        var attempt = fixture.attempt(run, 1)
        var instance = TaskInstance(key: key, maximumTries: 2)
        var changes: [Transition] = []
        for state in [TaskInstanceState.scheduled, .queued, .success] {
            let from = instance.state
            instance.state = state
            if state == .queued {
                instance.tryNumber = 1
                instance.triesSinceClear = 1
                instance.attempt = attempt.id
            }
            changes.append(.instanceChanged(from: from, to: instance, at: .at(3)))
            if state == .queued { changes.append(.attemptCreated(attempt)) }
        }
        attempt.state = .succeeded
        changes.append(.attemptChanged(from: .starting, to: attempt))
        var report = AttemptReport(
            attempt: attempt.id, outcome: .exited(0), startDate: .at(3), endDate: .at(4),
            outputs: [TaskOutput(name: "run", value: .integer(run))],
            metrics: [Metric(name: "m", value: .nan)],
            artifacts: [ArtifactReference(name: "a", path: "a", sha256: "ab", sizeBytes: 3)],
            verdict: StoredReasonTests.verdict)
        var record = CacheRecord(
            tryNumber: 1, key: text, components: components, answer: .changed, text: "why",
            sourceRun: RunID("manual__\(run)"),
            sourceTry: 1)
        record.isKept = isKept
        record.computedAt = computedAt
        report.cache = record
        changes.append(.reportRecorded(instance: key, report: report))
        try store.commit(changes, at: .at(4))
    }

    private func addRun(_ number: Int64) throws {
        try store.commit([.runCreated(fixture.run(number), fixture.instances(number))], at: .at(2))
    }

    @Test func aKeptResultIsWhatItsHolderReported() throws {
        try succeed(1, key: "k")
        let kept = try #require(try store.keptResult("k"))
        #expect(kept.report.outputs == [TaskOutput(name: "run", value: 1)])
        #expect(kept.report.metrics.map(\.value.isNaN) == [true])
        #expect(
            kept.report.artifacts.map(\.sha256) == ["ab"] && kept.report.verdict == StoredReasonTests.verdict)
        #expect(kept.sourceRun == RunID("manual__1") && kept.computedAt == .at(4))
        #expect(try store.keptResult("other") == nil)
        let earlier = try store.lastCachedSuccess(of: TaskID("task_1"), in: fixture.dag.id, mapIndex: -1)
        #expect(earlier?.components == components && earlier?.runID == RunID("manual__1"))
        #expect(try store.lastCachedSuccess(of: TaskID("task_0"), in: fixture.dag.id, mapIndex: -1) == nil)
        #expect(try store.cacheRecords(of: key).map(\.text) == ["why"])
    }

    @Test func whatIsNotKeptIsRecordedOnly() throws {
        try succeed(1, key: "k", isKept: false)
        #expect(try store.keptResult("k") == nil)
        #expect(try store.cacheRecords(of: key).count == 1)
    }

    @Test func theNewestHolderServes() throws {
        try addRun(2)
        try succeed(1, key: "k")
        try succeed(2, key: "k", computedAt: .at(1))
        #expect(try store.keptResult("k")?.report.outputs.first?.value == 2)
        #expect(try store.keptResult("k")?.computedAt == .at(1), "as old as what it was taken from")
    }

    @Test func aClearForgetsAndAMarkSuspends() throws {
        try succeed(1, key: "k")
        var instance = try #require(try store.instance(key)?.instance)
        instance.state = .failed
        try store.commit([.instanceChanged(from: .success, to: instance, at: .at(5))], at: .at(5))
        #expect(try store.keptResult("k") == nil)
        instance.state = .success
        try store.commit([.instanceChanged(from: .failed, to: instance, at: .at(6))], at: .at(6))
        #expect(try store.keptResult("k") != nil)
        try store.commit([.reportsForgotten(instance: key)], at: .at(7))
        #expect(try store.keptResult("k") == nil)
        #expect(try store.cacheRecords(of: key).count == 1, "what was said stays said")
    }

    /// Cleared to be done again by the cache: the result serves on, also after the report is gone.
    @Test func whatIsSetAsideServesOn() throws {
        try succeed(1, key: "k")
        let before = try #require(try store.keptResult("k"))
        var instance = try #require(try store.instance(key)?.instance)
        instance.state = .pending
        try store.commit(
            [
                .resultSetAside(instance: key), .reportsForgotten(instance: key),
                .instanceChanged(from: .success, to: instance, at: .at(5)),
            ], at: .at(5))
        let after = try #require(try store.keptResult("k"))
        #expect(
            after.report.outputs == before.report.outputs && after.report.verdict == before.report.verdict)
        #expect(after.report.artifacts == before.report.artifacts)
        #expect(after.report.metrics.map(\.value.isNaN) == [true])
        #expect(try store.outputs(of: key).isEmpty)
    }

    @Test func aDeletedRunTakesItsResultsAlong() throws {
        try succeed(1, key: "k")
        var run = fixture.run(1)
        run.state = .success
        try store.commit([.runChanged(from: .running, to: run)], at: .at(5))
        try store.deleteRun(RunNumber(1), at: .at(6))
        #expect(try store.keptResult("k") == nil)
    }

    @Test(arguments: CacheUse.allCases) func aRunRemembersItsUseOfTheCache(use: CacheUse) throws {
        var run = fixture.run(2)
        run.cacheUse = use
        try store.commit([.runCreated(run, fixture.instances(2))], at: .at(2))
        #expect(try store.run(fixture.dag.id, run.runID)?.run.cacheUse == use)
        run.cacheUse = .always
        try store.commit([.runChanged(from: .running, to: run)], at: .at(3))
        #expect(try store.run(fixture.dag.id, run.runID)?.run.cacheUse == .always)
    }
}
