import DAGDomain
import JSONText
import SchedulerCore
import SchedulerTestKit
import Testing

/// Instances of a mapped task that are stopped because they are not worth going on with.
@Suite struct TrialTests {
    private func world() throws -> MachineHarness {
        let dag = try dag(
            (
                "trial", upstream: [],
                {
                    $0.flow.mapping = .list("n", 1, 2)
                    $0.retry.retries = 2
                }
            ),
            ("reduce", upstream: ["trial"], { $0.triggerRule = .noneFailedMinOneSuccess }))
        var world = MachineHarness(dag)
        world.trigger("d")
        return world
    }

    @Test func aStoppedTrialIsSkippedAndTheRunGoesOn() throws {
        var world = try world()
        let attempt = try #require(world.mapped("trial", 0)?.attempt)
        world.send(.attemptStarted(attempt, processID: 7, at: world.now))
        world.send(.trialStopped(attempt, reason: "it was the worst"))
        #expect(world.actions.contains(.terminate(attempt)))
        #expect(world.mapped("trial", 0)?.state == .running)
        var reloaded = try SchedulerStateMachine(
            restoring: world.machine.snapshot, dag: { id, _ in world.dags[id] },
            configuration: SchedulerConfiguration(), seed: 9)
        #expect(reloaded.dispatch(at: world.now).actions.contains(.terminate(attempt)))
        var report = AttemptReport(
            attempt: attempt, outcome: .terminated, startDate: world.now, endDate: world.now)
        report.metrics = [Metric(name: "auc", value: 0.1, step: 1)]
        world.send(.attemptFinished(report))
        let stopped = try #require(world.mapped("trial", 0))
        #expect(stopped.state == .skipped && stopped.reason == .stoppedEarly("it was the worst"))
        #expect(stopped.failure == nil)
        #expect(world.transitions.contains(.reportRecorded(instance: stopped.key, report: report)))
        world.end("trial", 1)
        world.finish("reduce")
        #expect(world.runState() == .success)
        #expect(
            world.machine.explain(stopped.key) == nil
                || world.machine.explain(stopped.key)?.state == .skipped)
    }

    @Test func whoHasEndedMeanwhileIsASuccess() throws {
        var world = try world()
        let attempt = try #require(world.mapped("trial", 0)?.attempt)
        world.send(.attemptStarted(attempt, processID: 7, at: world.now))
        world.send(.trialStopped(attempt, reason: "too late"))
        world.end("trial", 0)
        #expect(world.mapped("trial", 0)?.state == .success)
        // Old news changes nothing.
        let count = world.transitions.count
        world.send(.trialStopped(attempt, reason: "too late"))
        #expect(world.transitions.count == count)
    }

    @Test func aCancelIsNotOverruled() throws {
        var world = try world()
        let attempt = try #require(world.mapped("trial", 0)?.attempt)
        world.send(.attemptStarted(attempt, processID: 7, at: world.now))
        world.send(.runCancelled(RunNumber(1), by: "ann"))
        world.send(.trialStopped(attempt, reason: "too late"))
        world.end("trial", 0, as: .terminated)
        #expect(world.mapped("trial", 0)?.state == .cancelled)
    }
}
