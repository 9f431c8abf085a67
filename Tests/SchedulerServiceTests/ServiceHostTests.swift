import DAGDomain
import Foundation
import JSONText
import StateStore
import Testing

@testable import SchedulerService

/// The rooms put together, in one process: real database, real processes, no server.
@Suite struct ServiceHostTests {
    @Test func aRunGoesFromTriggerToSuccess() async throws {
        let harness = try HostHarness()
        try harness.write(
            "pass.json",
            """
            {"dag_id": "pass", "params": {"greeting": "hello"}, "tasks": [
              {"task_id": "a", "command": "echo n=7 >> $ORCHESTRATOR_OUTPUT; echo auc=0.9 >> $ORCHESTRATOR_METRICS",
               "gate": [{"metric": "auc", "min": 0.8}]},
              {"task_id": "b", "command": ["/bin/sh", "-c", "test \\"$1\\" = 7 -a \\"$2\\" = hello", "sh",
                "{{ outputs.a.n }}", "{{ params.greeting }}"], "depends_on": ["a"]},
              {"task_id": "c", "command": "exit 99", "depends_on": ["b"]},
              {"task_id": "d", "command": "true", "depends_on": ["c"]}
            ]}
            """)
        let host = try harness.host()
        try host.start()
        let plane = host.controlPlane
        let run = try await plane.trigger(TriggerRequest(dagID: DAGID("pass"), trigger: .restAPI))
        let end = try await plane.finished(run)
        #expect(end.state == .success)
        #expect(try plane.states(of: run) == ["a": .success, "b": .success, "c": .skipped, "d": .skipped])
        let a = TaskInstanceKey(run: run.number, task: 0)
        #expect(try plane.store.outputs(of: a) == [TaskOutput(name: "n", value: 7)])
        #expect(try plane.store.verdict(of: a)?.passed == true)
        try host.stop()
    }

    @Test func aRunThatWasLeftIsFinishedByTheNextHost() async throws {
        let harness = try HostHarness()
        let gate = harness.root + "/gate"
        mkfifo(gate, 0o600)
        try harness.write(
            "wait.json",
            """
            {"dag_id": "wait", "tasks": [
              {"task_id": "first", "command": "echo started >> \(harness.root)/starts; read x < \(gate); exit 7"},
              {"task_id": "after", "command": "true", "depends_on": ["first"], "trigger_rule": "all_failed"}
            ]}
            """)
        var host = try harness.host()
        try host.start()
        let updates = host.controlPlane.updates.subscribe(dagID: DAGID("wait"))
        let run = try await host.controlPlane.trigger(TriggerRequest(dagID: DAGID("wait"), trigger: .restAPI))
        for await case .instance(_, _, _, let instance) in updates where instance.state == .running { break }
        try host.stop()

        // The task ends while nobody is there: its supervisor keeps the exit code.
        let writer = open(gate, O_WRONLY)
        close(writer)
        host = try harness.host()
        try host.start()
        let end = try await host.controlPlane.finished(run)
        #expect(end.state == .success)
        let attempts = try host.controlPlane.store.attempts(of: TaskInstanceKey(run: run.number, task: 0))
        #expect(attempts.map(\.exitCode) == [7])
        #expect(try String(contentsOfFile: harness.root + "/starts", encoding: .utf8) == "started\n")
        try host.stop()
    }

    @Test func aChangedFileIsLiveAndABrokenOneKeepsTheLastGoodVersion() async throws {
        let harness = try HostHarness()
        let text = #"{"dag_id": "edit", "tasks": [{"task_id": "a", "command": "true"}]}"#
        try harness.write("edit.json", text)
        let host = try harness.host()
        try host.start()
        let plane = host.controlPlane
        let first = try #require(plane.catalog.entry(DAGID("edit"))?.dag)
        let updates = plane.updates.subscribe(dagID: DAGID("edit"))
        try harness.write("edit.json", text.replacing("true", with: "false"))
        for await case .dag(_) in updates { break }
        let second = try #require(plane.catalog.entry(DAGID("edit"))?.dag)
        #expect(first.version != second.version)
        try host.stop()

        try harness.write("edit.json", "{")
        let next = try harness.host()
        let entry = try #require(next.controlPlane.catalog.entry(DAGID("edit")))
        #expect(entry.isBroken)
        #expect(entry.dag?.version == second.version)
        await #expect(throws: ControlPlaneError.self) {
            try await next.controlPlane.trigger(TriggerRequest(dagID: DAGID("edit"), trigger: .restAPI))
        }
        try next.stop()
    }

    @Test func aDeletedDAGWhoseFileIsThereComesBackAsNew() async throws {
        let harness = try HostHarness()
        try harness.write("back.json", #"{"dag_id": "back", "tasks": [{"task_id": "a", "command": "true"}]}"#)
        let host = try harness.host()
        try host.start()
        let plane = host.controlPlane
        let request = TriggerRequest(dagID: DAGID("back"), trigger: .restAPI)
        let first = try await plane.finished(try await plane.trigger(request))
        try await plane.deleteDAG(DAGID("back"), by: "test")
        #expect(try plane.store.run(first.number) == nil)
        #expect(try plane.store.dag(DAGID("back"))?.status.isActive == true)
        let second = try await plane.finished(try await plane.trigger(request))
        #expect(second.state == .success)
        try host.stop()
    }

    @Test func aRetryFindsItsCheckpointsAndAClearEmptiesThem() async throws {
        let harness = try HostHarness()
        try harness.write(
            "resume.json",
            """
            {"dag_id": "resume", "tasks": [{"task_id": "a", "retries": 1, "retry_delay": 0, "command":
              "echo x >> $ORCHESTRATOR_CHECKPOINTS/c; wc -l < $ORCHESTRATOR_CHECKPOINTS/c >> \(harness.root)/seen; test $ORCHESTRATOR_TRY_NUMBER != 1"}]}
            """)
        let host = try harness.host()
        try host.start()
        let plane = host.controlPlane
        let run = try await plane.trigger(TriggerRequest(dagID: DAGID("resume"), trigger: .restAPI))
        #expect(try await plane.finished(run).state == .success)
        let updates = plane.updates.subscribe(dagID: run.dagID, runID: run.runID)
        _ = try await plane.clear(
            dagID: run.dagID, RunChoice(run.runID), InstanceSelection(), dryRun: false, by: "test")
        for await case .run(let update) in updates where update.state.isFinished { break }
        let seen = try String(contentsOfFile: harness.root + "/seen", encoding: .utf8)
        #expect(
            seen.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } == ["1", "2", "1"])
        try host.stop()
    }
}
