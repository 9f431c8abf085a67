import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

/// Backfills of a daily DAG in January 2026; it is the 10th.
@Suite struct BackfillTests {
    private static let january = Timestamp(secondsSinceEpoch: 1_767_225_600 - 86_400)

    private static func day(_ number: Int) -> Timestamp { january + .seconds(number * 86_400) }

    private func dag(_ edit: (inout DAGSettings) -> Void = { _ in }) -> DAG {
        var settings = DAGSettings(schedule: .every(.seconds(86_400)), maximumActiveRuns: 1)
        edit(&settings)
        return DAG("d", settings: settings, order: ["a"])
    }

    private func harness(_ dag: DAG? = nil) -> MachineHarness {
        var h = MachineHarness()
        h.now = Self.day(10) + .seconds(60)
        h.send(.dagLoaded(dag ?? self.dag(), pausedAtCreation: false))
        return h
    }

    private func request(
        _ from: Int, _ to: Int, dag: DAG? = nil, _ edit: (inout BackfillRequest) -> Void = { _ in }
    ) -> BackfillRequest {
        var request = BackfillRequest(
            dag: dag ?? self.dag(), fromDate: Self.day(from), toDate: Self.day(to))
        edit(&request)
        return request
    }

    /// As the engine does it: plans against all rows, brings back what is to run again, and asks.
    private func send(_ request: BackfillRequest, _ h: inout MachineHarness) throws {
        var existing = ExistingRuns()
        for run in h.runs.values {
            if let date = run.logicalDate {
                existing.byDate[date] = .init(number: run.number, runID: run.runID, state: run.state)
            }
            existing.runIDs.insert(run.runID)
        }
        let plan = try BackfillPlan(request, existing: existing, now: h.now)
        for number in plan.entries.compactMap(\.existing) {
            let run = try #require(h.runs[number])
            let rows = h.instances.values.filter { $0.key.run == number }.sorted { $0.key < $1.key }
            h.send(
                .runRestored(run, request.dag, rows, outputs: [:]),
                .backfillRequested(request, plan, by: "ann"))
            return
        }
        h.send(.backfillRequested(request, plan, by: "ann"))
    }

    private func days(_ h: MachineHarness, _ state: DAGRunState? = nil) -> [Int] {
        h.runs.values.filter { state == nil || $0.state == state }
            .sorted { $0.number < $1.number }
            .compactMap(\.logicalDate).map { Int(($0 - Self.january).inSeconds) / 86_400 }
    }

    private func backfill(_ h: MachineHarness) -> Backfill? {
        h.transitions.compactMap {
            switch $0 {
            case .backfillCreated(let backfill), .backfillChanged(let backfill): backfill
            default: nil
            }
        }.last
    }

    private func finish(_ day: Int, _ h: inout MachineHarness, exit: Int32 = 0) throws {
        let run = try #require(h.runs.values.first { $0.logicalDate == Self.day(day) })
        h.start("a", run.number.value)
        h.finish("a", run.number.value, .exited(exit))
    }

    @Test func bothEndsCountAndItsOwnLimitHolds() throws {
        var h = harness()
        try send(request(1, 5) { $0.maximumActiveRuns = 2 }, &h)
        #expect(days(h) == [1, 2, 3, 4, 5])
        #expect(days(h, .running) == [1, 2], "two, though the DAG's limit is one")
        let first = try #require(h.runs[RunNumber(1)])
        #expect(first.runID.text == "backfill__2026-01-01T00:00:00+00:00")
        #expect(first.type == .backfill && first.trigger == .backfill)
        try finish(2, &h)
        #expect(days(h, .running) == [1, 3])
        for day in [1, 3, 4] { try finish(day, &h) }
        #expect(backfill(h)?.completedAt == nil)
        try finish(5, &h)
        #expect(backfill(h)?.completedAt == h.now)
        #expect(h.machine.snapshot.backfills == [])
    }

    @Test func backwardsBeginsWithTheNewest() throws {
        var h = harness()
        try send(
            request(1, 4) {
                $0.isReversed = true
                $0.maximumActiveRuns = 1
            }, &h)
        var order: [Int] = []
        for _ in 1...4 {
            let running = days(h, .running)
            #expect(running.count == 1)
            order += running
            try finish(running[0], &h)
        }
        #expect(order == [4, 3, 2, 1])
    }

    @Test func whatIsQueuedOrRunningIsNeverDoubled() throws {
        var h = harness()
        try send(request(1, 3), &h)
        let plan = try BackfillPlan(request(1, 4), existing: ExistingRuns(), now: h.now)
        h.send(.backfillRequested(request(1, 4), plan, by: "ben"))
        #expect(days(h) == [1, 2, 3, 4], "also when the plan does not know of the others")
        try send(request(1, 4) { $0.reprocess = .completed }, &h)
        #expect(days(h) == [1, 2, 3, 4])
        #expect(backfill(h)?.completedAt == h.now, "nothing to run: complete at once")
    }

