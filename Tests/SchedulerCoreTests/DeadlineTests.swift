import DAGDomain
import JSONText
import SchedulerCore
import SchedulerTestKit
import Testing

/// When deadlines are due, and that each is judged once.
struct DeadlineTests {
    private static let actions = [NoticeAction(.webhook, .value(.null))]

    private func deadline(
        _ goal: Deadline.Goal, from reference: Deadline.Reference, _ seconds: Int64
    ) -> Deadline {
        Deadline(goal, from: reference, .after(.seconds(seconds)), actions: Self.actions)
    }

    private func harness(
        run: [Deadline] = [], task: [Deadline] = [], settings given: DAGSettings = DAGSettings(),
        edit: @escaping (inout TaskDefinition) -> Void = { _ in }
    ) throws -> MachineHarness {
        var settings = given
        settings.deadlines = run
        return MachineHarness(
            try dag(
                (
                    "t", [],
                    {
                        $0.deadlines = task
                        edit(&$0)
                    }
                ), ("u", [], { _ in }), settings: settings))
    }

    private func told(_ h: MachineHarness) -> [String] {
        h.notices.compactMap { $0.facts["reason"]?.stringValue }
    }

    private func outcomes(_ h: MachineHarness, _ run: Int64 = 1) -> [DeadlineRecord.Outcome] {
        h.runs[RunNumber(run)]?.deadlines.map(\.outcome) ?? []
    }

    @Test func aRunThatTakesTooLongIsToldOfOnceAndGoesOn() throws {
        var h = try harness(run: [deadline(.finished, from: .queuedAt, 60)])
        h.trigger("d")
        let due = h.now + .seconds(60)
        #expect(h.machine.nextWake() == due)
        h.advance(59)
        #expect(told(h).isEmpty)
        h.advance(1)
        #expect(told(h) == ["has not finished by \(due.rfc3339)"] && outcomes(h) == [.missed])
        h.advance(60)
        #expect(h.runState() == .running && h.notices.count == 1 && h.machine.nextWake() == nil)
        h.end("t")
        h.end("u")
        #expect(h.runState() == .success && h.notices.count == 1)
    }

    @Test func aRunThatEndsInTimeHasMetIt() throws {
        var h = try harness(run: [deadline(.finished, from: .queuedAt, 60)])
        h.trigger("d")
        h.end("t")
        h.end("u")
        #expect(h.runState() == .success && h.runs[RunNumber(1)]?.deadlinesAreClosed == true)
        h.advance(60)
        #expect(h.notices.isEmpty && h.machine.nextWake() == nil)
    }

    @Test func aRunThatIsQueuedHasNotStarted() throws {
        var h = try harness(
            run: [deadline(.started, from: .queuedAt, 30)], settings: DAGSettings(maximumActiveRuns: 1))
        h.trigger("d")
        h.trigger("d")
        h.advance(30)
        #expect(h.runState(2) == .queued)
        #expect(h.notices.map(\.run) == [RunNumber(2)] && outcomes(h) == [.met])
    }

