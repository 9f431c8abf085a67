import DAGDomain
import JSONText
import SchedulerTestKit
import Testing

@testable import SchedulerCore

/// Faults put into the machine's own books, which no event can bring about: each is named by the audit, and gone after
/// the repair.
@Suite struct AuditTests {
    private func kinds(_ h: MachineHarness) -> [Anomaly.Kind] {
        h.machine.anomalies(at: h.now).map(\.kind)
    }

    /// Repairs what there is, and dispatches.
    private func repair(_ h: inout MachineHarness) {
        let found = h.machine.anomalies(at: h.now)
        h.take(h.machine.repair(found, at: h.now))
        h.send(.timeReached)
    }

    private func row(_ h: MachineHarness, _ task: String) -> Int {
        h.machine.runs[RunNumber(1)]?.row(of: h.key(task)) ?? -1
    }

    @Test func aSoundMachineHasNone() {
        var h = MachineHarness(
            DAG("d", order: ["a", "b", "c"], upstream: ["c": ["a"]]), parallelism: 1)
        #expect(kinds(h).isEmpty)
        h.trigger("d")
        #expect(kinds(h).isEmpty)
        h.finish("a")
        #expect(kinds(h).isEmpty)
        h.advance(1_000)
        #expect(kinds(h).isEmpty)
    }

    @Test func aReadyTaskThatFellOutOfItsLineIsStarted() {
        var h = MachineHarness(DAG("d", order: ["a", "b"]), parallelism: 1)
        h.trigger("d")
        h.machine.slots.withdraw(h.key("b"))
        #expect(kinds(h).isEmpty, "its slots are not free yet")
        h.finish("a")
        #expect(h.state("b") == .scheduled)
        #expect(kinds(h) == [.notStarted])
        #expect(
            h.machine.anomalies(at: h.now).first?.sentence
                == "`b` of run `\(h.runs[RunNumber(1)]?.runID.text ?? "")` of DAG `d` was ready and its slots "
                + "were free, but it was not started")
        repair(&h)
        #expect(h.state("b") == .queued)
        #expect(kinds(h).isEmpty)
        h.finish("b")
        #expect(h.runState() == .success)
    }

    @Test func slotsThatNobodyHoldsAreGivenAgain() {
        var h = MachineHarness(DAG("d", order: ["a", "b"]) { $0.pool = PoolName("p") })
        h.send(.poolChanged(Pool(name: PoolName("p"), slots: 1)))
        h.trigger("d")
        let entry = LineEntry(
            key: TaskInstanceKey(run: RunNumber(9), task: 0), rank: 1, date: .epoch, pool: PoolName("p"),
            slots: 1)
        h.machine.slots.occupy(entry)
        h.finish("a")
        #expect(kinds(h) == [.notStarted])
        repair(&h)
        #expect(h.activeTasks == ["b"])
    }

    @Test func theFirstInLineIsAwaitedThoughSmallerOnesWouldFit() {
        var h = MachineHarness(
            DAG("d", order: ["a", "large", "small"]) { task in
                task.pool = PoolName("p")
                task.poolSlots = task.id == TaskID("large") ? 2 : 1
            })
        h.send(.poolChanged(Pool(name: PoolName("p"), slots: 2)))
        h.trigger("d")
        #expect(h.activeTasks == ["a"])
        #expect(kinds(h).isEmpty)
    }

    @Test func limitsOfRunsAndTasksAreNoFault() {
        var h = MachineHarness(
            DAG("d", settings: DAGSettings(maximumActiveTasks: 2), order: ["a", "b", "c"]) { task in
                task.flow.maximumActivePerDAG = 1
            },
            DAG("e", settings: DAGSettings(maximumActiveRuns: 1), order: ["x"]))
        h.trigger("d")
        h.trigger("d")
        h.trigger("e")
        h.trigger("e")
        #expect(kinds(h).isEmpty)
    }

    @Test func aRetryWhoseTimerIsLostIsDoneAgain() {
        var h = MachineHarness(DAG("d", order: ["a"]) { $0.retry.retries = 1 })
        h.trigger("d")
        h.finish("a", 1, .exited(1))
        #expect(h.state("a") == .upForRetry)
        h.machine.wakes = PriorityQueue()
        h.advance(10_000)
        #expect(h.state("a") == .upForRetry)
        #expect(kinds(h) == [.overdue])
        repair(&h)
        #expect(h.state("a") == .queued)
    }

    @Test func aTaskThatWasNotLookedAtIsLookedAt() throws {
        var h = MachineHarness(DAG("d", order: ["a", "b"], upstream: ["b": ["a"]]))
        h.trigger("d")
        h.finish("a")
        h = try asIfWaiting(h, "b")
        #expect(kinds(h) == [.notEvaluated])
        repair(&h)
        #expect(h.state("b") == .queued)
        #expect(kinds(h).isEmpty)
    }

    /// The end of its upstream task never reached it: a machine from rows in which it still waits.
    private func asIfWaiting(_ h: MachineHarness, _ task: String) throws -> MachineHarness {
        var state = h.machine.snapshot
        let place = try #require(state.runs[0].instances.firstIndex { $0.key == h.key(task) })
        var instance = state.runs[0].instances[place]
        instance = TaskInstance(key: instance.key, maximumTries: instance.maximumTries)
        var instances = state.runs[0].instances
        instances[place] = instance
        state.runs[0] = UnfinishedState.Run(run: state.runs[0].run, instances: instances, liveAttempts: [])
        var copy = h
        let dags = h.dags
        copy.machine = try SchedulerStateMachine(
            restoring: state, dag: { id, _ in dags[id] }, configuration: h.machine.configuration, seed: 3)
        return copy
    }

    @Test func anActiveTaskWithoutAnAttemptGetsItBack() throws {
        var h = MachineHarness(DAG("d", order: ["a"]))
        h.trigger("d")
        h.start("a")
        let id = h.attempt("a")
        h.machine.liveAttempts[id] = nil
        let place = row(h, "a")
        h.machine.runs[RunNumber(1)]?.liveAttempts[place] = nil
        #expect(kinds(h) == [.withoutAttempt])
        repair(&h)
        #expect(kinds(h).isEmpty)
        #expect(h.machine.attemptsUnderWay.map(\.id) == [id])
        h.finish("a")
        #expect(h.runState() == .success)
    }

    @Test func aRunThatWasForgottenInItsQueueStarts() {
        var h = MachineHarness(DAG("d", settings: DAGSettings(maximumActiveRuns: 1), order: ["a"]))
        h.trigger("d")
        h.trigger("d")
        #expect(kinds(h).isEmpty)
        let attempt = h.attempt("a")
        _ = h.machine.handle(
            .attemptFinished(
                AttemptReport(attempt: attempt, outcome: .exited(0), startDate: h.now, endDate: h.now)),
            at: h.now)
        h.machine.promotable = []
        h.send(.timeReached)
        #expect(kinds(h) == [.runNotStarted])
        repair(&h)
        #expect(h.runState(2) == .running)
        #expect(kinds(h).isEmpty)
    }

    @Test func mappedAndWaitingTasksAreNoFault() throws {
        let mapping = TaskMapping.list("n", 1, 2, 3)
        var h = MachineHarness(
            try dag(
                ("m", upstream: [], edit: { $0.flow.mapping = mapping }),
                ("after", upstream: ["m"], edit: { _ in })), parallelism: 2)
        h.trigger("d")
        #expect(kinds(h).isEmpty)
        for index in 0..<3 {
            h.end("m", index)
            #expect(kinds(h).isEmpty)
        }
        #expect(h.state("after") == .queued)
    }
}
