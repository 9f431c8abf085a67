import Glibc
import JSONText
import Testing

/// Backfills through the command line, with a real daemon.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct BackfillTests {
    private func dag(_ command: String, _ settings: String = #""schedule": "@daily""#) -> String {
        """
        {"dag_id": "d", \(settings), "start_date": "2020-01-01", "params": {"n": 1},
         "tasks": [{"task_id": "t", "command": "\(command)"}]}
        """
    }

    private func create(_ installation: Installation, _ options: String...) throws -> JSONValue {
        let result = try installation.call(
            ["backfill", "create", "d"] + options + ["--output", "json"])
        guard result.status == 0 else { throw HarnessError("\(result)") }
        return try result.json()
    }

    private func number(_ backfill: JSONValue) throws -> Int {
        guard case .integer(let id)? = backfill["id"] else { throw HarnessError("no id: \(backfill)") }
        return Int(id)
    }

    private func show(_ installation: Installation, _ id: Int) throws -> JSONValue {
        try installation.call("backfill", "show", "\(id)", "--output", "json").json()
    }

    private func waitForEnd(_ installation: Installation, _ id: Int) throws {
        try installation.waiting.until("backfill \(id) is complete") {
            try show(installation, id)["completed_at"]?.stringValue == nil ? nil : true
        }
    }

    private func dates(_ rows: JSONValue) -> [String] {
        (rows.arrayValue ?? []).compactMap { $0["logical_date"]?.stringValue.map { String($0.prefix(10)) } }
    }

    @Test func makesTheRunsBetweenTwoDates() throws {
        try Installation.with { installation in
            try installation.dag(
                "d", dag("echo $ORCHESTRATOR_LOGICAL_DATE $ORCHESTRATOR_PARAM_N >> order.txt"))
            let daemon = try installation.start()
            try installation.waiting.until("the scheduled run") {
                try daemon.runs("d").allSatisfy(\.isFinished) && !daemon.runs("d").isEmpty ? true : nil
            }
            let range = ["--from", "2026-01-01", "--to", "2026-01-04"]
            let preview = try create(installation, "--from", range[1], "--to", range[3], "--dry-run")
            #expect(dates(preview) == ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"])
            #expect(try daemon.runs("d").count == 1, "a dry run makes nothing")
            let made = try create(
                installation, "--from", "2026-01-01", "--to", "2026-01-03", "--max-active-runs", "1",
                "--backwards", "--param", "n=7")
            let id = try number(made)
            try waitForEnd(installation, id)
            let runs = try daemon.runs("d").filter { $0.runID.hasPrefix("backfill__") }
            #expect(
                Set(runs.map(\.runID)) == Set((1...3).map { "backfill__2026-01-0\($0)T00:00:00+00:00" }))
            #expect(runs.allSatisfy { $0.state == "success" && $0.json["triggered_by"] == "backfill" })
            let lines = Files.text(installation.path("dags/order.txt")).split(separator: "\n").suffix(3)
            #expect(lines.map { $0.prefix(10) } == ["2026-01-03", "2026-01-02", "2026-01-01"])
            #expect(lines.allSatisfy { $0.hasSuffix(" 7") })
            // Only what is missing; then only what is there already.
            #expect(
                dates(try create(installation, "--from", range[1], "--to", range[3], "--dry-run"))
                    == ["2026-01-04"])
            let again = try create(
                installation, "--from", "2026-01-02", "--to", "2026-01-02", "--reprocess", "completed")
            try waitForEnd(installation, try number(again))
            let run = try daemon.run("d", "backfill__2026-01-02T00:00:00+00:00")
            #expect(run.json["task_instances"]?[0]?["try_number"] == 2)
            let nothing = try create(installation, "--from", "2026-01-01", "--to", "2026-01-03")
            #expect(nothing["total_runs"] == 0 && nothing["completed_at"]?.stringValue != nil)
            let list = try installation.call("backfill", "list", "d", "--output", "json").json()
            #expect(list.arrayValue?.count == 3)
        }
    }

    @Test func pauseUnpauseAndCancel() throws {
        try Installation.with { installation in
            try installation.dag("d", dag("test $ORCHESTRATOR_RUN_TYPE = scheduled || read go < ../gate"))
            let gate = try installation.fifo("gate")
            let daemon = try installation.start()
            let id = try number(
                try create(
                    installation, "--from", "2026-01-01", "--to", "2026-01-04", "--max-active-runs", "1"))
            let first = "backfill__2026-01-01T00:00:00+00:00"
            try daemon.waitForTask("d", first, "t", "running")
            #expect(try installation.call("backfill", "pause", "\(id)").status == 0)
            #expect(try show(installation, id)["state"] == "paused")
            let why = try installation.call(
                "why", "d", "backfill__2026-01-02T00:00:00+00:00", "t")
            #expect(why.output.contains("backfill \(id) is paused"), "\(why)")
            let cancelled = try installation.call("backfill", "cancel", "\(id)")
            #expect(cancelled.status == 0, "\(cancelled)")
            #expect(try show(installation, id)["completed_at"]?.stringValue != nil)
            #expect(try daemon.run("d", first).state == "running")
            for day in 2...4 {
                #expect(try daemon.run("d", "backfill__2026-01-0\(day)T00:00:00+00:00").state == "cancelled")
            }
            for verb in ["cancel", "pause", "unpause"] {
                #expect(try installation.call("backfill", verb, "\(id)").status == 65)
                let answer = try installation.api.send("PUT", "/api/v2/backfills/\(id)/\(verb)")
                #expect(answer.status == 409, "\(verb): \(answer.text)")
            }
            gate.release()
            #expect(try daemon.waitForRun("d", first).state == "success")
        }
    }

    /// The daemon is killed in the middle: every date still runs exactly once, and the backfill completes.
    @Test func survivesAKill() throws {
        try Installation.with { installation in
            try installation.dag(
                "d", dag("echo $ORCHESTRATOR_RUN_ID >> ran.txt; sleep 0.05", #""schedule": "@hourly""#))
            var daemon = try installation.start()
            let id = try number(
                try create(
                    installation, "--from", "2026-01-01", "--to", "2026-01-02T15:00:00Z",
                    "--max-active-runs", "3"))
            for done in [5, 15, 25] {
                try installation.waiting.until("\(done) runs are done") {
                    let runs = try daemon.runs("d").filter { $0.runID.hasPrefix("backfill__") }
                    return runs.count(where: \.isFinished) >= done ? true : nil
                }
                daemon.kill()
                daemon = try installation.start()
            }
            try waitForEnd(installation, id)
            let runs = try daemon.runs("d").filter { $0.runID.hasPrefix("backfill__") }
            #expect(runs.count == 40)
            #expect(runs.allSatisfy { $0.state == "success" })
            let lines = Files.text(installation.path("dags/ran.txt")).split(separator: "\n")
                .filter { $0.hasPrefix("backfill__") }
            #expect(lines.count == 40 && Set(lines).count == 40)
        }
    }

    @Test func refusesWhatCannotBe() throws {
        try Installation.with { installation in
            try installation.dag("d", dag("true", #""schedule": {"every": 0.001}, "end_date": "2020-01-02""#))
            try installation.dag("m", #"{"dag_id": "m", "tasks": [{"task_id": "t", "command": "true"}]}"#)
            let none = try installation.call(
                "backfill", "create", "d", "--from", "2020-01-01", "--to", "2020-01-02")
            #expect(none.status == 69, "somebody must do the work")
            _ = try installation.start()
            func expect(_ status: Int, _ text: String, _ arguments: String...) throws {
                let result = try installation.call(["backfill"] + arguments)
                #expect(Int(result.status) == status && result.errors.contains(text), "\(result)")
            }
            let year = ["--from", "2020-01-01", "--to", "2020-01-03"]
            try expect(65, "86400001 runs", "create", "d", year[0], year[1], year[2], year[3])
            try expect(65, "no schedule", "create", "m", year[0], year[1], year[2], year[3])
            try expect(66, "nobody", "create", "nobody", year[0], year[1], year[2], year[3])
            try expect(65, "after the last", "create", "d", "--from", "2026-01-02", "--to", "2026-01-01")
            try expect(
                65, "not declared", "create", "d", "--from", "2026-01-02", "--to", "2026-01-02", "--param",
                "x=1")
            try expect(
                64, "--max-active-runs", "create", "d", year[0], year[1], year[2], year[3],
                "--max-active-runs", "0")
            try expect(66, "was not found", "show", "9")
        }
    }
}
