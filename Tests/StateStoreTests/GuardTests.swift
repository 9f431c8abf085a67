import DAGDomain
import StateStore
import Testing

/// Transitions that do not fit what is stored: refused, and nothing of their batch is kept.
@Suite struct GuardTests {
    private func expectRefused(
        _ transitions: [Transition], _ prepare: [Transition] = [], fixture: Fixture,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let home = try TemporaryHome()
        let store = try fixture.storeWithRun(home)
        try store.commit(prepare, at: .at(1))
        let before = try store.loadUnfinished().state
        let marker = Transition.poolChanged(Pool(name: PoolName("marker"), slots: 1))
        #expect(sourceLocation: location) {
            try store.commit([marker] + transitions, at: .at(2))
        } throws: { error in
            if case .guardFailed(let text)? = error as? StateStoreError { return !text.isEmpty }
            return false
        }
        #expect(try store.loadUnfinished().state == before, sourceLocation: location)
        try store.commit([marker], at: .at(3))
        #expect(try store.loadUnfinished().state.pools.count == 2, sourceLocation: location)
    }

    @Test func aChangeMustFindTheStateItExpects() throws {
        let fixture = try Fixture()
        var run = fixture.run(1)
        run.state = .success
        try expectRefused([.runChanged(from: .queued, to: run)], fixture: fixture)
        try expectRefused([.runChanged(from: .running, to: fixture.run(2))], fixture: fixture)
        var instance = fixture.instances(1)[0]
        instance.state = .queued
        try expectRefused([.instanceChanged(from: .scheduled, to: instance, at: .at(1))], fixture: fixture)
        var attempt = fixture.attempt(1, 0)
        attempt.state = .failed
        let created = Transition.attemptCreated(fixture.attempt(1, 0))
        try expectRefused([.attemptChanged(from: .running, to: attempt)], [created], fixture: fixture)
        try expectRefused([.attemptChanged(from: .starting, to: attempt)], fixture: fixture)
    }

    @Test func whatExistsIsNotMadeAgain() throws {
        let fixture = try Fixture()
        try expectRefused([.runCreated(fixture.run(1, runID: "other"), [])], fixture: fixture)
        try expectRefused([.runCreated(fixture.run(2, runID: "manual__1"), [])], fixture: fixture)
        let dated = fixture.run(2, logicalDate: .at(0))
        try expectRefused(
            [.runCreated(fixture.run(3, logicalDate: .at(0)), [])], [.runCreated(dated, [])],
            fixture: fixture)
        try expectRefused([.runCreated(fixture.run(2), fixture.instances(1))], fixture: fixture)
        let instance = fixture.instances(2)[0]
        try expectRefused([.runCreated(fixture.run(2), [instance, instance])], fixture: fixture)
    }

    @Test func twoRunsWithoutALogicalDateAreFine() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.storeWithRun(home)
        try store.commit([.runCreated(fixture.run(2), [])], at: .at(1))
        #expect(try store.loadUnfinished().state.runs.count == 2)
    }

    /// The looks of a sensor are one try: the next takes the place of the one that has ended.
    @Test func anAttemptThatEndedMakesRoomForTheNextLook() throws {
        let home = try TemporaryHome()
        let fixture = try Fixture()
        let store = try fixture.storeWithRun(home)
        let first = fixture.attempt(1, 0)
        var ended = first
        ended.state = .failed
        ended.exitCode = 1
        let next = fixture.attempt(1, 0, id: "next")
        try store.commit(
            [.attemptCreated(first), .attemptChanged(from: .starting, to: ended), .attemptCreated(next)],
            at: .at(1))
        #expect(try store.attempts(of: fixture.key(1, 0)) == [next])
    }

    @Test func anInstanceHasOneLiveAttempt() throws {
        let fixture = try Fixture()
        let first = Transition.attemptCreated(fixture.attempt(1, 0))
        try expectRefused([.attemptCreated(fixture.attempt(1, 0, tryNumber: 2))], [first], fixture: fixture)
        try expectRefused([.attemptCreated(fixture.attempt(1, 0, id: "x"))], [first], fixture: fixture)
        let sameName = fixture.attempt(1, 1, id: "attempt-1-0-1")
        try expectRefused([.attemptCreated(sameName)], [first], fixture: fixture)
        try expectRefused([.attemptCreated(fixture.attempt(1, 99))], fixture: fixture)
    }

    @Test func aRunNeedsItsVersion() throws {
        let fixture = try Fixture()
        let other = try Fixture(version: "bbbb")
        try expectRefused([.runCreated(other.run(2), [])], fixture: fixture)
        try expectRefused([.dagStatusChanged(other.status())], fixture: fixture)
    }

    @Test func reportsAndPoolsMustHaveTheirRow() throws {
        let fixture = try Fixture()
        let report = AttemptReport(
            attempt: AttemptID("a"), outcome: .exited(0), startDate: nil, endDate: .at(1))
        try expectRefused([.reportRecorded(instance: fixture.key(1, 9), report: report)], fixture: fixture)
        try expectRefused([.reportsForgotten(instance: fixture.key(1, 9))], fixture: fixture)
        try expectRefused([.poolRemoved(PoolName("none"))], fixture: fixture)
        try expectRefused([.poolRemoved(.defaultPool)], fixture: fixture)
    }
}
