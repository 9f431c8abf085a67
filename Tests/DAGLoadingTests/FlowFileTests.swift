import DAGDomain
import JSONText
import Testing

@testable import DAGLoading

/// What the keys of control flow, mapping and waiting become.
@Suite struct FlowFileTests {
    private func one(_ keys: String) throws -> TaskDefinition {
        let dag = try dag(
            """
            {"dag_id": "d", "params": {"n": 1}, "tasks": [
             {"task_id": "a", "command": "x"}, {"task_id": "t", "depends_on": ["a"], \(keys)}]}
            """)
        return dag.tasks[1]
    }

    @Test func readsEdgeConditions() throws {
        let dag = try dag(
            """
            {"dag_id": "d", "tasks": [
             {"id": "a", "command": "x"}, {"id": "b", "command": "x"}, {"id": "c", "command": "x"},
             {"id": "t", "command": "x", "needs": [{"task": "b", "on": "failure"}, "a", {"task_id": "c"}]},
             {"id": "u", "command": "x", "needs": {"task": "a", "on": "skipped"}}]}
            """)
        #expect(dag.tasks[3].dependsOn == [TaskID("b"), TaskID("a"), TaskID("c")])
        #expect(dag.tasks[3].flow.edgeConditions == [TaskID("b"): .failure])
        #expect(dag.tasks[4].flow.edgeConditions == [TaskID("a"): .skipped])
        #expect(dag.graph.upstream[3] == [1, 0, 2])
    }

    @Test func readsConditions() throws {
        let flow = try one(#""command": "x", "when": "{{ outputs.a.rows > params.n }}""#).flow
        #expect(flow.condition?.text == "{{ outputs.a.rows > params.n }}")
        #expect(
            flow.condition?.expression
                == .comparison(.greater, .output(task: TaskID("a"), name: "rows"), .parameter("n")))
    }

    @Test(arguments: [
        ("\"command\": \"x\"", TaskRole.task), ("\"command\": \"x\", \"type\": \"branch\"", .branch),
        ("\"command\": \"x\", \"type\": \"short_circuit\"", .shortCircuit),
        ("\"type\": \"latest_only\"", .latestOnly), ("\"type\": \"noop\"", .noop),
    ])
    func readsRoles(_ keys: String, _ role: TaskRole) throws {
        let task = try one(keys)
        #expect(task.role == role)
        #expect((task.action == .none) == !keys.contains("command"))
        #expect(task.flow.wait == nil)
    }

    @Test func readsMappings() throws {
        let expand = try one(
            #""command": ["x", "{{ params.B }}"], "expand": {"B": [1, "x"], "A": {"task": "a", "output": "o"}}, "#
                + #""max_parallel": 3, "fail_fast": true"#
        ).flow
        #expect(
            expand.mapping
                == TaskMapping(
                    .product([
                        .init(name: "B", values: .literal([1, "x"])),
                        .init(name: "A", values: .output(task: TaskID("a"), name: "o")),
                    ])))
        #expect(expand.maximumActivePerRun == 3)
        #expect(expand.failsFast)
        let rows = try one(#""command": ["{{ params.any }}"], "expand_kwargs": {"task": "a", "output": "o"}"#)
            .flow
        #expect(rows.mapping == TaskMapping(.rows(.output(task: TaskID("a"), name: "o"))))
        #expect(!rows.failsFast)
        let literal = try one(#""command": ["{{ params.k }}"], "expand_kwargs": [{"k": 1}, {"l": [2]}]"#).flow
        #expect(literal.mapping == TaskMapping(.rows(.literal([["k": 1], ["l": [2]]]))))
        #expect(
            try one(#""command": "x", "expand": {"a": []}"#).flow.mapping
                == TaskMapping(.product([.init(name: "a", values: .literal([]))])))
        let matrix = try one(
            #""command": ["{{ params.extra }}"], "matrix": {"os": ["l", "w"], "v": [1], "include": [{"extra": 1}], "#
                + #""exclude": [{"os": "w"}]}"#
        ).flow
        #expect(
            matrix.mapping
                == TaskMapping(
                    .matrix(
                        [
                            .init(name: "os", values: .literal(["l", "w"])),
                            .init(name: "v", values: .literal([1])),
                        ],
                        include: [["extra": 1]], exclude: [["os": "w"]])))
    }

