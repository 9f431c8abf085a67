import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct AttemptTests {
    private func machine(_ edit: (inout TaskDefinition) -> Void) -> MachineHarness {
        var h = MachineHarness(
            DAG("d", order: ["a", "b"], upstream: ["b": ["a"]]) { task in
                if task.id == TaskID("a") { edit(&task) }
            })
        h.trigger("d")
        h.start("a")
        return h
    }

    @Test func aFailureIsTriedAgainAfterItsDelay() {
        var h = machine { $0.retry = RetryPolicy(retries: 2, delay: .seconds(60)) }
        let first = h.attempt("a")
        h.finish("a", 1, .exited(1))
        #expect(h.state("a") == .upForRetry)
        #expect(h.instance("a")?.notBefore == h.now + .seconds(60))
        #expect(h.machine.nextWake() == h.now + .seconds(60))
        h.advance(59)
        #expect(h.state("a") == .upForRetry)
        h.advance(1)
        #expect(h.state("a") == .queued)
        #expect(h.attempt("a") != first)
        h.finish("a", 1, .exited(1))
        h.advance(60)
        h.finish("a", 1, .exited(1))
        #expect(h.state("a") == .failed)
        #expect(h.instance("a")?.tryNumber == 3)
        #expect(h.runState() == .failed)
    }

    struct Ending: Sendable {
        let name: String
        let outcome: AttemptOutcome
        let codes: Set<Int32>?
        let attempt: AttemptState
        let instance: TaskInstanceState
        let failure: FailureReason?
        var verdict: GateVerdict?
        var problem: String?
    }

    static let bad = GateVerdict(
        lines: [.init(condition: GateCondition(metric: "auc", minimum: 0.8), value: 0.7, holds: false)],
        effect: .fail)

    /// One retry is left in each of them.
    static let endings: [Ending] = [
        Ending(
            name: "0", outcome: .exited(0), codes: nil, attempt: .succeeded, instance: .success,
            failure: nil),
        Ending(
            name: "99", outcome: .exited(99), codes: nil, attempt: .skipped, instance: .skipped,
            failure: nil),
        Ending(
            name: "1", outcome: .exited(1), codes: nil, attempt: .failed, instance: .upForRetry,
            failure: .userError),
        Ending(
            name: "listed", outcome: .exited(7), codes: [7], attempt: .failed, instance: .upForRetry,
            failure: .userError),
        Ending(
            name: "unlisted", outcome: .exited(8), codes: [7], attempt: .failed, instance: .failed,
            failure: .userError),
        Ending(
            name: "signal", outcome: .signalled(9), codes: nil, attempt: .failed, instance: .upForRetry,
            failure: .userError),
        Ending(
            name: "signal, codes", outcome: .signalled(9), codes: [7], attempt: .failed, instance: .failed,
            failure: .userError),
        Ending(
            name: "timeout", outcome: .timedOut, codes: nil, attempt: .timedOut, instance: .upForRetry,
            failure: .timeout),
        Ending(
            name: "timeout, codes", outcome: .timedOut, codes: [7], attempt: .timedOut, instance: .failed,
            failure: .timeout),
        Ending(
            name: "lost", outcome: .lost("x"), codes: [7], attempt: .lost, instance: .upForRetry,
            failure: .infrastructure),
        Ending(
            name: "not started", outcome: .notStarted(exitCode: 127, "no such file"), codes: nil,
            attempt: .failed, instance: .upForRetry, failure: .userError),
        Ending(
            name: "not started, listed", outcome: .notStarted(exitCode: 126, "x"), codes: [126],
            attempt: .failed, instance: .upForRetry, failure: .userError),
        Ending(
            name: "nothing to do", outcome: .nothingToDo("no champion yet"), codes: nil, attempt: .skipped,
            instance: .skipped, failure: nil),
        Ending(
            name: "gate", outcome: .exited(0), codes: nil, attempt: .failed, instance: .failed,
            failure: .gate, verdict: bad),
        Ending(
            name: "problem", outcome: .exited(0), codes: nil, attempt: .failed, instance: .upForRetry,
            failure: .userError, problem: "no artifact"),
        Ending(
            name: "ended by nobody", outcome: .terminated, codes: nil, attempt: .lost, instance: .upForRetry,
            failure: .infrastructure),
    ]

    @Test(arguments: endings)
    func endsAreClassified(ending: Ending) {
        var h = machine { task in
            task.retry = RetryPolicy(retries: 1, delay: .seconds(5), retryableExitCodes: ending.codes)
        }
        let id = h.attempt("a")
        h.finish("a", 1, ending.outcome, verdict: ending.verdict, problem: ending.problem)
        #expect(h.attempts[id]?.state == ending.attempt)
        #expect(h.state("a") == ending.instance)
        #expect(h.instance("a")?.failure == ending.failure)
    }

    @Test func aLostAttemptWithoutRetriesFailsAsInfrastructure() {
        var h = machine { _ in }
        h.finish("a", 1, .lost("the record is gone"))
        #expect(h.state("a") == .failed)
        #expect(h.instance("a")?.failure == .infrastructure)
        #expect(h.instance("a")?.reason == .lost("the record is gone"))
    }

    @Test func anUnfulfilledGateCanSkipEverythingDownstream() {
        let verdict = GateVerdict(lines: Self.bad.lines, effect: .skipDownstream)
        var h = MachineHarness(
            DAG("d", order: ["a", "b", "c", "other"], upstream: ["b": ["a"], "c": ["b", "other"]]) { task in
                if task.id == TaskID("c") { task.triggerRule = .allDone }
            })
        h.trigger("d")
        h.finish("a", 1, .exited(0), verdict: verdict)
        #expect(h.state("a") == .success)
        #expect(h.instance("a")?.reason == .gateFailed(verdict))
        #expect(h.state("b") == .skipped)
        #expect(h.state("c") == .skipped, "whatever its rule says")
        #expect(h.instance("c")?.reason == .upstreamGate(task: 0))
        h.finish("other")
        #expect(h.runState() == .success)
    }

    @Test func aFailedSpawnIsTriedAgainWithTheSameAttempt() {
        var h = MachineHarness(DAG("d", order: ["a"]))
        h.trigger("d")
        let id = h.attempt("a")
        for seconds: Int64 in [1, 2, 4, 8, 16, 30, 30] {
            h.send(.spawnFailed(id, reason: "no memory"))
            #expect(h.instance("a")?.notBefore == h.now + .seconds(seconds))
            let starts = h.actions.count
            h.advance(seconds - 1)
            #expect(h.actions.count == starts)
            h.advance(1)
            #expect(h.actions.last == .start(id, instance: h.key("a")))
            #expect(h.actions.count == starts + 1)
        }
        h.finish("a")
        #expect(h.instance("a")?.tryNumber == 1)
        #expect(h.runState() == .success)
    }

    @Test func newsOfAnAttemptThatEndedChangesNothing() {
        var h = machine { $0.retry = RetryPolicy(retries: 1, delay: .zero) }
        let id = h.attempt("a")
        let report = AttemptReport(attempt: id, outcome: .exited(1), startDate: h.now, endDate: h.now)
        h.send(.attemptFinished(report))
        let count = h.transitions.count
        h.send(
            .attemptFinished(report), .attemptStarted(id, processID: 1, at: h.now),
            .spawnFailed(id, reason: "x"),
            .attemptFinished(
                AttemptReport(
                    attempt: AttemptID("unknown"), outcome: .exited(0), startDate: nil, endDate: h.now)))
        #expect(h.transitions.count == count)
    }

    @Test func reportsOfLaterTriesReplaceEarlierOnesEvenWhenEmpty() {
        var h = machine { $0.retry = RetryPolicy(retries: 1, delay: .zero) }
        var report = AttemptReport(
            attempt: h.attempt("a"), outcome: .exited(1), startDate: h.now, endDate: h.now)
        report.metrics = [Metric(name: "auc", value: 0.5)]
        h.send(.attemptFinished(report))
        #expect(h.transitions.contains(.reportRecorded(instance: h.key("a"), report: report)))
        let second = AttemptReport(
            attempt: h.attempt("a"), outcome: .exited(0), startDate: h.now, endDate: h.now)
        h.send(.attemptFinished(second))
        #expect(h.transitions.contains(.reportRecorded(instance: h.key("a"), report: second)))
    }

    @Test func aNoopSucceedsWithoutAnAttempt() {
        var h = MachineHarness(
            DAG("d", order: ["a", "b", "c"], upstream: ["b": ["a"], "c": ["b"]]) { task in
                if task.id != TaskID("b") { task.role = .noop }
            })
        h.trigger("d")
        #expect(h.state("a") == .success)
        #expect(h.instance("a")?.tryNumber == 1)
        #expect(h.instance("a")?.startDate == h.now)
        h.finish("b")
        #expect(h.runState() == .success)
        #expect(h.attempts.count == 1)
    }
}
