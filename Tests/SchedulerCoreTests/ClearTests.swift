import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct ClearTests {
    private let chain = DAG("d", order: ["a", "b", "c"], upstream: ["b": ["a"], "c": ["b"]]) {
        $0.retry = RetryPolicy(retries: 1, delay: .zero)
    }

    private func clear(_ h: inout MachineHarness, _ tasks: [InstancePlace]) {
        h.send(.instancesCleared(RunNumber(1), tasks, by: "ann"))
    }

    /// Brings the finished run 1 back as the engine does.
    private func restore(_ h: MachineHarness) -> SchedulerEvent {
        let rows = h.instances.values.filter { $0.key.run == RunNumber(1) }.sorted { $0.key < $1.key }
        guard let run = h.runs[RunNumber(1)] else { preconditionFailure("there is a run") }
        return .runRestored(run, chain, rows, outputs: [:])
    }

    @Test func selectionsFollowTheGraph() {
        let rows = (0..<3).map {
            TaskInstance(
                key: TaskInstanceKey(run: RunNumber(1), task: $0),
                state: $0 == 2 ? .upstreamFailed : .success, maximumTries: 1)
        }
        #expect(ClearSelection(dag: chain, tasks: [1]).expanded(in: rows) == [1, 2])
        #expect(ClearSelection(dag: chain, tasks: [1], includeDownstream: false).expanded(in: rows) == [1])
        #expect(
            ClearSelection(dag: chain, tasks: [1], includeUpstream: true).expanded(in: rows) == [0, 1, 2])
        #expect(
            ClearSelection(dag: chain, tasks: [1], states: ClearSelection.failed).expanded(in: rows) == [
                InstancePlace(task: 2, mapIndex: -1)
            ])
        #expect(ClearSelection(dag: chain, tasks: [7]).expanded(in: rows) == [])
    }

    @Test func aFinishedRunComesBackWithNewRetries() {
        var h = MachineHarness(chain)
        h.trigger("d")
        h.finish("a")
        h.finish("b", 1, .exited(1))
        h.finish("b", 1, .exited(1))
        #expect(h.runState() == .failed)
        #expect(h.machine.snapshot.runs.isEmpty)
        h.now = h.now + .seconds(10)
        h.send(restore(h), .instancesCleared(RunNumber(1), [1, 2], by: "ann"))
        #expect(h.runState() == .running)
        #expect(h.runs[RunNumber(1)]?.startDate == h.now)
        #expect(h.runs[RunNumber(1)]?.endDate == nil)
        #expect(h.state("b") == .queued)
        #expect(h.instance("b")?.tryNumber == 3)
        #expect(h.instance("b")?.maximumTries == 4)
        #expect(h.instance("b")?.triesSinceClear == 1)
        #expect(h.transitions.contains(.reportsForgotten(instance: h.key("b"))))
        h.finish("b", 1, .exited(1))
        h.finish("b")
        h.finish("c")
        #expect(h.runState() == .success)
    }

    @Test func whatARuleHadSettledIsEvaluatedAgain() {
        var h = MachineHarness(chain)
        h.trigger("d")
        h.finish("a", 1, .exited(1))
        h.finish("a", 1, .exited(1))
        #expect(h.state("c") == .upstreamFailed)
        h.send(restore(h), .instancesCleared(RunNumber(1), [0], by: "ann"))
        #expect(h.state("c") == .pending)
        h.finish("a")
        h.finish("b")
        h.finish("c")
        #expect(h.runState() == .success)
    }

    @Test func aRunningTaskIsEndedAndStartsAnew() throws {
        var h = MachineHarness(chain)
        h.trigger("d")
        h.start("a")
        let first = h.attempt("a")
        clear(&h, [0])
        #expect(h.actions.last == .terminate(first))
        #expect(h.state("a") == .running)
        // The wish survives a restart.
        var restarted = try SchedulerStateMachine(
            restoring: h.machine.snapshot, dag: { _, _ in chain }, configuration: SchedulerConfiguration(),
            seed: 2)
        #expect(restarted.dispatch(at: h.now).actions == [.terminate(first)])
        h.finish("a", 1, .terminated)
        #expect(h.state("a") == .queued)
        #expect(h.attempt("a") != first)
        #expect(h.instance("a")?.maximumTries == 3)
        #expect(h.attempts[first]?.state == .cancelled)
    }

    @Test func aBroughtBackRunThatIsLeftAloneLeavesAgain() {
        var h = MachineHarness(chain)
        h.trigger("d")
        h.finish("a")
        h.finish("b")
        h.finish("c")
        let count = h.transitions.count
        h.send(restore(h))
        #expect(!h.machine.holds(RunNumber(1)))
        #expect(h.transitions.count == count)
        clear(&h, [0])
        #expect(h.refusal == .unknownRun(RunNumber(1)))
    }

    @Test func whatAGateSkippedComesBackWithTheGate() {
        let gate = Gate(conditions: [GateCondition(metric: "auc", minimum: 0.8)], onFailure: .skipDownstream)
        let dag = DAG("d", order: ["a", "b", "c"], upstream: ["b": ["a"], "c": ["b"]]) {
            if $0.id == TaskID("a") { $0.gate = gate }
        }
        let bad = GateVerdict(
            lines: [.init(condition: gate.conditions[0], value: 0.1, holds: false)], effect: .skipDownstream)
        var h = MachineHarness(dag, DAG("other", order: ["x"]))
        h.trigger("d")
        h.finish("a", 1, .exited(0), verdict: bad)
        #expect(h.runState() == .success)
        let rows = h.instances.values.sorted { $0.key < $1.key }
        guard let run = h.runs[RunNumber(1)] else { return }
        h.send(.runRestored(run, dag, rows, outputs: [:]), .instancesCleared(RunNumber(1), [0], by: "ann"))
        h.finish("a")
        h.finish("b")
        h.finish("c")
        #expect(h.runState() == .success)
        #expect(h.state("c") == .success)
    }
}
