import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct OnceAndContinuousTests {
    private func dag(
        _ schedule: Schedule, version: String = "1", start: Timestamp? = nil, end: Timestamp? = nil
    ) -> DAG {
        DAG(
            "d", version: version,
            settings: DAGSettings(
                schedule: schedule, startDate: start, endDate: end, maximumActiveRuns: 1),
            order: ["a"])
    }

    private func ids(_ h: MachineHarness) -> [String] {
        h.runs.values.sorted { $0.number < $1.number }.map(\.runID.text)
    }

    @Test func onceRunsAtTheFirstSight() {
        var h = MachineHarness(dag(.once))
        #expect(ids(h) == ["scheduled__2026-01-01T00:00:00+00:00"])
        h.start("a")
        h.finish("a")
        h.advance(86_400 * 400)
        h.send(.dagLoaded(dag(.once), pausedAtCreation: false))
        h.send(.dagRemoved(DAGID("d")))
        h.send(.dagLoaded(dag(.once, version: "2"), pausedAtCreation: false))
        #expect(ids(h).count == 1)
        #expect(h.machine.nextWake() == nil)
    }

    @Test func onceWaitsForItsStartDate() {
        let start = Timestamp(secondsSinceEpoch: 1_767_225_600 + 3_600)
        var h = MachineHarness(dag(.once, start: start))
        #expect(ids(h) == [])
        #expect(h.machine.nextWake() == start)
        h.advance(3_600)
        #expect(ids(h) == ["scheduled__2026-01-01T01:00:00+00:00"])
    }

    @Test func onceIsMissedAfterItsEndDate() {
        let start = Timestamp(secondsSinceEpoch: 1_767_225_600 - 7_200)
        var h = MachineHarness(dag(.once, start: start, end: start + .seconds(600)))
        h.advance(60)
        #expect(ids(h) == [])
    }

    @Test func aPausedOnceRunsWhenItMay() {
        var h = MachineHarness()
        h.send(.dagLoaded(dag(.once), pausedAtCreation: true))
        h.advance(600)
        #expect(ids(h) == [])
        h.send(.dagPauseChanged(DAGID("d"), isPaused: false))
        #expect(ids(h) == ["scheduled__2026-01-01T00:00:00+00:00"])
    }

    @Test func whatRanOnceFollowsANewScheduleFromNowOn() {
        var h = MachineHarness(dag(.once))
        h.advance(1_800)
        h.send(.dagLoaded(dag(.every(.seconds(3_600)), version: "2"), pausedAtCreation: false))
        #expect(h.machine.nextWake() == h.now + .seconds(1_800))
        h.advance(1_800)
        #expect(ids(h).count == 2)
    }

    @Test func continuousRunsFollowEachOther() throws {
        var h = MachineHarness(dag(.continuous))
        #expect(h.machine.nextWake() == h.now + .seconds(1))
        h.advance(1)
        #expect(ids(h) == ["scheduled__2026-01-01T00:00:00+00:00"])
        #expect(h.machine.nextWake() == nil, "one at a time")
        h.start("a")
        h.advance(100)
        #expect(ids(h).count == 1)
        h.finish("a")
        #expect(ids(h).count == 2, "in the very step in which the first one ends")
        let second = try #require(h.runs[RunNumber(2)])
        #expect(second.state == .running)
        #expect(second.dataIntervalStart == h.runs[RunNumber(1)]?.dataIntervalEnd)
        #expect(second.dataIntervalEnd == h.now)
        #expect(second.logicalDate == second.dataIntervalStart)
    }

    @Test func continuousIsNoStorm() {
        var h = MachineHarness(dag(.continuous))
        h.advance(1)
        for expected in 2...5 {
            let run = Int64(expected - 1)
            h.start("a", run)
            h.finish("a", run)
            #expect(ids(h).count == expected - 1, "not within the second in which the last one was made")
            #expect(h.machine.nextWake() == h.now + .seconds(1))
            h.advance(1)
            #expect(ids(h).count == expected)
        }
    }

    /// The daemon was down when the end date passed: nothing is due any more, and nobody looks for ever.
    @Test func continuousEndsUnnoticed() {
        let now = Timestamp(secondsSinceEpoch: 1_767_225_600)
        var h = MachineHarness(dag(.continuous, end: now + .seconds(60)))
        h.advance(3_600)
        #expect(ids(h).isEmpty && h.machine.nextWake() == nil)
    }

    @Test func aClearedRunHoldsUpTheNextOne() throws {
        var h = MachineHarness(dag(.continuous))
        h.advance(1)
        h.start("a")
        h.finish("a")
        let instance = try #require(h.instance("a"))
        let (run, dag) = try (#require(h.runs[RunNumber(1)]), #require(h.dags[DAGID("d")]))
        h.send(
            .runRestored(run, dag, [instance], outputs: [:]), .instancesCleared(RunNumber(1), [0], by: "ann"))
        #expect(h.machine.nextWake() == nil)
        h.advance(60)
        #expect(ids(h).count == 1)
        h.start("a")
        h.finish("a")
        #expect(ids(h).count == 2)
    }

    @Test func pausingStopsIt() {
        var h = MachineHarness(dag(.continuous))
        h.advance(1)
        h.send(.dagPauseChanged(DAGID("d"), isPaused: true))
        h.start("a")
        h.advance(10)
        h.finish("a")
        #expect(ids(h).count == 1)
        h.send(.dagPauseChanged(DAGID("d"), isPaused: false))
        #expect(ids(h).count == 2)
    }

    /// `catchup: true` over more ticks than may wait at once: all of them run, in order, none is left out.
    @Test func aLongCatchUpIsMadeAsItIsWorkedOff() {
        let start = Timestamp(secondsSinceEpoch: 1_767_225_600 - 19 * 60)
        let minutes = DAG(
            "d",
            settings: DAGSettings(
                schedule: .every(.seconds(60)), startDate: start, catchup: .all, maximumActiveRuns: 1),
            order: ["a"])
        var h = MachineHarness(configuration: SchedulerConfiguration(maximumQueuedCatchup: 3))
        h.send(.dagLoaded(minutes, pausedAtCreation: false))
        for number in 1...20 {
            #expect(h.runs.values.count { $0.state == .queued } <= 3)
            h.start("a", Int64(number))
            h.finish("a", Int64(number))
        }
        #expect(h.runs.count == 20)
        #expect(h.runs.values.allSatisfy { $0.state == .success })
        #expect(
            h.runs.values.sorted { $0.number < $1.number }.compactMap(\.logicalDate)
                == (0..<20).map { start + .seconds($0 * 60) })
        #expect(!h.transitions.contains { if case .ticksSkipped = $0 { true } else { false } })
    }
}
