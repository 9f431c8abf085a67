import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct ScheduleTests {
    private func dag(
        _ every: Int64 = 3_600, version: String = "1", catchup: CatchupPolicy = .none, start: Timestamp? = nil
    ) -> DAG {
        DAG(
            "d", version: version,
            settings: DAGSettings(schedule: .every(.seconds(every)), startDate: start, catchup: catchup),
            order: ["a"])
    }

    private func dates(_ h: MachineHarness) -> [String] {
        h.runs.values.filter { $0.type == .scheduled }.sorted { $0.number < $1.number }.map(\.runID.text)
    }

    @Test func aTickMakesARunNamedByItsDate() {
        var h = MachineHarness(dag())
        #expect(h.machine.nextWake() == h.now + .seconds(3_600))
        h.advance(3_599)
        #expect(h.runs.isEmpty)
        h.advance(1)
        #expect(dates(h) == ["scheduled__2026-01-01T01:00:00+00:00"])
        let run = h.runs[RunNumber(1)]
        #expect(run?.logicalDate == h.now)
        #expect(run?.dataIntervalStart == h.now)
        #expect(run?.trigger == .timetable)
        #expect(run?.state == .running)
        #expect(h.machine.nextWake() == h.now + .seconds(3_600))
    }

    @Test(arguments: [
        (CatchupPolicy.none, ["03"]), (.latest, ["03"]), (.all, ["01", "02", "03"]), (.collapse, ["03"]),
        (.window(.seconds(5_400)), ["02", "03"]),
    ])
    func missedTicksFollowThePolicy(policy: CatchupPolicy, hours: [String]) {
        var h = MachineHarness(dag(catchup: policy))
        h.send(.dagPauseChanged(DAGID("d"), isPaused: true))
        h.advance(3 * 3_600 + 60)
        #expect(h.runs.isEmpty)
        #expect(h.machine.nextWake() == nil)
        h.send(.dagPauseChanged(DAGID("d"), isPaused: false))
        #expect(dates(h) == hours.map { "scheduled__2026-01-01T\($0):00:00+00:00" })
        let skipped = h.transitions.compactMap {
            if case .ticksSkipped(_, let count, _, _, _) = $0 { count } else { nil }
        }
        #expect(skipped == (policy == .collapse || hours.count == 3 ? [] : [3 - hours.count]))
        let first = h.runs[RunNumber(1)]
        #expect(
            first?.dataIntervalStart
                == (policy == .collapse ? Timestamp(secondsSinceEpoch: 1_767_229_200) : first?.logicalDate))
    }

    @Test func aFirstLoadWithAPastStartCatchesUp() {
        let start = Timestamp(secondsSinceEpoch: 1_767_225_600 - 7_200)
        let h = MachineHarness(dag(catchup: .all, start: start))
        #expect(dates(h).count == 3, "the tick that equals the start date counts")
    }

    @Test func anEditNeverAnswersThePast() {
        var h = MachineHarness(dag())
        h.advance(1_800)
        h.send(.dagLoaded(dag(60, version: "2", catchup: .all), pausedAtCreation: false))
        #expect(h.runs.isEmpty)
        h.advance(60)
        #expect(dates(h) == ["scheduled__2026-01-01T00:31:00+00:00"])
    }

    @Test func aKnownVersionChangesNothing() {
        var h = MachineHarness(dag())
        let count = h.transitions.count
        h.send(.dagLoaded(dag(), pausedAtCreation: true))
        #expect(h.transitions.count == count)
    }

    @Test func aDeletedFileStopsTheScheduleAndLetsRunsFinish() {
        var h = MachineHarness(dag())
        h.advance(3_600)
        h.send(.dagRemoved(DAGID("d")))
        h.advance(7_200)
        #expect(h.runs.count == 1)
        h.finish("a")
        #expect(h.runState() == .success)
        h.trigger("d")
        #expect(h.refusal == .unknownDAG(DAGID("d")))
    }

    @Test func aRunKeepsItsVersion() {
        var h = MachineHarness(DAG("d", version: "1", order: ["a", "b"], upstream: ["b": ["a"]]))
        h.trigger("d")
        h.send(.dagLoaded(DAG("d", version: "2", order: ["x"]), pausedAtCreation: false))
        h.send(
            .attemptFinished(
                AttemptReport(
                    attempt: h.actions.attemptIDs[0], outcome: .exited(0), startDate: nil, endDate: h.now)))
        h.send(
            .attemptFinished(
                AttemptReport(
                    attempt: h.actions.attemptIDs[1], outcome: .exited(0), startDate: nil, endDate: h.now)))
        #expect(h.runState() == .success)
        #expect(h.runs[RunNumber(1)]?.version == DAGVersionHash("1"))
    }

    @Test func takenDatesAreAnsweredWithoutARun() {
        var h = MachineHarness(dag())
        let first = h.now + .seconds(3_600)
        h.send(
            .runRequested(
                RunRequest(dagID: DAGID("d"), runID: RunID("mine"), trigger: .restAPI, logicalDate: first)))
        h.advance(3_600)
        #expect(dates(h).isEmpty, "an unfinished run has that date")
        h.finish("a")
        h.now = h.now + .seconds(3_600)
        let due = h.machine.dueRuns(at: h.now)
        #expect(
            due == [
                ScheduledRunKey(
                    dagID: DAGID("d"), runID: RunID("scheduled__2026-01-01T02:00:00+00:00"),
                    logicalDate: h.now)
            ])
        h.send(.timeReached, taken: Set(due))
        #expect(dates(h).isEmpty)
        h.advance(3_600)
        #expect(dates(h) == ["scheduled__2026-01-01T03:00:00+00:00"])
    }

    @Test func aClockThatIsSetBackNeverFiresTwice() {
        var h = MachineHarness(dag())
        h.advance(3_600)
        h.advance(-1_800)
        h.advance(1_800)
        #expect(dates(h).count == 1)
    }

    @Test func aThousandIdleDAGsAreNoWork() {
        var h = MachineHarness()
        for number in 0..<1_000 {
            let dag = DAG("d\(number)", settings: DAGSettings(schedule: .every(.seconds(60))), order: ["a"])
            h.send(.dagLoaded(dag, pausedAtCreation: false))
        }
        let count = h.transitions.count
        h.advance(59)
        #expect(h.transitions.count == count)
        #expect(h.machine.nextWake() == h.now + .seconds(1))
        h.advance(1)
        #expect(h.runs.count == 1_000)
    }
}

extension [SchedulerAction] {
    fileprivate var attemptIDs: [AttemptID] {
        compactMap { if case .start(let id, _) = $0 { id } else { nil } }
    }
}
