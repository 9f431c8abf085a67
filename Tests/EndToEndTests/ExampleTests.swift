import Foundation
import JSONText
import Testing

/// The files of `dags/examples`, run as a person would run them.
@ContractLane @Suite(.serialized, .timeLimit(.minutes(60))) struct ExampleTests {
    /// Example, and the states of its instances in the order of the file.
    nonisolated static let examples: [(String, [String])] = [
        ("short_circuit", ["success", "skipped", "skipped"]),
        ("edges", ["failed", "success", "skipped", "success", "success"]),
        ("matrix", Array(repeating: "success", count: 4)),
        ("mapped_group", Array(repeating: "success", count: 7)),
        (
            "mapped_conditions",
            Array(repeating: "success", count: 8) + Array(repeating: "skipped", count: 2)
        ),
        ("groups", Array(repeating: "success", count: 6)),
        ("setup_teardown", Array(repeating: "success", count: 4)),
        ("sensors", Array(repeating: "success", count: 7)),
        ("latest_only", Array(repeating: "success", count: 3)),
        ("external_run", ["skipped", "skipped"]),
        ("wait_for_run", ["success", "success"]),
        ("repeat_until", ["success", "success"]),
        ("approval", ["success", "success", "success"]),
        ("data_checks", ["success", "success"]),
        ("model_registry", Array(repeating: "success", count: 4)),
        ("deploy", ["success", "success"]),
        ("asset_producer", ["success"]),
        ("asset_consumer", ["success", "success"]),
        ("asset_files", ["success"]),
        ("retrain_when", ["success"]),
        ("cached", ["success", "success", "success"]),
        ("asset_aliases", ["success", "success"]),
        ("asset_alias_consumer", ["success"]),
        ("monitor", ["success", "success", "success"]),
        ("tuning", Array(repeating: "success", count: 5)),
    ]

    @Test(arguments: examples) func anExampleDoesWhatItSays(name: String, states: [String]) throws {
        try Installation.with { installation in
            let result = try installation.call("run", name, "--dags", Self.folder, "--output", "json")
            #expect(result.status == 0)
            let instances = try result.json()["task_instances"]?.arrayValue ?? []
            #expect(instances.compactMap { $0["state"]?.stringValue }.sorted() == states.sorted())
        }
    }

    @Test func aBranchSkipsWhatItDidNotChoose() throws {
        try Installation.with { installation in
            let result = try installation.call("run", "branching", "--dags", Self.folder, "--output", "json")
            let states = try result.json()["task_instances"]?.arrayValue?.compactMap {
                $0["state"]?.stringValue
            }
            #expect(result.status == 0 && states?.filter { $0 == "skipped" }.count == 1)
        }
    }

    /// What a mapped task left reaches its reader as a list, in the order of the map index.
    @Test func aMappedTaskIsReducedInOrder() throws {
        try Installation.with { installation in
            let text = """
                {"dag_id": "squares", "tasks": [
                  {"task_id": "numbers", "command": "echo 'n=[3,1,2]' >> $ORCHESTRATOR_OUTPUT"},
                  {"task_id": "square", "expand": {"n": {"task": "numbers", "output": "n"}}, "depends_on": ["numbers"],
                   "command": "echo s=$((ORCHESTRATOR_PARAM_N * ORCHESTRATOR_PARAM_N)) >> $ORCHESTRATOR_OUTPUT"},
                  {"task_id": "all", "depends_on": ["square"],
                   "env": {"S": "{{ outputs.square.s }}"},
                   "command": "echo \\"$S\\"; cat $ORCHESTRATOR_INPUTS"}
                ]}
                """
            let file = try installation.dag("squares", text)
            #expect(try installation.call("run", file).status == 0)
            let log = try installation.call("logs", "squares", "latest", "all").output
            #expect(log == "[9,1,4]\n{\"square\":{\"s\":[9,1,4]}}\n")
        }
    }

    /// A person's answer outlives a daemon that is killed while it is waited for, and a cleared instance gets the
    /// param that it was cleared with.
    @Test func aQuestionOutlivesTheDaemon() throws {
        try Installation.with { installation in
            let text = """
                {"dag_id": "ask", "params": {"limit": 1}, "tasks": [
                  {"task_id": "question", "type": "approval", "subject": "go on?"},
                  {"task_id": "work", "depends_on": ["question"], "expand": {"i": [1, 2]},
                   "command": "test $ORCHESTRATOR_PARAM_I -le $ORCHESTRATOR_PARAM_LIMIT"}
                ]}
                """
            try installation.dag("ask", text)
            let first = try installation.start()
            let run = try first.trigger("ask")
            try first.waitForTask("ask", run, "question", "deferred")
            first.kill()
            let second = try installation.start()
            let listed = try installation.call("approvals", "list", "--output", "json").json()
            #expect(listed.arrayValue?.first?["subject"] == "go on?")
            #expect(try installation.call("approvals", "approve", "ask", run, "question").status == 0)
            #expect(try second.waitForRun("ask", run).state == "failed")
            #expect(try installation.call("approvals", "approve", "ask", run, "question").status == 65)
            let clear = try installation.call(
                "runs", "clear", "ask", run, "--from", "work", "--only-failed", "--param", "limit=5", "--yes")
            #expect(clear.status == 0)
            #expect(try second.waitForRun("ask", run).state == "success")
            let tries = try installation.call("runs", "show", "ask", run, "--output", "json").json()[
                "task_instances"]?
                .arrayValue?.compactMap { $0["try_number"]?.intValue }
            #expect(tries == [1, 1, 2])
        }
    }

    private static var folder: String {
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("dags/examples")
            .path
    }
}
