import JSONText
import Testing

/// A daemon that loses something, as a fault of its own would have it: the watchdog finds it, tells it and sets it
/// going again.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct WatchdogTests {
    @Test func aStartThatWasLostIsFoundToldAndRepaired() throws {
        try Installation.with { installation in
            try installation.dag(
                "lost",
                #"{"dag_id": "lost", "tasks": [{"task_id": "a", "command": "echo started >> ../starts"}, {"task_id": "b", "command": "true", "depends_on": ["a"]}]}"#
            )
            let daemon = try installation.start(
                environment: [
                    "ORCHESTRATOR_FAILPOINT": "lose_start", "ORCHESTRATOR_WATCHDOG_INTERVAL": "1",
                ])
            let runID = try daemon.trigger("lost")
            #expect(try daemon.waitForRun("lost", runID).state == "success")
            #expect(Files.lines(installation.path("starts")) == ["started"])

            let watchdog = try daemon.get("/api/v1/status")["watchdog"]
            #expect(watchdog?["found"] == 1 && watchdog?["repaired"] == 1, "\(String(describing: watchdog))")
            let text = watchdog?["findings"]?[0]?["text"]?.stringValue ?? ""
            #expect(text == "`a` of run `\(runID)` of DAG `lost` had an attempt that nobody carried out")
            #expect(try installation.call("status", "--output", "plain").output.contains(text))
            let doctor = try installation.call("doctor")
            #expect(doctor.output.contains("watchdog") && doctor.output.contains(text), "\(doctor.output)")
            #expect(daemon.report.contains("watchdog: "), "the log has it")
        }
    }

    @Test func nothingIsFoundWhereNothingIsWrong() throws {
        try Installation.with { installation in
            let gate = try installation.fifo("gate")
            try installation.dag(
                "slow",
                #"""
                {"dag_id": "slow", "max_active_tasks": 1, "tasks": [
                  {"task_id": "a", "command": "read x < ../gate"}, {"task_id": "b", "command": "true"},
                  {"task_id": "c", "type": "approval", "subject": "go?"}]}
                """#)
            let daemon = try installation.start(environment: ["ORCHESTRATOR_WATCHDOG_INTERVAL": "1"])
            let runID = try daemon.trigger("slow")
            try installation.waiting.until("three looks") {
                try (daemon.get("/api/v1/status")["watchdog"]?["looks"]?.intValue ?? 0) > 2 ? true : nil
            }
            #expect(try daemon.get("/api/v1/status")["watchdog"]?["found"] == 0)
            gate.release()
            try daemon.waitForTask("slow", runID, "b", "success")
            #expect(
                try installation.call("approvals", "approve", "slow", runID, "c").status == 0)
            #expect(try daemon.waitForRun("slow", runID).state == "success")
        }
    }
}