    /// Whatever is due by a start or an end of the task.
    @Test(arguments: [
        (Deadline.Goal.started, Deadline.Reference.startDate, 10, true),
        (.started, .queuedAt, 30, false), (.finished, .startDate, 30, true),
        (.finished, .taskStart, 9, true), (.finished, .taskStart, 40, false),
        (.finished, .startDate, 60, false),
    ]) func aTaskHasItsOwn(
        goal: Deadline.Goal, reference: Deadline.Reference, seconds: Int, isMissed: Bool
    ) throws {
        var h = try harness(task: [deadline(goal, from: reference, Int64(seconds))])
        h.trigger("d")
        h.advance(20)
        h.start("t")
        h.advance(20)
        h.finish("t")
        h.advance(60)
        #expect(told(h).isEmpty != isMissed)
        if isMissed { #expect(h.notices.allSatisfy { $0.instance == h.key("t") }) }
    }

    @Test func aDateThatHadPassedBeforeTheRunWasMadeIsNotLate() throws {
        var h = try harness(run: [deadline(.finished, from: .logicalDate, 60)])
        let date = h.now + .seconds(-86_400)
        h.send(
            .runRequested(
                RunRequest(dagID: DAGID("d"), trigger: .commandLine, logicalDate: date)))
        h.advance(1_000)
        #expect(h.notices.isEmpty && h.machine.nextWake() == nil)
        h.send(
            .runRequested(
                RunRequest(dagID: DAGID("d"), trigger: .commandLine, logicalDate: h.now + .seconds(-30))))
        #expect(h.machine.nextWake() == h.now + .seconds(30))
        h.advance(30)
        #expect(h.notices.map(\.run) == [RunNumber(2)])
    }

    @Test func aTimeOfTheDayIsTheFirstInTheZone() throws {
        // 2026-01-01T00:00:00Z is 01:00 in Berlin.
        for (seconds, wait) in [(3_600 * 6, 5 * 3_600), (1_800, 23 * 3_600 + 1_800), (3_600, 0)] {
            let limit = Deadline.Limit.timeOfDay(seconds: seconds)
            var h = try harness(
                run: [Deadline(.finished, from: .queuedAt, limit, actions: Self.actions)],
                settings: DAGSettings(timeZone: try TimeZoneName("Europe/Berlin")))
            let expected = h.now + .seconds(wait)
            h.trigger("d")
            if wait == 0 {
                #expect(h.notices.count == 1)
            } else {
                #expect(h.machine.nextWake() == expected)
            }
        }
    }

    @Test func aClearedRunHasNone() throws {
        var h = try harness(run: [deadline(.finished, from: .queuedAt, 60)])
        h.trigger("d")
        h.end("t")
        h.end("u")
        h.advance(600)
        let run = try #require(h.runs[RunNumber(1)])
        let dag = try #require(h.dags[DAGID("d")])
        h.send(
            .runRestored(run, dag, h.instances.values.sorted { $0.key < $1.key }, outputs: [:]),
            .instancesCleared(RunNumber(1), [0], by: "ann"))
        #expect(h.runState() == .running)
        h.advance(600)
        #expect(h.notices.isEmpty)
    }

    @Test func aMappedTaskIsLateAsAWhole() throws {
        var h = try harness(task: [deadline(.finished, from: .taskStart, 30)]) {
            $0.flow.mapping = .list("n", 1, 2)
        }
        h.trigger("d")
        h.send(.attemptStarted(h.mapped("t", 0)?.attempt ?? AttemptID(""), processID: 1, at: h.now))
        h.advance(10)
        h.end("t", 0)
        h.end("t", 1)
        h.advance(60)
        #expect(h.notices.isEmpty)
        h.trigger("d")
        h.send(.attemptStarted(h.mapped("t", 0, 2)?.attempt ?? AttemptID(""), processID: 1, at: h.now))
        h.advance(30)
        #expect(h.notices.count == 1 && h.notices.first?.instance?.mapIndex == -1)
    }

    // MARK: Averages

    private func average(_ h: MachineHarness, _ seconds: Int64, samples: Int, run: Int64 = 1)
        -> SchedulerEvent
    {
        let questions = h.actions.compactMap { action -> [RuntimeQuestion]? in
            if case .findAverages(RunNumber(run), _, let questions) = action { questions } else { nil }
        }.joined()
        return .averagesFound(
            RunNumber(run),
            questions.map { AverageRuntime($0, average: .seconds(seconds), samples: samples) })
    }

    @Test func theHistoryIsAskedOnceAndTheAnswerKept() throws {
        let limit = Deadline.Limit.averageRuntime(factor: 2, runs: 10, minimum: 3)
        var h = try harness(run: [Deadline(.finished, from: .startDate, limit, actions: Self.actions)])
        h.trigger("d")
        #expect(
            h.actions.contains(
                .findAverages(
                    RunNumber(1), DAGID("d"), [RuntimeQuestion(task: -1, taskID: nil, runs: 10)])))
        #expect(h.machine.nextWake() == nil)
        h.send(average(h, 20, samples: 3))
        #expect(outcomes(h) == [.open] && h.machine.nextWake() == h.now + .seconds(40))
        h.send(average(h, 1_000, samples: 10))
        #expect(h.machine.nextWake() == h.now + .seconds(40))
        h.advance(40)
        #expect(told(h) == ["has been running for more than 40s, 2.0 times its average"])
        #expect(outcomes(h) == [.missed])
    }

