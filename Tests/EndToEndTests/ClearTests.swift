import JSONText
import Testing

/// Clears and marks that go beyond one run, and onto another version of the DAG.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct ClearTests {
    /// Three runs of a day each, in which `b` failed on the second and the third.
    private func threeDays(_ installation: Installation) throws -> Daemon {
        try installation.dag(
            "days",
            #"""
            {"dag_id": "days", "params": {"fails": false}, "tasks": [
              {"task_id": "a", "command": "true"},
              {"task_id": "b", "command": "test $ORCHESTRATOR_PARAM_FAILS = false", "depends_on": ["a"]},
              {"task_id": "c", "command": "true", "depends_on": ["b"]}]}
            """#)
        let daemon = try installation.start()
        for day in 1...3 {
            let run = try daemon.trigger(
                "days",
                [
                    "run_id": .string("r\(day)"), "logical_date": .string("2026-01-0\(day)T00:00:00Z"),
                    "params": [["name": "fails", "text": .string(day > 1 ? "true" : "false")]],
                ])
            #expect(try daemon.waitForRun("days", run).state == (day > 1 ? "failed" : "success"))
        }
        try daemon.trigger("days", ["run_id": "undated"])
        _ = try daemon.waitForRun("days", "undated")
        return daemon
    }

    private func rows(_ result: CommandResult) throws -> [String] {
        try (result.json().arrayValue ?? []).map {
            "\($0["run_id"]?.stringValue ?? "") \($0["task_id"]?.stringValue ?? "") \($0["state"]?.stringValue ?? "")"
        }
    }

    @Test func runsOfThePastAndTheFutureAreClearedAsThePreviewSays() throws {
        try Installation.with { installation in
            let daemon = try threeDays(installation)
            let future = try installation.call(
                "runs", "clear", "days", "r2", "--future", "--only-failed", "--param", "fails=false",
                "--dry-run", "--output", "json")
            let expected = ["r2 b failed", "r2 c upstream_failed", "r3 b failed", "r3 c upstream_failed"]
            #expect(try rows(future) == expected)
            let past = try installation.call(
                "tasks", "clear", "days", "r2", "b", "--past", "--no-downstream", "--dry-run", "--output",
                "json")
            #expect(
                try rows(past) == ["r1 b success", "r2 b failed", "r2 c upstream_failed"],
                "with what could not run because of it")
            #expect(try daemon.run("days", "r3").state == "failed", "a preview changes nothing")

            let done = try installation.call(
                "runs", "clear", "days", "r2", "--future", "--only-failed", "--param", "fails=false", "--yes",
                "--output", "json")
            #expect(try rows(done) == expected)
            for run in ["r2", "r3"] { #expect(try daemon.waitForRun("days", run).state == "success") }
            #expect(try daemon.run("days", "r2").states["a"] == "success")
            let tries = try daemon.get("/api/v1/dags/days/runs/r3")["task_instances"]?.arrayValue?
                .compactMap { $0["try_number"]?.intValue }
            #expect(tries == [1, 2, 1])
            let undated = try installation.call("runs", "clear", "days", "undated", "--past", "--dry-run")
            #expect(undated.status == 65 || undated.status == 64, "\(undated.errors)")
            #expect(undated.errors.contains("no logical date"))
        }
    }

    @Test func tasksOfLaterRunsAreMarked() throws {
        try Installation.with { installation in
            let daemon = try threeDays(installation)
            let marked = try installation.call(
                "tasks", "mark", "days", "r1", "b", "success", "--future", "--yes", "--output", "json")
            #expect(try rows(marked) == ["r2 b failed", "r3 b failed"])
            for run in ["r2", "r3"] { #expect(try daemon.waitForRun("days", run).state == "success") }
        }
    }

    @Test func airflowsBodyMeansTheSame() throws {
        try Installation.with { installation in
            let daemon = try threeDays(installation)
            func clear(_ body: JSONValue) throws -> (status: Int, names: [String]) {
                let answer = try installation.api.send("POST", "/api/v2/dags/days/clearTaskInstances", body)
                let rows = answer.json["task_instances"]?.arrayValue ?? []
                return (
                    answer.status,
                    rows.map { "\($0["dag_run_id"]?.stringValue ?? "") \($0["task_id"]?.stringValue ?? "")" }
                )
            }
            #expect(
                try clear(["dag_run_id": "r2", "include_past": true, "only_failed": false, "task_ids": ["a"]])
                    .names == ["r1 a", "r2 a"])
            #expect(
                try clear([
                    "start_date": "2026-01-02T00:00:00Z", "end_date": "2026-01-02T23:00:00Z",
                    "only_failed": false,
                ]).names == ["r2 a", "r2 b", "r2 c"])
            #expect(
                try clear(["dag_run_id": "r2", "include_upstream": true, "task_ids": ["b"]]).names.contains(
                    "r2 b"))
            #expect(try clear(["dag_run_id": "undated", "include_future": true]).status == 400)
            #expect(try clear(["dag_run_id": "r1", "reset_dag_runs": false]).status == 400)
            #expect(
                try daemon.run("days", "r2").state == "failed",
                "dry_run is true unless it is said to be false")
            let patch = try installation.api.send(
                "PATCH", "/api/v2/dags/days/dagRuns/r2/taskInstances/b",
                ["new_state": "success", "include_future": true])
            #expect(patch.json["total_entries"] == 2)
            for run in ["r2", "r3"] { #expect(try daemon.waitForRun("days", run).state == "success") }
        }
    }

    @Test func aRunGoesOnOnTheNewestVersion() throws {
        try Installation.with { installation in
            try installation.dag(
                "moves",
                #"""
                {"dag_id": "moves", "params": {"old": 1}, "tasks": [
                  {"task_id": "load", "command": "echo n=7 >> $ORCHESTRATOR_OUTPUT; echo loaded"},
                  {"task_id": "gone", "command": "echo was here", "depends_on": ["load"]},
                  {"task_id": "fit", "command": "exit 1", "depends_on": ["load"]}]}
                """#)
            let daemon = try installation.start()
            let run = try daemon.trigger("moves")
            #expect(try daemon.waitForRun("moves", run).state == "failed")
            try installation.dag(
                "moves",
                #"""
                {"dag_id": "moves", "params": {"new": "x"}, "tasks": [
                  {"task_id": "check", "command": "echo checked"},
                  {"task_id": "fit", "command": ["test", "{{ outputs.load.n }}{{ params.new }}", "=", "7x"], "depends_on": ["load", "check"]},
                  {"task_id": "load", "command": "exit 3"},
                  {"task_id": "report", "command": "true", "depends_on": ["fit"]}]}
                """#)
            try installation.waiting.until("the new version") {
                try daemon.get("/api/v1/dags/moves")["tasks"]?.arrayValue?.count == 4 ? true : nil
            }
            let plain = try installation.call(
                "runs", "clear", "moves", run, "--only-failed", "--dry-run", "--output", "json")
            #expect(try rows(plain) == ["\(run) fit failed"], "its own version has no `check`")
            let preview = try installation.call(
                "runs", "clear", "moves", run, "--only-failed", "--newest", "--dry-run")
            #expect(
                preview.errors.contains("new tasks: check, report; tasks that go: gone"), "\(preview.errors)")
            let clear = try installation.call(
                "runs", "clear", "moves", run, "--only-failed", "--newest", "--yes")
            #expect(clear.status == 0, "\(clear.errors)")
            let end = try daemon.waitForRun("moves", run)
            #expect(end.state == "success", "\(end.states)")
            #expect(end.states.keys.sorted() == ["check", "fit", "load", "report"])
            #expect(
                try installation.call("logs", "moves", run, "load").output == "loaded\n",
                "it was not done again")
            let details = try installation.call("runs", "show", "moves", run, "--output", "json").json()
            #expect(details["conf"] == ["new": "x"])
            let past = details["past_versions"]?[0]
            #expect(past?["version_number"] == 1 && past?["removed"]?[0]?["task_id"] == "gone")
            #expect(
                try installation.call("runs", "show", "moves", run, "--output", "table").output.contains(
                    "gone (success)"))
            #expect(try installation.call("db", "check").status == 0)

            // A restart finds the run where it is now.
            daemon.kill()
            let second = try installation.start()
            #expect(try second.run("moves", run).states["report"] == "success")
        }
    }

    @Test func aRunThatGoesOnKeepsItsVersion() throws {
        try Installation.with { installation in
            let gate = try installation.fifo("gate")
            try installation.dag(
                "busy", #"{"dag_id": "busy", "tasks": [{"task_id": "a", "command": "read x < ../gate"}]}"#)
            let daemon = try installation.start()
            let run = try daemon.trigger("busy")
            try daemon.waitForTask("busy", run, "a", "running")
            try installation.dag(
                "busy", #"{"dag_id": "busy", "tasks": [{"task_id": "b", "command": "true"}]}"#)
            try installation.waiting.until("the new version") {
                try daemon.get("/api/v1/dags/busy")["tasks"]?[0]?["task_id"] == "b" ? true : nil
            }
            let clear = try installation.call("runs", "clear", "busy", run, "--newest", "--yes")
            #expect(
                clear.status == 65 && clear.errors.contains("only a run that has ended"), "\(clear.errors)")
            gate.release()
            #expect(try daemon.waitForRun("busy", run).state == "success")
        }
    }
}
