import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

@Suite struct ExplanationTests {
    private func sentence(_ h: MachineHarness, _ task: String, _ run: Int64 = 1) -> String? {
        h.machine.explain(h.key(task, run))?.sentence
    }

    /// For runs that are no longer in memory.
    private func fromRows(_ h: MachineHarness, _ task: String) -> String? {
        guard let dag = h.dags[DAGID("d")], let instance = h.instance(task) else { return nil }
        let rows = h.instances
        return Explanation(dag: dag, instance: instance) {
            rows[TaskInstanceKey(run: RunNumber(1), task: $0)].map { [$0] } ?? []
        }.sentence
    }

    @Test func waitsForUpstreams() {
        var h = MachineHarness(
            DAG("d", order: ["a", "b", "c"], upstream: ["c": ["a", "b"]]), parallelism: 1)
        h.trigger("d")
        #expect(sentence(h, "c") == "`c` waits for `a` (queued), `b` (scheduled), rule all_success.")
        #expect(
            sentence(h, "b")
                == "`b` is ready and waits: 1 of at most 1 tasks are active in all (parallelism), "
                + "it is 1st of 1 in line.")
        #expect(sentence(h, "a") == "`a` is being started, try 1 of 1.")
    }

    @Test func waitsForPools() {
        var h = MachineHarness(
            DAG("d", order: ["a", "b", "c", "huge", "lost"]) { task in
                task.pool = PoolName(task.id == TaskID("lost") ? "gone" : "p")
                task.poolSlots = task.id == TaskID("huge") ? 9 : 1
            })
        h.send(.poolChanged(Pool(name: PoolName("p"), slots: 1)))
        h.trigger("d")
        #expect(
            sentence(h, "c")
                == "`c` is ready and waits: pool `p` has 1 of 1 slots in use, it needs 1 and is 2nd of 2 in line."
        )
        #expect(
            sentence(h, "huge") == "`huge` is ready and waits: it needs 9 slots, and pool `p` has only 1.")
        #expect(sentence(h, "lost") == "`lost` is ready and waits: there is no pool `gone`.")
    }

    @Test func waitsForItsRunAndForOtherRuns() {
        let settings = DAGSettings(maximumActiveRuns: 1, maximumActiveTasks: 1)
        var h = MachineHarness(DAG("d", settings: settings, order: ["a", "b"]))
        for _ in 0..<3 { h.trigger("d") }
        #expect(
            sentence(h, "b")
                == "`b` is ready and waits: 1 of at most 1 tasks of its run are active (max_active_tasks).")
        #expect(
            sentence(h, "a", 3)
                == "`a` has not started because its run is queued: 1 of at most 1 runs of this DAG are "
                + "running (max_active_runs), 1 run waits before it.")
    }

    @Test func waitsForARetryAndASpawn() {
        var h = MachineHarness(
            DAG("d", order: ["a"]) { $0.retry = RetryPolicy(retries: 3, delay: .seconds(60)) })
        h.trigger("d")
        h.send(.spawnFailed(h.attempt("a"), reason: "fork: no memory"))
        #expect(
            sentence(h, "a")
                == "`a` could not be started (fork: no memory) and is tried again at "
                + "2026-01-01T00:00:01.000000Z."
        )
        h.advance(1)
        h.finish("a", 1, .exited(3))
        #expect(
            sentence(h, "a")
                == "`a` waits until 2026-01-01T00:01:01.000000Z for try 2 of 4, after exit code 3.")
    }

    @Test func tellsWhereTroubleBegan() {
        var h = MachineHarness(
            DAG("d", order: ["a", "b", "c"], upstream: ["b": ["a"], "c": ["b"]]) {
                $0.retry = RetryPolicy(retries: 2, delay: .zero)
            })
        h.trigger("d")
        for _ in 0..<3 { h.finish("a", 1, .exited(3)) }
        #expect(fromRows(h, "a") == "`a` failed with exit code 3 after 3 tries.")
        #expect(
            fromRows(h, "c")
                == "`c` did not run (upstream_failed) because its rule all_success cannot hold: `b` is "
                + "upstream_failed; it began with `a`, which is failed (exit code 3 after 3 tries).")
    }

    @Test func tellsWhatAGateSaw() {
        let line = GateVerdict.Line(
            condition: GateCondition(metric: "roc_auc", minimum: 0.8), value: 0.71, holds: false)
        var h = MachineHarness(DAG("d", order: ["evaluate", "deploy"], upstream: ["deploy": ["evaluate"]]))
        h.trigger("d")
        h.finish("evaluate", 1, .exited(0), verdict: GateVerdict(lines: [line], effect: .skipDownstream))
        #expect(
            fromRows(h, "deploy")
                == "`deploy` was skipped because the gate of `evaluate` did not hold: roc_auc 0.71 < 0.8.")
        #expect(
            fromRows(h, "evaluate")
                == "`evaluate` succeeded, but its gate did not hold and what follows was skipped: "
                + "roc_auc 0.71 < 0.8."
        )
    }

    @Test func tellsWhoDidIt() {
        var h = MachineHarness(DAG("d", order: ["a", "b"], upstream: ["b": ["a"]]))
        h.trigger("d")
        h.start("a")
        h.send(.runCancelled(RunNumber(1), by: "ann"))
        #expect(sentence(h, "a") == "`a` is being ended: cancelled by ann.")
        h.finish("a", 1, .terminated)
        #expect(fromRows(h, "b") == "`b` was cancelled by ann.")
        #expect(h.machine.explain(h.key("b")) == nil)
    }
}
