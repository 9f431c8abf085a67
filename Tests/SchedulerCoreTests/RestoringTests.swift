import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct RestoringTests {
    private let dag = DAG("d", order: ["a", "b", "c", "d"], upstream: ["d": ["a"]]) { task in
        task.retry = RetryPolicy(retries: 1, delay: .seconds(60))
        if task.id == TaskID("c") { task.pool = PoolName("none") }
    }

    @Test func reloadedIsLive() throws {
        var h = MachineHarness(dag)
        h.trigger("d")
        h.trigger("d")
        h.start("a")
        h.finish("b", 1, .exited(1))
        var reloaded = try SchedulerStateMachine(
            restoring: h.machine.snapshot, dag: { _, _ in dag }, configuration: SchedulerConfiguration(),
            seed: 9)
        _ = reloaded.handle(.dagLoaded(dag, pausedAtCreation: false), at: h.now)
        #expect(reloaded == h.machine)
    }

    @Test func anAttemptThatMayHaveBeenSpawnedWaitsForNews() throws {
        var h = MachineHarness(DAG("d", order: ["a"]))
        h.trigger("d")
        let id = h.attempt("a")
        h.send(.spawnFailed(id, reason: "no memory"))
        guard let dag = h.dags[DAGID("d")] else { return }
        var machine = try SchedulerStateMachine(
            restoring: h.machine.snapshot, dag: { _, _ in dag }, configuration: SchedulerConfiguration(),
            seed: 9)
        let later = h.now + .seconds(100)
        #expect(machine.dispatch(at: later).actions.isEmpty)
        #expect(machine.nextWake() == nil)
        _ = machine.handle(.spawnFailed(id, reason: "no record"), at: later)
        #expect(
            machine.dispatch(at: later).actions == [
                .start(id, instance: TaskInstanceKey(run: RunNumber(1), task: 0))
            ])
    }

    @Test func aMissingVersionIsNamed() throws {
        var h = MachineHarness(dag)
        h.trigger("d")
        let state = h.machine.snapshot
        #expect(throws: MissingDAGVersionError(dagID: dag.id, version: dag.version)) {
            try SchedulerStateMachine(
                restoring: state, dag: { _, _ in nil }, configuration: SchedulerConfiguration(), seed: 9)
        }
    }

    @Test func equalSeedsAndEventsMakeEqualDecisions() {
        var machines = [UInt64(5), 5, 6].map {
            SchedulerStateMachine(configuration: SchedulerConfiguration(), seed: $0)
        }
        let now = Timestamp(secondsSinceEpoch: 0)
        var decisions: [SchedulerDecision] = []
        for index in machines.indices {
            _ = machines[index].handle(.dagLoaded(dag, pausedAtCreation: false), at: now)
            _ = machines[index].handle(.runRequested(RunRequest(dagID: dag.id, trigger: .restAPI)), at: now)
            decisions.append(machines[index].dispatch(at: now))
        }
        #expect(decisions[0] == decisions[1])
        #expect(decisions[0] != decisions[2])
    }

    @Test func longChainsAndWideFansEnd() {
        for dag in [DAG.chain("big", count: 20_000), DAG.fan("big", width: 20_000)] {
            var h = MachineHarness(dag)
            h.trigger("big")
            h.finish("t0", 1, .exited(1))
            h.finish("root", 1, .exited(1))
            #expect(h.runState() == .failed)
        }
    }
}
