import JSONText
import Testing

/// Runs in a daemon: asked for, watched, looked at.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct TriggerTests {
    private static let pair = #"""
        {"dag_id": "pair", "params": {"code": 0}, "tasks": [{"task_id": "a", "command": "echo from a; exit $ORCHESTRATOR_PARAM_CODE"},
         {"task_id": "b", "depends_on": ["a"], "command": "echo from b"}]}
        """#

    @Test func triggerPrintsTheIDAndWaitTellsTheEnd() throws {
        try Installation.with { installation in
            try installation.dag("pair", Self.pair)
            let daemon = try installation.start()
            let asked = try installation.call("trigger", "pair", "--note", "a note")
            #expect(asked.status == 0)
            #expect(asked.line.hasPrefix("manual__") && !asked.line.contains("\n"))
            #expect(try daemon.waitForRun("pair", asked.line).state == "success")
            let waited = try installation.call("trigger", "pair", "--wait", "--run-id", "w")
            #expect(waited.status == 0 && waited.line == "w")
            let failed = try installation.call(
                "trigger", "pair", "--follow", "--param", "code=4", "--run-id", "f")
            #expect(failed.status == 1 && failed.line == "f")
            #expect(failed.errors.contains("exit code 4"))
            #expect(try installation.call("runs", "wait", "pair", "f").status == 1)
            #expect(try installation.call("runs", "wait", "pair", "w").status == 0)
            #expect(try installation.call("trigger", "unknown").status == 66)
            #expect(try installation.call("trigger", "pair", "--run-id", "w").status == 65)
        }
    }

    @Test func listsAndShowsAreTheContracts() throws {
        try Installation.with { installation in
            try installation.dag("pair", Self.pair)
            let daemon = try installation.start()
            let runID = try daemon.trigger("pair", ["note": "n", "logical_date": "2026-02-03T04:05:06Z"])
            _ = try daemon.waitForRun("pair", runID)
            let rows = try installation.call("runs", "list", "--output", "json").json()
            let row = try #require(rows[0])
            #expect(rows.arrayValue?.count == 1)
            #expect(
                row["dag_id"] == "pair" && row["state"] == "success" && row["run_id"]?.stringValue == runID)
            #expect(runID == "manual__2026-02-03T04:05:06+00:00")
            #expect(row["logical_date"] == "2026-02-03T04:05:06.000000Z")
            #expect(
                try installation.call("runs", "list", "pair", "--state", "failed", "--output", "json").json()
                    == [])
            let shown = try installation.call("runs", "show", "pair", runID, "--output", "json").json()
            let run = RunView(json: shown)
            #expect(run.states == ["a": "success", "b": "success"])
            let keys = try #require(run.instance("a")?.objectValue).keys
            for key in ["task_id", "map_index", "state", "try_number", "start_date", "end_date", "duration"] {
                #expect(keys.contains(key))
            }
            let dags = try installation.call("dags", "list", "--output", "json").json()
            #expect(dags[0]?["dag_id"] == "pair" && dags[0]?["is_paused"] == false)
            let tasks = try installation.call("tasks", "list", "pair", runID, "--output", "json").json()
            #expect(tasks.arrayValue?.compactMap { $0["task_id"]?.stringValue } == ["a", "b"])
            #expect(
                try installation.call("status", "--output", "json").json()["health"]?["status"] == "healthy")
            #expect(
                try installation.call("logs", "pair", "latest", "b", "--output", "json").output == "from b\n")
        }
    }

    @Test func theSocketIsPrivateAndTheTCPPortWantsAToken() throws {
        try Installation.with { installation in
            let daemon = try installation.start()
            #expect(Files.mode(installation.home + "/api.sock") == 0o600)
            #expect(Files.mode(installation.home + "/token") == 0o600)
            #expect(Files.mode(installation.home) == 0o700)
            #expect(try installation.call("status", "--url", daemon.url).status == 77)
            let token =
                Files.text(installation.home + "/token").split(separator: "\n").first.map(String.init) ?? ""
            #expect(
                try installation.call(
                    "status", "--url", daemon.url, environment: ["ORCHESTRATOR_TOKEN": token]
                ).status == 0)
        }
    }

    @Test func runOnAHeldHomeIsHandedOver() throws {
        try Installation.with { installation in
            try installation.dag("pair", Self.pair)
            let outside = installation.path("outside.json")
            try Files.write(
                #"{"dag_id": "outside", "tasks": [{"task_id": "t", "command": "pwd"}]}"#, to: outside)
            let daemon = try installation.start()
            let (status, run) = try installation.run("pair", "--run-id", "handed", "--param", "code=2")
            #expect(
                status == 1 && run.runID == "handed" && run.states == ["a": "failed", "b": "upstream_failed"])
            #expect(try daemon.run("pair", "handed").state == "failed")
            let (second, other) = try installation.run(outside)
            #expect(second == 0 && other.dagID == "outside")
            let log = try installation.call("logs", "outside", "latest", "t")
            #expect(log.output == installation.folder + "\n", "\(log)")
        }
    }

    @Test func aForegroundRunOutlivesTheDaemonThatHadIt() throws {
        try Installation.with { installation in
            let gate = try installation.fifo("gate")
            let told = try installation.fifo("told")
            try installation.dag(
                "held",
                #"{"dag_id": "held", "tasks": [{"task_id": "t", "command": "echo here > ../told; read x < ../gate; exit 0"}]}"#
            )
            let daemon = try installation.start()
            let (call, files) = try installation.begin(["run", "held", "--output", "json"])
            #expect(try told.line() == "here")
            daemon.kill()
            gate.release()
            #expect(try call.wait() == .exited(0))
            let run = RunView(json: try JSONValue.parse(Files.text(files + ".out")))
            #expect(run.state == "success" && run.tries("t") == 1)
        }
    }

    @Test func gatesFailOrSkip() throws {
        try Installation.with { installation in
            let report = #"echo auc=0.7 >> \"$ORCHESTRATOR_METRICS\""#
            try installation.dag(
                "gate",
                """
                {"dag_id": "gate", "tasks": [
                 {"task_id": "strict", "command": "\(report)", "gate": [{"metric": "auc", "min": 0.8}]},
                 {"task_id": "after_strict", "depends_on": ["strict"], "command": "true"},
                 {"task_id": "soft", "command": "\(report)", "gate": [{"metric": "auc", "min": 0.8}, {"metric": "rows", "equals": 1}],
                  "on_gate_failure": "skip_downstream"},
                 {"task_id": "after_soft", "depends_on": ["soft"], "command": "true"},
                 {"task_id": "fine", "command": "\(report)", "gate": [{"metric": "auc", "min": 0.7, "max": 0.7}]},
                 {"task_id": "after_fine", "depends_on": ["fine"], "command": "true"}]}
                """)
            let daemon = try installation.start()
            let runID = try daemon.trigger("gate")
            let run = try daemon.waitForRun("gate", runID)
            #expect(
                run.states == [
                    "strict": "failed", "after_strict": "upstream_failed", "soft": "success",
                    "after_soft": "skipped",
                    "fine": "success", "after_fine": "success",
                ])
            let verdict = run.instance("soft")?["gate"]
            #expect(verdict?["passed"] == false && verdict?["conditions"]?[0]?["value"]?.doubleValue == 0.7)
            #expect(run.instance("fine")?["gate"]?["passed"] == true)
            let why = try installation.call("why", "gate", runID, "strict").output
            #expect(why.contains("auc 0.7 < 0.8"), "\(why)")
            let soft = try installation.call("why", "gate", runID, "soft").output
            #expect(soft.contains("auc 0.7 < 0.8") && soft.contains("rows"), "\(soft)")
            #expect(try installation.call("why", "gate", runID, "after_soft").output.contains("`soft`"))
        }
    }

    @Test func triggerDAGStartsTheOtherOneOnce() throws {
        try Installation.with { installation in
            try installation.dag(
                "child",
                #"""
                {"dag_id": "child", "params": {"batch": {"type": "integer"}}, "tasks": [{"task_id": "t", "command": "echo got $ORCHESTRATOR_PARAM_BATCH"}]}
                """#)
            try installation.dag(
                "parent",
                #"""
                {"dag_id": "parent", "tasks": [{"task_id": "count", "command": "echo n=7 >> \"$ORCHESTRATOR_OUTPUT\""},
                 {"task_id": "go", "type": "trigger_dag", "trigger_dag_id": "child", "depends_on": ["count"], "conf": {"batch": "{{ outputs.count.n }}"}},
                 {"task_id": "bad", "type": "trigger_dag", "trigger_dag_id": "child", "conf": {"batch": "x"}}]}
                """#)
            let daemon = try installation.start()
            let runID = try daemon.trigger("parent")
            let run = try daemon.waitForRun("parent", runID)
            #expect(run.states == ["count": "success", "go": "success", "bad": "failed"])
            let children = try daemon.runs("child")
            let child = try #require(children.first)
            #expect(children.count == 1)
            #expect(try daemon.waitForRun("child", child.runID).state == "success")
            #expect(try installation.call("logs", "child", child.runID, "t").output == "got 7\n")
            #expect(
                try daemon.task("parent", runID, "go")["outputs"]?["triggered_run_id"]?.stringValue
                    == child.runID)
            #expect(try installation.call("why", "parent", runID, "bad").output.contains("batch"))
        }
    }
}
