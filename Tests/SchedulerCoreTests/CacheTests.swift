import DAGDomain
import JSONText
import SchedulerCore
import SchedulerTestKit
import Testing

/// What an attempt that was served from the cache does to its task, and when a task may be served at all.
struct CacheTests {
    private let earlier = AttemptOutcome.cached(run: RunID("earlier"), tryNumber: 2)

    private func task(_ id: String, after upstream: [String] = [], role: TaskRole = .task) -> TaskDefinition {
        var task = TaskDefinition(
            id: TaskID(id), role: role, action: .shell("x"), dependsOn: upstream.map { TaskID($0) })
        task.cache = TaskCache()
        return task
    }

    private func record(_ tryNumber: Int = 1) -> CacheRecord {
        CacheRecord(
            tryNumber: tryNumber, key: "key", components: [], answer: .nothingKept, text: "computed",
            sourceRun: RunID("r"), sourceTry: tryNumber)
    }

    private func report(
        _ attempt: AttemptID, _ outcome: AttemptOutcome, outputs: [TaskOutput] = [], at now: Timestamp
    ) -> AttemptReport {
        var report = AttemptReport(
            attempt: attempt, outcome: outcome, startDate: now, endDate: now, outputs: outputs)
        report.cache = record()
        return report
    }

    private func kept(_ harness: MachineHarness) -> [Bool] {
        harness.transitions.compactMap {
            if case .reportRecorded(_, let report) = $0 { report.cache?.isKept } else { nil }
        }
    }

    @Test func aServedTaskSucceedsWithoutHavingStarted() {
        var harness = MachineHarness(DAG("d", tasks: [task("a"), task("b", after: ["a"])]))
        harness.trigger("d")
        let outputs = [TaskOutput(name: "n", value: 1)]
        harness.send(
            .attemptFinished(report(harness.attempt("a"), earlier, outputs: outputs, at: harness.now)))
        #expect(harness.state("a") == .success)
        #expect(harness.instance("a")?.reason == .cached(run: RunID("earlier"), tryNumber: 2))
        #expect(harness.attempts.values.filter { $0.state == .succeeded }.map(\.processID) == [nil])
        #expect(harness.state("b") == .queued, "what comes after it goes on")
        #expect(kept(harness) == [true])
        let recorded = harness.transitions.contains {
            if case .reportRecorded(_, let report) = $0 { report.outputs == outputs } else { false }
        }
        #expect(recorded, "what it left is recorded as though it had run")
    }

    @Test(arguments: [
        (AttemptOutcome.exited(0), [true]), (.exited(1), [false]), (.exited(99), [false]),
        (.timedOut, [false]),
    ]) func onlyASuccessIsKept(outcome: AttemptOutcome, expected: [Bool]) {
        var harness = MachineHarness(DAG("d", tasks: [task("a")]))
        harness.trigger("d")
        harness.start("a")
        harness.send(.attemptFinished(report(harness.attempt("a"), outcome, at: harness.now)))
        #expect(kept(harness) == expected)
    }

    @Test func whatAPersonMarkedMeanwhileIsNotKept() {
        var harness = MachineHarness(DAG("d", tasks: [task("a")]))
        harness.trigger("d")
        harness.start("a")
        harness.send(.instancesMarked(RunNumber(1), [0], as: .failed, by: "me"))
        harness.send(.attemptFinished(report(harness.attempt("a"), .exited(0), at: harness.now)))
        #expect(harness.state("a") == .failed && kept(harness) == [false])
    }

    @Test func aGateThatSkipsKeepsNothing() {
        var gated = task("a")
        let condition = GateCondition(metric: "m", minimum: 1)
        gated.gate = Gate(conditions: [condition], onFailure: .skipDownstream)
        var harness = MachineHarness(DAG("d", tasks: [gated]))
        harness.trigger("d")
        var end = report(harness.attempt("a"), .exited(0), at: harness.now)
        end.verdict = GateVerdict(
            lines: [.init(condition: condition, value: 0, holds: false)], effect: .skipDownstream)
        harness.send(.attemptFinished(end))
        #expect(harness.state("a") == .success && kept(harness) == [false])
    }

    /// What a branch chose may not be there any more in a later version of the file.
    @Test func aServedBranchIsHeldToTheTasksThatThereAre() {
        var harness = MachineHarness(DAG("d", tasks: [task("a", role: .branch), task("b", after: ["a"])]))
        harness.trigger("d")
        let outputs = [TaskOutput(name: "branch", value: "gone")]
        harness.send(
            .attemptFinished(report(harness.attempt("a"), earlier, outputs: outputs, at: harness.now)))
        #expect(harness.state("a") == .failed && kept(harness) == [false])
    }

    @Test func aRunRemembersWhetherItMayUseTheCache() {
        var harness = MachineHarness(DAG("d", tasks: [task("a")]))
        harness.send(.runRequested(RunRequest(dagID: DAGID("d"), trigger: .commandLine, cacheUse: .never)))
        #expect(harness.runs[RunNumber(1)]?.cacheUse == .never)
        harness.send(.cacheUseChanged(RunNumber(1), .always))
        #expect(harness.runs[RunNumber(1)]?.cacheUse == .always)
        harness.send(.cacheUseChanged(RunNumber(9), .always))
        #expect(harness.refusal == .unknownRun(RunNumber(9)))
    }
}