    @Test func withTooLittleHistoryThereIsNone() throws {
        let limit = Deadline.Limit.averageRuntime(factor: 2, runs: 10, minimum: 3)
        var h = try harness(task: [Deadline(.finished, from: .taskStart, limit, actions: Self.actions)])
        h.trigger("d")
        h.start("t")
        h.send(average(h, 20, samples: 2))
        #expect(outcomes(h) == [.ignored] && h.machine.nextWake() == nil)
        h.advance(1_000)
        #expect(h.notices.isEmpty)
    }

    @Test func aTryThatTakesTooLongIsToldOf() throws {
        let limit = Deadline.Limit.averageRuntime(factor: 1.5, runs: 5, minimum: 1)
        var h = try harness(task: [Deadline(.finished, from: .taskStart, limit, actions: Self.actions)]) {
            $0.retry.retries = 1
            $0.retry.delay = .zero
        }
        h.trigger("d")
        h.send(average(h, 20, samples: 1))
        h.start("t")
        h.advance(20)
        h.finish("t", 1, .exited(1))
        h.start("t")
        h.advance(20)
        #expect(h.notices.isEmpty)
        h.advance(10)
        #expect(h.notices.count == 1)
    }

    // MARK: Restarts

    @Test func aRestartedMachineJudgesWhatPassedMeanwhile() throws {
        for isLate in [true, false] {
            var h = try harness(task: [deadline(.finished, from: .startDate, 30)])
            h.trigger("d")
            h.start("t")
            let dag = try #require(h.dags[DAGID("d")])
            var machine = try SchedulerStateMachine(
                restoring: h.machine.snapshot, dag: { _, _ in dag },
                configuration: SchedulerConfiguration(), seed: 2)
            let end = h.now + .seconds(isLate ? 31 : 29)
            let now = h.now + .seconds(300)
            let report = AttemptReport(
                attempt: h.attempt("t"), outcome: .exited(0), startDate: h.now, endDate: end)
            var transitions = machine.handle(.attemptFinished(report), at: now).transitions
            transitions += machine.dispatch(at: now).transitions
            let raised = transitions.contains { if case .noticeRaised = $0 { true } else { false } }
            #expect(raised == isLate)
            #expect(machine.snapshot.runs.first?.run.deadlines.map(\.outcome) == [isLate ? .missed : .met])
            #expect(machine.nextWake() == nil)
        }
    }

    @Test func aRestartedMachineAsksTheHistoryAgain() throws {
        let limit = Deadline.Limit.averageRuntime(factor: 2, runs: 10, minimum: 3)
        var h = try harness(run: [Deadline(.finished, from: .startDate, limit, actions: Self.actions)])
        h.trigger("d")
        let dag = try #require(h.dags[DAGID("d")])
        func restored() throws -> [SchedulerAction] {
            var machine = try SchedulerStateMachine(
                restoring: h.machine.snapshot, dag: { _, _ in dag },
                configuration: SchedulerConfiguration(), seed: 2)
            return machine.dispatch(at: h.now).actions.filter {
                if case .findAverages = $0 { true } else { false }
            }
        }
        #expect(try restored().count == 1)
        h.send(average(h, 20, samples: 3))
        #expect(try restored().isEmpty)
    }
}
