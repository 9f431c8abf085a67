import DAGDomain
import SchedulerCore
import SchedulerTestKit
import Testing

/// Runs that put a version of a model back into service.
@Suite struct RedeploymentTests {
    private func dag(_ conflict: ConcurrencyConflict) -> DAG {
        var settings = DAGSettings(
            maximumActiveRuns: 1, concurrency: RunConcurrency(key: nil, limit: 1, onConflict: conflict))
        settings.allowedRunTypes = [.scheduled, .manual]
        return DAG(
            "d", settings: settings, order: ["prepare", "train", "ship", "tell"],
            upstream: [
                "train": ["prepare"], "ship": ["train"], "tell": ["ship"],
            ]
        ) { task in
            if task.id.text == "prepare" { task.flow.isSetup = true }
        }
    }

    /// It waits for no run and for nothing upstream; its one task says how it ends.
    @Test(arguments: [ConcurrencyConflict.queue, .skip, .cancelRunning], [true, false])
    func onlyItsTaskRunsAndAtOnce(_ conflict: ConcurrencyConflict, _ isGood: Bool) {
        var h = MachineHarness(dag(conflict))
        h.trigger("d", runID: "busy")
        h.start("prepare")
        let key = ModelVersionKey(ModelName("m"), ModelVersionNumber(1))
        h.send(
            .runRequested(
                RunRequest(dagID: DAGID("d"), runID: RunID("back"), trigger: .commandLine, redeploys: key)),
            .instancesMarked(RunNumber(2), [0, 1, 3], as: .skipped, by: "somebody"))
        #expect(h.runState(1) == .running && h.runState(2) == .running)
        #expect(h.state("train", 2) == .skipped && h.state("tell", 2) == .skipped)
        h.start("ship", 2)
        #expect(h.state("ship", 2) == .running)
        #expect(h.machine.anomalies(at: h.now).isEmpty)
        h.finish("ship", 2, .exited(isGood ? 0 : 1))
        #expect(h.state("ship", 2) == (isGood ? .success : .failed))
        #expect(h.runState(2) == (isGood ? .success : .failed))
        #expect(h.runState(1) == .running && h.state("prepare", 1) == .running)
    }
}