    @Test(arguments: [
        (ReprocessBehavior.none, []), (.failed, [2]), (.completed, [1, 2]),
    ])
    func reprocessRunsFinishedOnesAgain(behavior: ReprocessBehavior, again: [Int]) throws {
        for target in again.isEmpty ? [0] : again {
            var h = harness()
            try send(request(1, 2), &h)
            try finish(1, &h)
            try finish(2, &h, exit: 1)
            let day = target == 0 ? 1 : target
            try send(request(day, day) { $0.reprocess = behavior }, &h)
            #expect(days(h, .running) == (target == 0 ? [] : [target]))
            #expect(days(h).count == 2)
            guard target != 0 else { continue }
            try finish(target, &h)
            #expect(backfill(h)?.completedAt == h.now)
            #expect(h.instance("a", Int64(target))?.tryNumber == 2)
        }
    }

    @Test func collapseMakesOneRunForTheGap() throws {
        var h = harness()
        try send(request(3, 3), &h)
        try send(request(1, 5) { $0.isCollapsed = true }, &h)
        #expect(days(h) == [3, 5])
        let run = try #require(h.runs[RunNumber(2)])
        #expect(run.dataIntervalStart == Self.day(1) && run.dataIntervalEnd == Self.day(5))

        let intervals = dag { $0.usesIntervals = true }
        var other = harness(intervals)
        try send(request(1, 5, dag: intervals) { $0.isCollapsed = true }, &other)
        let whole = try #require(other.runs[RunNumber(1)])
        #expect(whole.logicalDate == Self.day(1) && whole.dataIntervalStart == Self.day(1))
        #expect(whole.dataIntervalEnd == Self.day(6))
    }

    @Test func aPausedOneStartsNothing() throws {
        var h = harness()
        try send(request(1, 4) { $0.maximumActiveRuns = 1 }, &h)
        h.send(.backfillPauseChanged(BackfillID(1), isPaused: true))
        try finish(1, &h)
        #expect(days(h, .running) == [])
        #expect(h.machine.explain(h.key("a", 2))?.cause == .backfillIsPaused(BackfillID(1)))
        h.send(.backfillPauseChanged(BackfillID(1), isPaused: false))
        #expect(days(h, .running) == [2])
        #expect(h.machine.explain(h.key("a", 4))?.cause == .runIsQueued(running: 1, limit: 1, ahead: 1))
    }

    @Test func cancelLetsRunningOnesFinish() throws {
        var h = harness()
        try send(request(1, 4) { $0.maximumActiveRuns = 1 }, &h)
        h.start("a")
        h.send(.backfillCancelled(BackfillID(1), by: "ann"))
        #expect(days(h, .cancelled) == [2, 3, 4])
        #expect(days(h, .running) == [1])
        let stamped = try #require(backfill(h))
        #expect(stamped.completedAt == h.now && stamped.isPaused)
        h.send(.backfillCancelled(BackfillID(1), by: "ann"))
        #expect(h.refusal == .backfillIsNotActive(BackfillID(1)))
        h.finish("a")
        #expect(days(h, .success) == [1])
        // The dates of the cancelled runs are taken; reprocess has them run again.
        try send(request(2, 2) { $0.reprocess = .failed }, &h)
        #expect(days(h, .running) == [2])
    }

    /// A scheduled run that a backfill lets run again counts against the backfill's limit, and against the
    /// DAG's once the backfill is gone; a rebuilt machine counts the same.
    @Test func aRebuiltMachineCountsTheSame() throws {
        var h = harness()
        h.now = Self.day(11)
        h.send(.timeReached)
        try finish(11, &h)
        try send(request(11, 11) { $0.reprocess = .completed }, &h)
        try send(request(1, 3) { $0.maximumActiveRuns = 1 }, &h)
        func twin() throws -> SchedulerStateMachine {
            let dag = dag()
            var twin = try SchedulerStateMachine(
                restoring: h.machine.snapshot, dag: { _, _ in dag },
                configuration: h.machine.configuration, seed: 9)
            _ = twin.handle(.dagLoaded(dag, pausedAtCreation: false), at: h.now)
            return twin
        }
        #expect(try twin() == h.machine)
        h.send(.backfillCancelled(BackfillID(1), by: "ann"))
        #expect(try twin() == h.machine)
        h.trigger("d")
        #expect(h.runState(5) == .queued, "the run of the cancelled backfill counts against max_active_runs")
        try finish(11, &h)
        #expect(h.runState(5) == .running)
        #expect(try twin() == h.machine)
    }

    @Test func refusesWhatCannotBe() {
        func refusal(_ request: BackfillRequest) -> BackfillRefusal? {
            do {
                _ = try BackfillPlan(request, existing: ExistingRuns(), now: Self.day(10))
                return nil
            } catch {
                return error
            }
        }
        let manual = DAG("m", order: ["a"])
        #expect(refusal(request(1, 2, dag: manual)) == .noSchedule(DAGID("m")))
        #expect(refusal(request(2, 1)) == .datesReversed)
        #expect(refusal(request(11, 12)) == .datesInTheFuture)
        let seconds = DAG("s", settings: DAGSettings(schedule: .every(.seconds(1))), order: ["a"])
        #expect(refusal(request(1, 2, dag: seconds)) == .tooManyRuns(86_401))
        #expect(
            refusal(
                request(1, 2) {
                    $0.isCollapsed = true
                    $0.reprocess = .failed
                }) == .collapsesExistingRuns)
        let later = dag { $0.startDate = Self.day(8) }
        #expect(refusal(request(1, 7, dag: later)) == .noDates)
        // The last interval is not over.
        let intervals = dag { $0.usesIntervals = true }
        #expect(refusal(request(10, 10, dag: intervals)) == .noDates)
    }
}
