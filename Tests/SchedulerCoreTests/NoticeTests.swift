import DAGDomain
import JSONText
import SchedulerCore
import SchedulerTestKit
import Testing

/// Which changes raise which notices.
struct NoticeTests {
    private static let command = NoticeAction(.command, .value(.null))
    private static let everyEvent: Notices = Dictionary(
        uniqueKeysWithValues: NoticeEvent.allCases.map { ($0, [command]) })

    private func told(_ h: MachineHarness) -> [String] {
        h.notices.map { notice in
            let who = notice.facts["task_id"]?.stringValue ?? "run"
            let index = notice.instance?.mapIndex ?? -1
            return "\(who)\(index < 0 ? "" : "[\(index)]") \(notice.occasion.word)"
        }
    }

    private func harness(
        _ retries: Int = 0, runs: Bool = false, edit: @escaping (inout TaskDefinition) -> Void = { _ in }
    ) throws -> MachineHarness {
        var settings = DAGSettings()
        if runs { settings.notices = Self.everyEvent.filter { $0.key.isOfRuns } }
        var h = MachineHarness(
            try dag(
                (
                    "t", [],
                    {
                        $0.retry.retries = retries
                        if !runs { $0.notices = Self.everyEvent }
                        edit(&$0)
                    }
                ), settings: settings))
        h.trigger("d")
        return h
    }

    @Test(arguments: [
        (AttemptOutcome.exited(0), ["t on_execute", "t on_success"]),
        (.exited(3), ["t on_execute", "t on_failure"]), (.exited(99), ["t on_execute", "t on_skipped"]),
        (.timedOut, ["t on_execute", "t on_failure"]),
    ]) func anEndIsTold(outcome: AttemptOutcome, expected: [String]) throws {
        var h = try harness()
        h.end("t", as: outcome)
        #expect(told(h) == expected)
    }

    @Test func aRetryIsToldAndThenTheFailure() throws {
        var h = try harness(1) { $0.retry.delay = .seconds(5) }
        h.end("t", as: .exited(1))
        h.advance(5)
        h.end("t", as: .exited(1))
        #expect(told(h) == ["t on_execute", "t on_retry", "t on_execute", "t on_failure"])
        let facts = try #require(h.notices.last?.facts)
        #expect(facts["try_number"] == 2 && facts["max_tries"] == 2 && facts["state"] == "failed")
        #expect(facts["reason"] == "exit code 1")
        #expect(facts["text"]?.stringValue?.hasSuffix("task `t` failed (try 2 of 2): exit code 1") == true)
    }

    @Test func anAttemptWhoseStartWasNotSeenIsToldToo() throws {
        var h = try harness()
        h.finish("t")
        #expect(told(h) == ["t on_execute", "t on_success"])
    }

    @Test func theNoticeIsInTheTransactionOfItsChange() throws {
        var h = try harness()
        h.start("t")
        let before = h.transitions.count
        h.finish("t", 1, .exited(1))
        let kinds = h.transitions[before...].compactMap { transition -> String? in
            switch transition {
            case .instanceChanged: "change"
            case .noticeRaised: "notice"
            default: nil
            }
        }
        #expect(kinds == ["change", "notice"])
    }

    @Test func whoeverActsIsNotTold() throws {
        var h = try harness()
        h.start("t")
        let count = h.notices.count
        h.send(.instancesMarked(RunNumber(1), [0], as: .failed, by: "ann"))
        h.finish("t", 1, .terminated)
        #expect(h.state("t") == .failed && h.notices.count == count)
        h.send(.runMarked(RunNumber(1), as: .success, by: "ann"))
        #expect(h.notices.count == count)
        var other = try harness()
        other.start("t")
        other.send(.runCancelled(RunNumber(1), by: "ann"))
        other.finish("t", 1, .terminated)
        #expect(other.state("t") == .cancelled && told(other) == ["t on_execute"])
    }

    @Test func whatIsSkippedBecauseOfOthersIsNotTold() throws {
        var h = MachineHarness(
            try dag(
                ("a", [], { _ in }),
                (
                    "b", ["a"],
                    {
                        $0.notices = Self.everyEvent
                        $0.triggerRule = .allFailed
                    }
                )))
        h.trigger("d")
        h.end("a")
        #expect(h.state("b") == .skipped && h.notices.isEmpty)
    }

    @Test func aRunIsToldOf() throws {
        var h = try harness(runs: true)
        #expect(told(h) == ["run on_execute"])
        h.end("t", as: .exited(1))
        #expect(told(h) == ["run on_execute", "run on_failure"])
        let facts = try #require(h.notices.last?.facts)
        #expect(
            facts["failed_tasks"] == ["t"] && facts["failed_count"] == 1 && facts["task_id"]?.isNull == true)
        #expect(facts["run_state"] == "failed" && facts["state"] == "failed")
        #expect(facts["text"]?.stringValue?.hasSuffix("failed: `t` (exit code 1)") == true)
        var good = try harness(runs: true)
        good.end("t")
        #expect(told(good) == ["run on_execute", "run on_success"])
        #expect(good.notices.last?.facts["failed_tasks"] == [])
    }

    @Test func aRunThatTakesTooLongHasFailed() throws {
        var settings = DAGSettings(runTimeout: .seconds(10))
        settings.notices = [.failure: [Self.command]]
        var h = MachineHarness(
            try dag(("t", [], { $0.notices = Self.everyEvent }), settings: settings))
        h.trigger("d")
        h.start("t")
        h.advance(10)
        h.finish("t", 1, .terminated)
        #expect(told(h) == ["t on_execute", "run on_failure"])
        #expect(h.notices.last?.facts["reason"] == "its dagrun_timeout passed")
    }

    @Test func everyActionAndEveryInstanceIsTold() throws {
        var h = try harness {
            $0.flow.mapping = .list("n", 1, 2)
            $0.notices = [.success: [Self.command, NoticeAction(.webhook, .value(.null))]]
        }
        h.end("t", 0)
        h.end("t", 1)
        #expect(told(h) == ["t[0] on_success", "t[0] on_success", "t[1] on_success", "t[1] on_success"])
        #expect(h.notices.map(\.position) == [0, 1, 0, 1])
        #expect(h.notices.map(\.kind) == [.command, .webhook, .command, .webhook])
    }

    @Test func aSensorBeginsOnce() throws {
        var h = try harness {
            $0.role = .sensor
            $0.flow.wait = Wait(.poke, timeout: .seconds(100), pokeInterval: .seconds(40))
        }
        h.end("t", as: .exited(1))
        h.advance(40)
        h.end("t")
        #expect(told(h) == ["t on_execute", "t on_success"])
    }

    @Test func delaysDouble() {
        let action = NoticeAction(.command, .value(.null), retryDelay: .seconds(10))
        let delays = (1...8).map { action.delay(afterTries: $0).inSeconds }
        #expect(delays == [10, 20, 40, 80, 160, 320, 600, 600])
        let slow = NoticeAction(.command, .value(.null), retryDelay: .seconds(3_600))
        #expect(slow.delay(afterTries: 5) == .seconds(3_600))
        let now = NoticeAction(.command, .value(.null), retryDelay: .zero)
        #expect(now.delay(afterTries: 1_000_000) == .zero)
    }
}

extension MachineHarness {
    var notices: [RaisedNotice] {
        transitions.compactMap { if case .noticeRaised(let notice) = $0 { notice } else { nil } }
    }
}
