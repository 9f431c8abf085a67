import Glibc
import JSONText
import Testing

/// What a task sees, and what it hands on.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct TaskSurroundingsTests {
    @Test func theEnvironmentIsTheAllowListAndNothingElse() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "env",
                #"""
                {"dag_id": "env", "params": {"name": "a b", "count": 3, "ratio": 0.5, "on": true, "list": [1]},
                 "env": {"BOTH": "dag", "ONLY_DAG": "1", "HOME": "/elsewhere"},
                 "tasks": [{"task_id": "dump", "env": {"BOTH": "task", "N": 7}, "command": ["/usr/bin/env", "-0"]}]}
                """#)
            installation.environment = [
                "SECRET": "must not leak", "ORCHESTRATOR_TOKEN": "nor this", "LD_LIBRARY_PATH": "/nowhere",
                "TZ": "UTC",
                "TERM": "dumb", "LOGNAME": "me", "USER": "me", "SHELL": "/bin/sh", "TMPDIR": "/tmp",
                "LANGUAGE": "en",
            ]
            let date = "2026-03-01T10:00:00Z"
            let (status, run) = try installation.run(file, "--run-id", "r1", "--logical-date", date)
            #expect(status == 0)
            let number = "\(installation.home)/runs"
            let log = try installation.call("logs", "env", run.runID, "dump").output
            let seen = Dictionary(
                uniqueKeysWithValues: log.split(separator: "\0").map { entry in
                    let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    return (String(parts[0]), String(parts[1]))
                })
            let instant = "2026-03-01T10:00:00.000000Z"
            var expected = [
                "PATH": installation.surroundings()["PATH"] ?? "", "HOME": "/elsewhere", "LANG": "C.UTF-8",
                "LC_INSTALLATION": installation.folder, "TZ": "UTC", "TERM": "dumb", "LOGNAME": "me",
                "USER": "me",
                "SHELL": "/bin/sh", "TMPDIR": "/tmp", "LANGUAGE": "en", "BOTH": "task", "ONLY_DAG": "1",
                "N": "7",
                "CUDA_VISIBLE_DEVICES": "", "ORCHESTRATOR_DAG_ID": "env", "ORCHESTRATOR_RUN_ID": "r1",
                "ORCHESTRATOR_TASK_ID": "dump", "ORCHESTRATOR_MAP_INDEX": "-1",
                "ORCHESTRATOR_TRY_NUMBER": "1",
                "ORCHESTRATOR_RUN_TYPE": "manual", "ORCHESTRATOR_LOGICAL_DATE": instant,
                "ORCHESTRATOR_DATA_INTERVAL_START": instant, "ORCHESTRATOR_DATA_INTERVAL_END": instant,
                "ORCHESTRATOR_PARAM_NAME": "a b", "ORCHESTRATOR_PARAM_COUNT": "3",
                "ORCHESTRATOR_PARAM_RATIO": "0.5",
                "ORCHESTRATOR_PARAM_ON": "true",
            ]
            // These name files whose names the program chooses.
            let chosen = ["PARAMS", "INPUTS", "OUTPUT", "METRICS", "ARTIFACTS", "CHECKPOINTS"].map {
                "ORCHESTRATOR_" + $0
            }
            // A plain task that promises nothing has its folders in memory.
            let memory = Files.text(installation.home + "/runtime-folder")
            for name in chosen {
                let path = seen[name] ?? ""
                #expect(path.hasPrefix(number) || path.hasPrefix(memory + "/"), "\(name)")
                expected[name] = path
            }
            for name in [
                "ORCHESTRATOR_ATTEMPT_ID", "MLFLOW_TRACKING_TOKEN", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID",
            ] {
                expected[name] = seen[name] ?? "absent"
            }
            expected["MLFLOW_TRACKING_URI"] = seen["MLFLOW_TRACKING_URI"] ?? "absent"
            #expect(expected["MLFLOW_TRACKING_URI"]?.hasPrefix("http://127.0.0.1:") == true)
            #expect(seen == expected)
        }
    }

    @Test func theFilesHoldWhatTheContractSays() throws {
        try Installation.with { installation in
            try Files.makeFolder(installation.dags + "/sub")
            let file = try installation.dag(
                "files",
                #"""
                {"dag_id": "files", "params": {"big": 9007199254740993, "list": [1, {"a": null}], "text": "ä\n\"x\""}, "tasks": [
                 {"task_id": "root", "command": "pwd; cat \"$ORCHESTRATOR_PARAMS\" \"$ORCHESTRATOR_INPUTS\"; wc -c; ls /proc/$$/fd"},
                 {"task_id": "below", "cwd": "sub", "command": "pwd"},
                 {"task_id": "write", "artifacts": ["model.bin", {"name": "plot", "path": "p/roc.txt"}], "outputs": ["n"], "command":
                  "mkdir \"$ORCHESTRATOR_ARTIFACTS/p\"; echo weights > \"$ORCHESTRATOR_ARTIFACTS/model.bin\"; echo roc > \"$ORCHESTRATOR_ARTIFACTS/p/roc.txt\"; echo n=1 >> \"$ORCHESTRATOR_OUTPUT\"; echo 'auc=0.9 1' >> \"$ORCHESTRATOR_METRICS\"; echo 'auc=0.95 2' >> \"$ORCHESTRATOR_METRICS\""},
                 {"task_id": "read", "depends_on": ["write"], "command": "cat \"$ORCHESTRATOR_INPUTS\""}]}
                """#)
            let (status, _) = try installation.run(file)
            #expect(status == 0)
            let root = try installation.call("logs", "files", "latest", "root").output.split(separator: "\n")
            #expect(root.first.map(String.init) == installation.dags)
            let big = try JSONValue.parse(String(root[1]))
            #expect(big == ["big": 9_007_199_254_740_993, "list": [1, ["a": nil]], "text": "ä\n\"x\""])
            #expect(root[2...] == ["{}", "0", "0", "1", "2"])
            #expect(
                try installation.call("logs", "files", "latest", "below").output == installation.dags
                    + "/sub\n")
            let inputs = try JSONValue.parse(try installation.call("logs", "files", "latest", "read").output)
            let written = try #require(inputs["write"])
            #expect(written["n"] == 1)
            let model = try #require(written["model.bin"]?.stringValue)
            #expect(model.hasPrefix("/") && Files.text(model) == "weights\n")
            #expect(written["plot"]?.stringValue.map { Files.text($0) } == "roc\n")
            let details = try installation.call(
                "tasks", "show", "files", "latest", "write", "--output", "json"
            ).json()
            let metrics = details["task_instance"]?["metrics"]
            #expect(metrics?[0]?["name"] == "auc" && metrics?[0]?["value"]?.doubleValue == 0.95)
            #expect(details["artifacts"]?.arrayValue?.count == 2)
        }
    }

    @Test func outputsKeepTheirTypes() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "outputs",
                #"""
                {"dag_id": "outputs", "tasks": [{"task_id": "w", "command": ["sh", "-c", "cat outputs.txt >> \"$ORCHESTRATOR_OUTPUT\""]},
                 {"task_id": "r", "depends_on": ["w"], "command": ["printf", "%s|", "{{ outputs.w.zeros }}", "{{ outputs.w.big }}", "{{ outputs.w.list }}", "{{ outputs.w.lines }}"]}]}
                """#)
            let text = """
                int=42
                float=0.25
                yes=true
                nothing=null
                quoted="42"
                list=[1]
                zeros=007
                equation=a=b
                empty=
                big=9007199254740993
                lines<<EOF
                one
                 two=2
                EOF
                umlaut=äöü
                last=1
                last=2

                """
            try Files.write(text, to: installation.dags + "/outputs.txt")
            let (status, run) = try installation.run(file)
            #expect(status == 0)
            let outputs = try installation.call(
                "tasks", "outputs", "outputs", run.runID, "w", "--output", "json"
            ).json()
            let expected: JSONValue = [
                "int": 42, "yes": true, "nothing": nil, "quoted": "42", "list": [1], "zeros": "007",
                "equation": "a=b",
                "empty": "", "big": 9_007_199_254_740_993, "lines": "one\n two=2", "umlaut": "äöü", "last": 2,
                "float": try JSONValue.parse("0.25"),
            ]
            #expect(outputs == expected)
            #expect(
                try installation.call("logs", "outputs", run.runID, "r").output
                    == "007|9007199254740993|[1]|one\n two=2|")
        }
    }

    @Test func aRetryStartsWithEmptyOutputsAndAPromiseIsKept() throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "promise",
                #"""
                {"dag_id": "promise", "tasks": [
                 {"task_id": "again", "retries": 1, "retry_delay": 0,
                  "command": "echo try$ORCHESTRATOR_TRY_NUMBER=1 >> \"$ORCHESTRATOR_OUTPUT\"; [ $ORCHESTRATOR_TRY_NUMBER = 2 ]"},
                 {"task_id": "broken_promise", "outputs": ["x"], "command": "true"},
                 {"task_id": "broken_artifact", "artifacts": ["nothing.bin"], "command": "true"}]}
                """#)
            let (status, run) = try installation.run(file)
            #expect(status == 1)
            let outputs = try installation.call(
                "tasks", "outputs", "promise", "latest", "again", "--output", "json"
            ).json()
            #expect(outputs == ["try2": 1])
            #expect(run.state("broken_promise") == "failed" && run.state("broken_artifact") == "failed")
            let promise = try installation.call("why", "promise", "latest", "broken_promise")
            #expect(promise.output.contains("promises"), "\(promise)")
            let artifact = try installation.call("why", "promise", "latest", "broken_artifact")
            #expect(artifact.output.contains("nothing.bin"), "\(artifact)")
        }
    }

    /// Whatever a param holds reaches a program as one literal argument, and a shell only through the environment.
    @Test(arguments: [
        "$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "\" && touch pwned #", "a\nb",
        "{{ params.other }}",
        "{{ outputs.x.y }}", "-rf", "*", "\\", "${HOME}", "|| touch pwned", "ünï\u{1F600}", "",
    ])
    func templatesAreLiteral(_ attack: String) throws {
        try Installation.with { installation in
            let file = try installation.dag(
                "literal",
                #"""
                {"dag_id": "literal", "params": {"x": "", "other": "leaked"}, "tasks": [
                 {"task_id": "argv", "env": {"E": "{{ params.x }}"}, "command": ["sh", "-c", "printf '%s' \"$#|$1|$E\"", "sh", "{{ params.x }}"]},
                 {"task_id": "shell", "command": "printf '%s' \"$ORCHESTRATOR_PARAM_X\""}]}
                """#)
            let (status, run) = try installation.run(file, "--param", "x=" + attack)
            #expect(status == 0)
            #expect(
                try installation.call("logs", "literal", run.runID, "argv").output == "1|\(attack)|\(attack)")
            #expect(try installation.call("logs", "literal", run.runID, "shell").output == attack)
            #expect(!Files.exists(installation.dags + "/pwned"))
        }
    }
}
