import DAGDomain
import JSONText
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct RunOutcomeTests {
    @Test func aFailureInTheMiddleDoesNotCountWhenTheLeafCopes() {
        var h = MachineHarness(
            DAG("d", order: ["a", "b"], upstream: ["b": ["a"]]) {
                if $0.id == TaskID("b") { $0.triggerRule = .allDone }
            })
        h.trigger("d")
        h.finish("a", 1, .exited(1))
        h.finish("b")
        #expect(h.runState() == .success)
    }

    @Test func skippedLeavesAreFine() {
        var h = MachineHarness(DAG("d", order: ["a", "b"], upstream: ["b": ["a"]]))
        h.trigger("d")
        h.finish("a", 1, .exited(99))
        #expect(h.state("b") == .skipped)
        #expect(h.runState() == .success)
    }

    @Test func aRunThatNobodyCanFinishIsDeadlocked() throws {
        let dag = DAG("d", order: ["a", "b"], upstream: ["b": ["a"]])
        let now = Timestamp(secondsSinceEpoch: 1_767_225_600)
        let number = RunNumber(1)
        let run = DAGRun(
            number: number, dagID: dag.id, runID: RunID("r"), version: dag.version, type: .manual,
            trigger: .commandLine, logicalDate: nil, dataIntervalStart: nil, dataIntervalEnd: nil,
            runAfter: now,
            queuedAt: now, parameters: JSONObject())
        let removed = TaskInstance(
            key: TaskInstanceKey(run: number, task: 0), state: .removed, maximumTries: 1)
        let waiting = TaskInstance(key: TaskInstanceKey(run: number, task: 1), maximumTries: 1)
        var machine = try SchedulerStateMachine(
            restoring: UnfinishedState(
                runs: [.init(run: run, instances: [removed, waiting], liveAttempts: [])],
                nextRunNumber: RunNumber(2)),
            dag: { _, _ in dag }, configuration: SchedulerConfiguration(), seed: 1)
        let decision = machine.dispatch(at: now)
        let ends = decision.transitions.compactMap {
            if case .runChanged(_, let run) = $0 { run } else { nil }
        }
        #expect(ends.last?.state == .failed)
        #expect(ends.last?.reason == .deadlocked)
    }

    @Test func aRunTimeoutEndsWhatRunsAndSkipsTheRest() {
        var settings = DAGSettings()
        settings.runTimeout = .seconds(100)
        var h = MachineHarness(DAG("d", settings: settings, order: ["a", "b", "c"], upstream: ["c": ["a"]]))
        h.trigger("d")
        h.start("a")
        h.finish("b")
        h.advance(99)
        #expect(h.state("a") == .running)
        h.advance(1)
        #expect(h.actions.last == .terminate(h.attempt("a")))
        #expect(h.state("c") == .skipped)
        #expect(h.runState() == .running, "until the task has ended")
        h.finish("a", 1, .terminated)
        #expect(h.state("a") == .skipped)
        #expect(h.instance("a")?.reason == .runTimeout)
        #expect(h.runState() == .failed)
        #expect(h.runs[RunNumber(1)]?.reason == .timedOut)
    }

    @Test func namesOfUnfinishedRunsAreTaken() {
        var h = MachineHarness(DAG("d", order: ["a"]))
        let date = Timestamp(secondsSinceEpoch: 0)
        h.trigger("d", runID: "x")
        h.send(.runRequested(RunRequest(dagID: DAGID("d"), runID: RunID("x"), trigger: .restAPI)))
        #expect(h.refusal == .runIDTaken(DAGID("d"), RunID("x")))
        h.send(.runRequested(RunRequest(dagID: DAGID("d"), trigger: .restAPI, logicalDate: date)))
        #expect(h.runs[RunNumber(2)]?.runID == RunID("manual__1970-01-01T00:00:00+00:00"))
        h.send(
            .runRequested(
                RunRequest(dagID: DAGID("d"), runID: RunID("y"), trigger: .restAPI, logicalDate: date)))
        #expect(h.refusal == .logicalDateTaken(DAGID("d"), date))
        h.send(.runRequested(RunRequest(dagID: DAGID("nobody"), trigger: .restAPI)))
        #expect(h.refusal == .unknownDAG(DAGID("nobody")))
        #expect(h.runs.count == 2)
    }

    @Test func twoRequestsAtTheSameInstantGetDifferentNames() {
        var h = MachineHarness(DAG("d", order: ["a"]))
        h.trigger("d")
        h.trigger("d")
        let names = Set(h.runs.values.map(\.runID))
        #expect(names.count == 2)
        #expect(names.allSatisfy { $0.isValid && $0.text.hasPrefix("manual__2026-01-01T00:00:00+00:00") })
    }
}
