import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct CancelAndMarkTests {
    private let dag = DAG("d", order: ["a", "b", "c"], upstream: ["c": ["a", "b"]]) {
        $0.retry = RetryPolicy(retries: 3, delay: .zero)
    }

    @Test func cancelEndsWhatRunsAndTheRunLast() throws {
        var h = MachineHarness(dag)
        h.trigger("d")
        h.start("a")
        h.finish("b")
        h.send(.runCancelled(RunNumber(1), by: "ann"))
        #expect(h.actions.last == .terminate(h.attempt("a")))
        #expect(h.state("c") == .cancelled)
        #expect(h.runState() == .running)
        #expect(h.runs[RunNumber(1)]?.reason == .cancelledByUser)
        var restarted = try SchedulerStateMachine(
            restoring: h.machine.snapshot, dag: { _, _ in dag }, configuration: SchedulerConfiguration(),
            seed: 2)
        #expect(restarted.dispatch(at: h.now).actions == [.terminate(h.attempt("a"))])
        h.finish("a", 1, .terminated)
        #expect(h.state("a") == .cancelled)
        #expect(h.instance("a")?.reason == .byUser("cancelled by ann"))
        #expect(h.runState() == .cancelled)
        h.send(.runCancelled(RunNumber(1), by: "ann"))
        #expect(h.refusal == .unknownRun(RunNumber(1)))
    }

    @Test func aTaskThatEndsByItselfWhileItIsCancelledKeepsItsEnd() {
        var h = MachineHarness(dag)
        h.trigger("d")
        h.send(.runCancelled(RunNumber(1), by: "ann"))
        h.finish("a")
        h.finish("b", 1, .exited(1))
        #expect(h.state("a") == .success)
        #expect(h.state("b") == .cancelled, "no retry in a cancelled run")
        #expect(h.runState() == .cancelled)
    }

    @Test func aQueuedRunIsCancelledAtOnce() {
        var h = MachineHarness(DAG("d", settings: DAGSettings(maximumActiveRuns: 1), order: ["a"]))
        h.trigger("d")
        h.trigger("d")
        h.send(.runCancelled(RunNumber(2), by: "ann"))
        #expect(h.runState(2) == .cancelled)
        h.finish("a", 1)
        #expect(h.runState(1) == .success)
    }

    @Test func cancelFreesTheSlotsOfWhatWasWaitingToBeSpawned() {
        var h = MachineHarness(dag, parallelism: 1)
        h.trigger("d")
        h.send(.spawnFailed(h.attempt("a"), reason: "no memory"))
        h.send(.runCancelled(RunNumber(1), by: "ann"))
        #expect(h.state("a") == .cancelled)
        #expect(h.attempts[h.attempt("a")]?.state == .cancelled)
        #expect(h.runState() == .cancelled)
        h.trigger("d")
        #expect(h.activeTasks == ["a"])
    }

    @Test func markingAFailureAsSuccessLetsTheRunGoOn() {
        var h = MachineHarness(DAG("d", order: ["a", "b"], upstream: ["b": ["a"]]))
        h.trigger("d")
        h.finish("a", 1, .exited(1))
        #expect(h.runState() == .failed)
        let rows = h.instances.values.sorted { $0.key < $1.key }
        guard let run = h.runs[RunNumber(1)], let dag = h.dags[DAGID("d")] else { return }
        h.send(
            .runRestored(run, dag, rows, outputs: [:]),
            .instancesMarked(RunNumber(1), [0], as: .success, by: "ann"))
        #expect(h.state("a") == .success)
        #expect(h.runState() == .running)
        h.finish("b")
        #expect(h.runState() == .success)
    }

    @Test func aRunningTaskIsEndedBeforeItIsMarked() {
        var h = MachineHarness(dag)
        h.trigger("d")
        h.send(.instancesMarked(RunNumber(1), [0], as: .skipped, by: "ann"))
        #expect(h.state("a") == .queued)
        #expect(h.actions.last == .terminate(h.attempt("a")))
        h.finish("a", 1, .terminated)
        #expect(h.state("a") == .skipped)
        #expect(h.state("c") == .skipped)
    }

    @Test(arguments: [(DAGRunState.success, TaskInstanceState.success), (.failed, .skipped)])
    func aMarkedRunEndsWhenItsTasksHave(state: DAGRunState, waiting: TaskInstanceState) {
        var h = MachineHarness(dag)
        h.trigger("d")
        h.finish("b")
        h.send(.runMarked(RunNumber(1), as: state, by: "ann"))
        #expect(h.state("c") == waiting)
        #expect(h.runState() == .running)
        h.finish("a", 1, .terminated)
        #expect(h.state("a") == (state == .success ? .success : .failed))
        #expect(h.runState() == state)
        #expect(h.runs[RunNumber(1)]?.reason == .markedByUser)
    }
}