    @Test func limitsTheNumberOfInstances() throws {
        let list = { (count: Int) in "[" + Array(repeating: "1", count: count).joined(separator: ",") + "]" }
        #expect(
            try one(#""command": "x", "expand": {"a": \#(list(1_000)), "b": \#(list(1_000))}"#).flow.mapping
                != nil)
        let large =
            #""command":"x","expand":{"a":\#(list(1_001)),"b":\#(list(1_000)),"c":{"task":"t","output":"o"}}"#
        #expect(
            errors(task(large)).first
                == "1:53: \"expand\" makes 1001000 instances, at most 1000000 are allowed")
        let empty = #""command":"x","expand":{"a":\#(list(1_001)),"b":\#(list(1_000)),"c":[]}"#
        #expect(errors(task(empty)) == [])
        let huge = (0..<20).map { "\"a\($0)\":\(list(10))" }.joined(separator: ",")
        #expect(
            errors(task("\"command\":\"x\",\"matrix\":{\(huge)}"))
                == ["1:53: \"matrix\" makes 9223372036854775807 instances, at most 1000000 are allowed"])
    }

    @Test(
        arguments: [
            (#""file": "/data/*.csv""#, .file(path: TemplateText(literal: "/data/*.csv"))),
            (
                #""file": {"path": "in/{{ params.n }}"}"#,
                .file(
                    path: TemplateText(segments: [
                        .literal("in/"), .place(TemplatePlace(.parameter(name: "n"))),
                    ]))
            ),
            (#""at": "1970-01-01T00:01:00Z""#, .instant(.at(Timestamp(microsecondsSinceEpoch: 60_000_000)))),
            (#""delay": "5m""#, .instant(.after(.seconds(300)))),
            (#""delay": 0, "delay_from": "logical_date""#, .instant(.afterLogicalDate(.zero))),
            (#""delay": 1, "delay_from": "data_interval_end""#, .instant(.afterDataInterval(.seconds(1)))),
            (#""time_of_day": "06:30""#, .instant(.timeOfDay(seconds: 23_400))),
            (#""time_of_day": "23:59:59""#, .instant(.timeOfDay(seconds: 86_399))),
            (#""command": "test -e x""#, .poke),
            (#""external": {"dag_id": "e"}"#, .externalRun(ExternalRun(dagID: DAGID("e")))),
            (
                #""external": {"external_dag_id": "e", "external_task_id": "b", "execution_delta": "1h"}"#,
                .externalRun(ExternalRun(dagID: DAGID("e"), tasks: [TaskID("b")], offset: .seconds(3_600)))
            ),
            (
                #""external": {"dag_id": "e", "task_ids": ["b", "c"], "offset": null, "allowed_states": ["failed"], "failed_states": ["success"]}"#,
                .externalRun(
                    ExternalRun(
                        dagID: DAGID("e"), tasks: [TaskID("b"), TaskID("c")], offset: nil,
                        allowedStates: [.failed], failedStates: [.success]))
            ),
        ] as [(String, Wait.Condition)])
    func readsSensors(_ keys: String, _ condition: Wait.Condition) throws {
        let task = try one("\"type\": \"sensor\", \(keys)")
        #expect(task.flow.wait == Wait(condition))
        #expect((task.action == .none) == (condition != .poke))
    }

    @Test func readsTheLimitsOfWaits() throws {
        let sensor = try one(
            #""type": "sensor", "command": "x", "timeout": "2h", "poke_interval": 5, "soft_fail": true, "execution_timeout": 9"#
        )
        #expect(
            sensor.flow.wait
                == Wait(.poke, timeout: .seconds(7_200), pokeInterval: .seconds(5), isSoftFail: true))
        #expect(sensor.executionTimeout == .seconds(9))
        let approval = try one(
            #""type": "approval", "subject": "Ship it?", "body": "b", "timeout": "1h", "default": "reject", "on_reject": "fail""#
        )
        #expect(
            approval.flow.wait
                == Wait(
                    .approval(
                        Approval(subject: "Ship it?", body: "b", fallback: .reject, onRejection: .fail)),
                    timeout: .seconds(3_600)))
        #expect(try one(#""command": "x", "timeout": 9"#).executionTimeout == .seconds(9))
    }

    @Test func readsTheRest() throws {
        let setup = try one(
            #""command": "x", "setup": true, "depends_on_past": true, "max_active_tis_per_dag": 2"#
        ).flow
        #expect(setup.isSetup && setup.dependsOnPast && !setup.waitsForDownstream)
        #expect(setup.maximumActivePerDAG == 2)
        let teardown = try one(
            #""command": "x", "teardown": true, "on_failure_fail_dagrun": true, "wait_for_downstream": true, "max_active_tis_per_dagrun": 4"#
        ).flow
        #expect(
            teardown.isTeardown && teardown.failsRunAsTeardown && teardown.dependsOnPast
                && teardown.waitsForDownstream)
        #expect(teardown.maximumActivePerRun == 4)
        for keys in [
            #""trigger_dag": {"dag_id": "e", "wait": true}"#,
            #""trigger_dag_id": "e", "wait_for_completion": true"#,
        ] {
            let action = try one("\"type\": \"trigger_dag\", \(keys)").action
            #expect(action == .triggerDAG(TriggerDAGAction(dagID: DAGID("e"), waitsForRun: true)))
        }
    }

    @Test func givesDefaults() throws {
        let dag = try dag(
            """
            {"dag_id": "d", "default_args": {"depends_on_past": true, "max_active_tis_per_dagrun": 2, "timeout": 7,
              "trigger_rule": "all_done"},
             "tasks": [{"id": "a", "command": "x"}, {"id": "b", "command": "x", "depends_on_past": false, "teardown": true}]}
            """)
        #expect(dag.tasks[0].flow == TaskFlow(maximumActivePerRun: 2, dependsOnPast: true))
        #expect(dag.tasks[1].flow == TaskFlow(maximumActivePerRun: 2, isTeardown: true))
        #expect(dag.tasks.map(\.executionTimeout) == [.seconds(7), .seconds(7)])
        #expect(dag.tasks.map(\.triggerRule) == [.allDone, .allSuccess])
    }
}
