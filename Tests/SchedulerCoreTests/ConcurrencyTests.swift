import DAGDomain
import JSONText
import SchedulerCore
import SchedulerTestKit
import Testing

/// What `concurrency`, `allowed_run_types` and `max_consecutive_failed_dag_runs` do to runs.
@Suite struct ConcurrencyTests {
    private func dag(
        _ id: String = "d", _ conflict: ConcurrencyConflict = .queue, limit: Int = 1,
        key: ConcurrencyKey? = nil
    ) -> DAG {
        DAG(
            id,
            settings: DAGSettings(
                concurrency: RunConcurrency(key: key, limit: limit, onConflict: conflict)),
            order: ["a"])
    }

    private func states(_ h: MachineHarness) -> [DAGRunState] {
        h.runs.values.sorted { $0.number < $1.number }.map(\.state)
    }

    private func reasons(_ h: MachineHarness) -> [RunReason?] {
        h.runs.values.sorted { $0.number < $1.number }.map(\.reason)
    }

    struct Example: Sendable {
        let conflict: ConcurrencyConflict
        let states: [DAGRunState]
        let reasons: [RunReason?]
    }

    static let examples: [Example] = [
        Example(conflict: .queue, states: [.running, .queued, .queued], reasons: [nil, nil, nil]),
        Example(
            conflict: .skip, states: [.running, .success, .success],
            reasons: [nil, .skippedByConcurrency, .skippedByConcurrency]),
        Example(
            conflict: .cancelNew, states: [.running, .cancelled, .cancelled],
            reasons: [nil, .cancelledByConcurrency, .cancelledByConcurrency]),
        Example(
            conflict: .fail, states: [.running, .failed, .failed],
            reasons: [nil, .failedByConcurrency, .failedByConcurrency]),
        Example(
            conflict: .coalesce, states: [.running, .success, .queued], reasons: [nil, .coalesced, nil]),
        Example(
            conflict: .cancelRunning, states: [.running, .cancelled, .queued],
            reasons: [.cancelledByUser, .superseded, nil]),
    ]

    /// Three runs one after the other while none ends.
    @Test(arguments: examples)
    func oneTooMany(example: Example) {
        var h = MachineHarness(dag("d", example.conflict))
        for name in ["one", "two", "three"] {
            h.trigger("d", runID: name)
            if name == "one" { h.start("a") }
        }
        #expect(states(h) == example.states)
        #expect(reasons(h) == example.reasons)
        if example.states[1].isFinished {
            #expect(h.runs[RunNumber(2)]?.reasonDetail?.isEmpty == false)
            #expect(h.state("a", 2) == (example.states[1] == .success ? .skipped : .cancelled))
        }
        h.finish("a", 1, example.conflict == .cancelRunning ? .terminated : .exited(0))
        let waited = example.states.contains(.queued)
        #expect(states(h).count { $0 == .running } == (waited ? 1 : 0))
    }

    @Test func theKeyDecidesWhoExcludesWhom() {
        let key = ConcurrencyKey(segments: [.literal("table "), .parameter("table")])
        var h = MachineHarness(dag("d", key: key), dag("e", key: key))
        func trigger(_ dag: String, _ table: String) {
            h.send(
                .runRequested(
                    RunRequest(
                        dagID: DAGID(dag), runID: RunID("\(h.runs.count)"), trigger: .commandLine,
                        parameters: ["table": .string(table)])))
        }
        trigger("d", "x")
        trigger("d", "y")
        trigger("e", "x")
        trigger("d", "x")
        #expect(states(h) == [.running, .running, .queued, .queued])
        #expect(h.runs[RunNumber(3)]?.concurrencyKey == "table x")
        #expect(h.machine.explain(h.key("a", 3))?.cause == .groupIsFull("table x", running: 1))
        h.start("a", 1)
        h.finish("a", 1)
        #expect(states(h).count { $0 == .running } == 2, "room for one of the two")
        #expect(states(h)[1] == .running)
    }

    @Test func aBlockedRunLetsOthersPass() {
        let key = ConcurrencyKey(segments: [.parameter("k")])
        var h = MachineHarness(dag("d", key: key))
        for name in ["a", "a", "b"] {
            h.send(
                .runRequested(
                    RunRequest(
                        dagID: DAGID("d"), runID: RunID("\(h.runs.count)"), trigger: .commandLine,
                        parameters: ["k": .string(name)])))
        }
        #expect(states(h) == [.running, .queued, .running])
    }

    @Test func aKeyIsFilledIn() {
        let key = ConcurrencyKey(
            segments: [
                .field(.dagID), .literal("-"), .parameter("n"), .literal("-"), .field(.runType),
                .literal("-"), .field(.day), .literal("-"), .field(.logicalDate), .parameter("none"),
            ])
        let run = DAGRun(
            number: RunNumber(1), dagID: DAGID("d"), runID: RunID("r"), version: DAGVersionHash("v"),
            type: .manual, trigger: .commandLine, logicalDate: Timestamp(secondsSinceEpoch: 1_767_225_600),
            dataIntervalStart: nil, dataIntervalEnd: nil, runAfter: .epoch, queuedAt: .epoch,
            parameters: ["n": 5])
        #expect(key.text(of: run) == "d-5-manual-2026-01-01-2026-01-01T00:00:00+00:00")
    }

    @Test func refusesRunsOfOtherKinds() {
        var h = MachineHarness(
            DAG("d", settings: DAGSettings(allowedRunTypes: [.scheduled]), order: ["a"]))
        h.trigger("d")
        #expect(h.refusal == .runTypeNotAllowed(DAGID("d"), .manual, allowed: [.scheduled]))
        #expect(h.runs.isEmpty)
    }

    @Test func failuresInARowPauseTheDAG() throws {
        let dag = DAG(
            "d", settings: DAGSettings(schedule: .every(.seconds(3_600)), maximumConsecutiveFailedRuns: 2),
            order: ["a"])
        var h = MachineHarness(dag)
        func run(_ number: Int64, exit: Int32) {
            h.advance(3_600)
            h.start("a", number)
            h.finish("a", number, .exited(exit))
        }
        run(1, exit: 1)
        run(2, exit: 0)
        run(3, exit: 1)
        #expect(h.machine.snapshot.statuses.first?.isPaused == false, "a success in between")
        run(4, exit: 1)
        let status = try #require(h.machine.snapshot.statuses.first)
        #expect(status.isPaused && status.consecutiveFailures == 2)
        #expect(status.pauseReason?.hasPrefix("2 runs in a row failed") == true)
        #expect(h.machine.nextWake() == nil)
        #expect(h.transitions.contains { if case .noted(_, _, "pause", _, _) = $0 { true } else { false } })
        h.send(.dagPauseChanged(DAGID("d"), isPaused: false))
        let active = try #require(h.machine.snapshot.statuses.first)
        #expect(!active.isPaused && active.pauseReason == nil && active.consecutiveFailures == 0)
    }
}
