import JSONText
import Testing

/// `run FILE`: one run without a daemon.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct ForegroundRunTests {
    @Test func printsTheRunToTheLetter() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "hello", #"{ "dag_id": "hello", "tasks": [ { "task_id": "hi", "command": "echo hello" } ] }"#)
            let (status, run) = try installation.run(file)
            #expect(status == 0)
            #expect(run.json.objectValue?.keys == ["dag_id", "run_id", "state", "task_instances"])
            #expect(run.dagID == "hello")
            #expect(run.runID.hasPrefix("manual__"))
            #expect(run.state == "success")
            let instance = try #require(run.instances.first)
            #expect(run.instances.count == 1)
            #expect(
                instance.objectValue?.keys
                    == ["task_id", "map_index", "state", "try_number", "start_date", "end_date", "duration"])
            #expect(instance["map_index"] == -1)
            #expect(instance["try_number"] == 1)
            let start = try #require(instance["start_date"]?.stringValue)
            #expect(start.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil, "\(start)")
            #expect(instance["duration"]?.doubleValue.map { $0 >= 0 } == true)
            #expect(try installation.call("logs", "hello", "latest", "hi").output == "hello\n")
            try installation.waitForQuiet()
        }
    }

    @Test func aFailingTaskIsExitOne() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "bad",
                #"""
                {"dag_id": "bad", "tasks": [{"task_id": "a", "command": "echo broken >&2; exit 3"},
                 {"task_id": "b", "depends_on": ["a"], "command": "true"}]}
                """#)
            let result = try installation.call("run", file)
            #expect(result.status == 1)
            #expect(result.output == "")
            #expect(result.errors.contains("exit code 3"))
            let run = RunView(
                json: try installation.call("runs", "show", "bad", "latest", "--output", "json").json())
            #expect(run.state == "failed")
            #expect(run.states == ["a": "failed", "b": "upstream_failed"])
            #expect(run.tries("b") == 0)
            #expect(run.instance("b")?["start_date"] == .null)
        }
    }

    @Test func exit99SkipsAndWhatFollowsTheRules() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "rules",
                #"""
                {"dag_id": "rules", "tasks": [
                 {"task_id": "good", "command": "true"}, {"task_id": "bad", "command": "exit 7"},
                 {"task_id": "skipped", "command": "exit 99"},
                 {"task_id": "after_skip", "depends_on": ["skipped"], "command": "true"},
                 {"task_id": "none_failed", "depends_on": ["skipped", "good"], "trigger_rule": "none_failed", "command": "true"},
                 {"task_id": "one_failed", "depends_on": ["bad", "good"], "trigger_rule": "one_failed", "command": "true"},
                 {"task_id": "one_success", "depends_on": ["bad", "good"], "trigger_rule": "one_success", "command": "true"},
                 {"task_id": "all_failed", "depends_on": ["bad"], "trigger_rule": "all_failed", "command": "true"},
                 {"task_id": "all_skipped", "depends_on": ["skipped"], "trigger_rule": "all_skipped", "command": "true"},
                 {"task_id": "none_skipped", "depends_on": ["skipped", "good"], "trigger_rule": "none_skipped", "command": "true"},
                 {"task_id": "min_one", "depends_on": ["skipped", "good"], "trigger_rule": "none_failed_min_one_success", "command": "true"},
                 {"task_id": "all_success", "depends_on": ["bad", "good"], "command": "true"},
                 {"task_id": "end", "trigger_rule": "all_done", "command": "true", "depends_on": ["after_skip", "none_failed",
                  "one_failed", "one_success", "all_failed", "all_skipped", "none_skipped", "min_one", "all_success"]}]}
                """#)
            let (status, run) = try installation.run(file)
            #expect(
                run.states == [
                    "good": "success", "bad": "failed", "skipped": "skipped", "after_skip": "skipped",
                    "none_failed": "success", "one_failed": "success", "one_success": "success",
                    "all_failed": "success", "all_skipped": "success", "none_skipped": "skipped",
                    "min_one": "success", "all_success": "upstream_failed", "end": "success",
                ])
            // The only leaf succeeded, so the run did.
            #expect(run.state == "success")
            #expect(status == 0)
        }
    }

    @Test func retriesUntilItWorks() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "retry",
                #"""
                {"dag_id": "retry", "tasks": [
                 {"task_id": "constant", "retries": 3, "retry_delay": "20ms",
                  "command": "echo $ORCHESTRATOR_TRY_NUMBER >> tries; [ $ORCHESTRATOR_TRY_NUMBER = 3 ]"},
                 {"task_id": "none", "retries": 2, "retry_delay": 0, "retry_on_exit_codes": [4], "command": "exit 5"},
                 {"task_id": "only_four", "retries": 2, "retry_delay": 0, "retry_on_exit_codes": [4], "command": "exit 4"},
                 {"task_id": "backoff", "retries": 1, "retry_delay": "10ms", "retry_exponential_backoff": true,
                  "max_retry_delay": "30ms", "command": "[ $ORCHESTRATOR_TRY_NUMBER = 2 ]"},
                 {"task_id": "checkpoint", "retries": 1, "retry_delay": 0,
                  "command": "cd \"$ORCHESTRATOR_CHECKPOINTS\"; [ -e here ] || { touch here; exit 1; }"}]}
                """#)
            let (status, run) = try installation.run(file)
            #expect(status == 1)
            #expect(Files.lines(installation.dags + "/tries") == ["1", "2", "3"])
            #expect(run.state("constant") == "success" && run.tries("constant") == 3)
            #expect(run.state("none") == "failed" && run.tries("none") == 1)
            #expect(run.state("only_four") == "failed" && run.tries("only_four") == 3)
            #expect(run.state("backoff") == "success" && run.tries("backoff") == 2)
            #expect(run.state("checkpoint") == "success" && run.tries("checkpoint") == 2)
            let details = try installation.call(
                "tasks", "show", "retry", "latest", "constant", "--output", "json"
            ).json()
            let codes = details["tries"]?.arrayValue?.map { $0["exit_code"] }
            #expect(codes == [1, 1, 0])
        }
    }

    @Test func labelsExitCodesAndSignals() throws {
        try Installation.with { installation in
            try Files.write("not a program", to: installation.path("plain-file"))
            let file = try installation.dag(
                "codes",
                #"""
                {"dag_id": "codes", "tasks": [
                 {"task_id": "missing", "command": ["no-such-program-anywhere"]},
                 {"task_id": "not_executable", "command": ["\#(installation.folder)/plain-file"]},
                 {"task_id": "shell_missing", "command": "no-such-program-anywhere"},
                 {"task_id": "killed", "command": "kill -KILL $$"}, {"task_id": "segfault", "command": "kill -SEGV $$"},
                 {"task_id": "like_a_signal", "command": "exit 137"}, {"task_id": "last", "command": "exit 255"},
                 {"task_id": "no_folder", "cwd": "nowhere", "command": "true"}]}
                """#)
            let (_, run) = try installation.run(file)
            #expect(Set(run.states.values) == ["failed"])
            func ending(_ task: String) throws -> (code: JSONValue?, signal: JSONValue?, why: String) {
                let details = try installation.call(
                    "tasks", "show", "codes", "latest", task, "--output", "json"
                ).json()
                let last = details["tries"]?.arrayValue?.last
                return (last?["exit_code"], last?["signal"], details["explanation"]?.stringValue ?? "")
            }
            let missing = try ending("missing")
            #expect(missing.code == 127 && missing.why.contains("no-such-program-anywhere"), "\(missing)")
            let plain = try ending("not_executable")
            #expect(plain.code == 126 && plain.why.contains("plain-file"), "\(plain)")
            #expect(try ending("shell_missing").code == 127)
            let killed = try ending("killed")
            #expect(killed.signal == 9 && killed.why.contains("signal 9"), "\(killed)")
            #expect(try ending("segfault").signal == 11)
            #expect(try ending("like_a_signal").code == 137)
            #expect(try ending("last").code == 255)
            #expect(try ending("no_folder").why.contains("nowhere"))
        }
    }
}
