import Glibc
import JSONText
import Testing

/// The home on a disk without space (rows 35, 36, 38 of the fault matrix).
@FaultLane @Suite(.serialized, .timeLimit(.minutes(60))) struct DiskFullTests {
    private func withSmallHome(_ body: (Installation, SmallDisk) throws -> Void) throws {
        try Installation.with { installation in
            let disk = try SmallDisk(installation.path("disk"), megabytes: 8)
            try body(installation, disk)
            withExtendedLifetime(disk) {}
        } home: {
            "\($0)/disk/home"
        }
    }

    private static let held = #"""
        {"dag_id": "held", "tasks": [{"task_id": "t", "command": "echo up > ../told; read x < ../gate; echo my last words; exit 5"},
         {"task_id": "after", "depends_on": ["t"], "trigger_rule": "all_done", "command": "echo after"}]}
        """#

    @Test func nothingIsLostAndNothingIsPretendedAndItHeals() throws {
        try withSmallHome { installation, disk in
            let (gate, told) = (try installation.fifo("gate"), try installation.fifo("told"))
            try installation.dag("held", Self.held)
            try installation.dag(
                "ticks",
                #"{"dag_id": "ticks", "schedule": {"every": "1s"}, "max_active_runs": 1, "tasks": [{"task_id": "t", "type": "noop"}]}"#
            )
            let daemon = try installation.start()
            let before = try daemon.trigger("held", ["run_id": "before"])
            #expect(try told.line() == "up")
            try disk.fill()
            // Until it is refused: the database may have some pages of its own left.
            var acknowledged: [String] = []
            let refusal = try installation.waiting.until("a refusal") { () -> SocketClient.Answer? in
                let answer = try installation.api.send("POST", "/api/v1/dags/held/runs", [:])
                if answer.status < 300 { acknowledged.append(answer.json["run_id"]?.stringValue ?? "") }
                return answer.status < 300 ? nil : answer
            }
            #expect(refusal.status == 503 || refusal.status == 507, "\(refusal.text)")
            let health = try daemon.get("/api/v1/status")["health"]
            #expect(
                health?["status"] == "degraded" && health?["reason"]?.stringValue?.contains("disk") == true)
            #expect(try daemon.run("held", before).state == "running")
            // The task ends while nothing can be recorded.
            gate.release()
            #expect(daemon.isRunning)
            #expect(try installation.call("trigger", "held").status == 75)
            #expect(try daemon.run("held", before).state("after") != "success")
            disk.free()
            let run = try daemon.waitForRun("held", before)
            #expect(run.instance("t")?["exit_code"] == 5 && run.tries("t") == 1)
            let log = try installation.call("logs", "held", "before", "t").output
            #expect(
                log == "[orchestrator] 14 bytes of output are lost: they could not be written to this log\n")
            #expect(run.state("after") == "success")
            try installation.waiting.until("health") {
                try daemon.get("/api/v1/status")["health"]?["status"] == "healthy" ? true : nil
            }
            let ticks = { try daemon.get("/api/v1/dags/ticks/runs?limit=1")["total_entries"]?.intValue ?? 0 }
            let after = try ticks()
            try installation.waiting.until("the schedule to go on") { try ticks() > after + 1 ? true : nil }
            acknowledged.append(try daemon.trigger("held"))
            gate.release(acknowledged.count)
            for run in acknowledged { #expect(try daemon.waitForRun("held", run).tries("t") == 1) }
            #expect(try daemon.stop() == .exited(0))
            #expect(try installation.call("db", "check").status == 0)
        }
    }

    @Test func killedOnAFullDiskItStartsAgainWhenThereIsSpace() throws {
        try withSmallHome { installation, disk in
            let (gate, told) = (try installation.fifo("gate"), try installation.fifo("told"))
            try installation.dag("held", Self.held)
            let daemon = try installation.start()
            let run = try daemon.trigger("held")
            #expect(try told.line() == "up")
            try disk.fill()
            gate.release()
            daemon.kill()
            // It serves what it can, or says why it cannot; it never makes anything worse.
            let second = try installation.launch()
            if try !second.becomesReady() {
                let ending = try second.waitForEnd()
                #expect(ending == .exited(74) || ending == .exited(75), "\(second.report)")
                #expect(second.log.contains("space") || second.log.contains("full"), "\(second.log)")
            }
            second.kill()
            disk.free()
            let third = try installation.start()
            let view = try third.waitForRun("held", run)
            #expect(view.instance("t")?["exit_code"] == 5 && view.tries("t") == 1)
            #expect(try third.stop() == .exited(0))
            #expect(try installation.call("db", "check").status == 0)
        }
    }

    /// What a task prints does not stop it when the disk is full, and its end is recorded.
    @Test func aTaskThatFillsTheDiskEndsWithItsOwnCode() throws {
        try withSmallHome { installation, disk in
            try installation.dag(
                "writer",
                #"{"dag_id": "writer", "tasks": [{"task_id": "t", "command": "head -c 32M /dev/zero | tr '\\0' x; exit 6"}]}"#
            )
            let daemon = try installation.start()
            let run = try daemon.trigger("writer")
            try installation.waiting.until("the end of the task") {
                let staying = [daemon.processID, installation.spawnServer()]
                let left = installation.processes().filter { !staying.contains($0) }
                return left.isEmpty ? true : nil
            }
            // Its log takes all the space there is; the person removes it.
            let log = try daemon.waitForRun("writer", run, seconds: 5) { _ in true }
            for folder in Files.names(installation.home + "/runs") {
                for name in Files.names("\(installation.home)/runs/\(folder)") where name.hasSuffix(".log") {
                    unlink("\(installation.home)/runs/\(folder)/\(name)")
                }
            }
            let view = try daemon.waitForRun("writer", run)
            #expect(view.state == "failed" && view.instance("t")?["exit_code"] == 6, "\(log.json.text())")
            withExtendedLifetime(disk) {}
        }
    }
}
