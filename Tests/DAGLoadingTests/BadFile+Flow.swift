import Testing

extension BadFile {
    /// Two more tasks before a task `t` with more keys, which start at column 17 of the third line.
    private static func below(_ keys: String) -> String {
        """
        {"dag_id": "d", "params": {"n": 1}, "tasks": [
        {"id": "a", "command": "x", "outputs": ["rows"]}, {"id": "other", "command": "x"},
        {"task_id": "t", \(keys)}]}
        """
    }

    static let flow = [
        BadFile(
            "edge conditions",
            below(
                #""command":"x","needs":[{"task":"a","on":"done"},{"task":"a"},{"on":"done"},{"task":"b","on":"ok"}]"#
            ),
            #"3:74: "a" is listed twice in "depends_on""#,
            #"3:79: an entry of depends_on needs "task""#,
            #"3:101: depends on the unknown task "b""#,
            #"3:110: "on" has the unknown value "ok"; expected one of "success", "failure", "done", "skipped""#
        ),
        BadFile(
            "setup and teardown",
            below(#""command":"x","setup":true,"teardown":true,"trigger_rule":"all_done""#),
            "3:45: a task is a setup or a teardown, not both",
            "3:61: a teardown has a rule of its own (everything above has ended, a setup succeeded); remove "
                + "\"trigger_rule\""),
        BadFile(
            "failing teardown that is none", below(#""command":"x","on_failure_fail_dagrun":true"#),
            #"3:32: "on_failure_fail_dagrun" needs "teardown": true"#),
        BadFile(
            "switches", below(#""command":"x","depends_on_past":1,"setup":"yes","max_active_tis_per_dag":0"#),
            #"3:50: "depends_on_past" must be a boolean, found a number"#,
            #"3:60: "setup" must be a boolean, found a string"#,
            #"3:91: "max_active_tis_per_dag" must be at least 1, found 0"#),
        BadFile(
            "two timeouts", below(#""command":"x","execution_timeout":5,"timeout":5"#),
            #"3:54: "timeout" and "execution_timeout" mean the same; keep one"#),
        BadFile(
            "waiting twice",
            below(
                #""type":"trigger_dag","trigger_dag":{"dag_id":"e","wait":true},"wait_for_completion":true"#),
            #"3:80: "wait_for_completion" and "wait" mean the same; keep one"#),
    ]

    static let mapping = [
        BadFile(
            "empty expand", below(#""command":"x","expand":{}"#),
            "3:41: \"expand\" is empty; it needs at least one member"),
        BadFile(
            "expand over something else", below(#""command":"x","expand":{"a":1,"b-c":[],"d":{"task":"a"}}"#),
            #"3:46: "a" in "expand" must be an array or an object, found a number"#,
            #"3:48: the name "b-c" in "expand" must be up to 128 letters, digits and '_', not starting with a digit"#,
            #"3:61: a source of values needs "output""#),
        BadFile(
            "two mappings", below(#""command":"x","expand":{"a":[1]},"matrix":{"b":[1]}"#),
            #"3:51: only one of "expand", "expand_kwargs" and "matrix" is possible"#),
        BadFile(
            "limits without mapping", below(#""command":"x","max_parallel":2,"fail_fast":true"#),
            #"3:32: "max_parallel" needs "expand", "expand_kwargs" or "matrix""#,
            #"3:49: "fail_fast" needs "expand", "expand_kwargs" or "matrix""#),
        BadFile(
            "limits twice",
            below(#""command":"x","expand":{"a":[1]},"max_parallel":2,"max_active_tis_per_dagrun":3"#),
            #"3:51: "max_parallel" and "max_active_tis_per_dagrun" mean the same; keep one"#),
        BadFile(
            "mapped branch", below(#""command":"x","type":"branch","expand_kwargs":[{"a":1}]"#),
            "3:39: a task of type \"branch\" decides once in a run and cannot be mapped"),
        BadFile(
            "sources",
            below(
                #""command":"x","needs":"a","expand":{"a":{"task":"a","output":"row"},"b":{"task":"other","output":"x"},"#
                    + #""c":{"task":"no","output":"x"}}"#),
            #"3:66: the output "row" of "a": the task "a" declares no such output; did you mean "rows"?"#,
            #"3:98: the output "x" of "other": "other" is not upstream of "t"; add it to "depends_on""#,
            #"3:132: the output "x" of "no": there is no task "no""#),
        BadFile(
            "templates in values", below(#""command":"x","expand":{"a":["{{ params.n }}"]}"#),
            "3:47: {{ params.n }}: nothing is filled in in \"expand\"; only in \"env\", in the elements of a "
                + "\"command\" array, in \"http\", \"sql\" and \"container\", and in the params of a trigger_dag task"
        ),
        BadFile(
            "one variable", below(#""command":"x","expand":{"a":[1],"A":[2]}"#),
            #"3:42: "a" and "A" would both be $ORCHESTRATOR_PARAM_A"#),
        BadFile(
            "matrix",
            below(#""command":"x","matrix":{"os":["a"],"include":[{"b-c":1}],"exclude":[{"oz":"a"}],"x":2}"#),
            #"3:65: the name "b-c" in "include" must be up to 128 letters, digits and '_', not starting with a digit"#,
            #"3:87: "exclude" names "oz", which is not a key of the matrix"#,
            #"3:102: "x" in "matrix" must be an array or an object, found a number"#),
        BadFile(
            "empty matrix", below(#""command":"x","matrix":{}"#),
            "3:41: \"matrix\" is empty; it needs at least one member"),
        BadFile(
            "an unknown value", below(#""command":["x","{{ params.siz }}"],"expand":{"size":[1]}"#),
            #"3:37: {{ params.siz }}: no such param; did you mean "size"?"#),
    ]

    static let waits = [
        BadFile(
            "sensor of nothing", below(#""type":"sensor""#),
            "3:1: a sensor needs \"file\", \"at\", \"delay\", \"time_of_day\", \"external\", \"command\", \"http\" or \"sql\""
        ),
        BadFile(
            "sensor of two things", below(#""type":"sensor","file":"/x","command":"y""#),
            "3:46: a sensor waits for one thing only: \"file\", \"at\", \"delay\", \"time_of_day\", \"external\", "
                + "\"command\", \"http\" or \"sql\""),
        BadFile(
            "sensor keys elsewhere", below(#""command":"x","poke_interval":5,"subject":"s""#),
            #"3:32: "poke_interval" needs "type": "sensor""#, #"3:50: "subject" needs "type": "approval""#),
        BadFile(
            "awaited instant", below(#""type":"sensor","at":"soon""#),
            #"3:39: "soon" is not a time; write it like 2026-01-31T09:30:00Z, 2026-01-31T09:30:00+02:00 or 2026-01-31"#
        ),
        BadFile(
            "awaited time of the day", below(#""type":"sensor","time_of_day":"24:00""#),
            #"3:48: "time_of_day" must be a time of the day such as 06:30, found "24:00""#),
        BadFile(
            "delay from", below(#""type":"sensor","file":"/x","delay_from":"start""#),
            #"3:46: "delay_from" needs a "delay""#),
        BadFile(
            "pattern in a folder", below(#""type":"sensor","file":{"path":"/data/*/x.csv"}"#),
            "3:49: \"*\" and \"?\" can stand in the last part of a path only"),
        BadFile(
            "external run",
            below(
                #""type":"sensor","external":{"external_task_id":"a","task_ids":["b"],"allowed_states":["success"],"#
                    + #""failed_states":["success","running"]}"#),
            #"3:45: external needs "dag_id""#,
            #"3:46: "external_task_id" and "task_ids" mean the same; keep one"#,
            #"3:142: an element of "failed_states" has the unknown value "running"; expected one of "success", "failed", "cancelled""#
        ),
        BadFile(
            "states that are both",
            below(#""type":"sensor","external":{"dag_id":"e","failed_states":["success"]}"#),
            #"3:75: "success" cannot be in "allowed_states" and in "failed_states""#),
        BadFile(
            "approval", below(#""type":"approval","command":"x","default":"yes","on_reject":"stop""#),
            "3:1: an approval needs a \"subject\"",
            "3:36: a task of type \"approval\" runs no \"command\"",
            #"3:60: "default" has the unknown value "yes"; expected one of "approve", "reject""#,
            #"3:78: "on_reject" has the unknown value "stop"; expected one of "skip", "fail""#),
    ]

    static let groups = [
        BadFile(
            "group without tasks", #"{"dag_id":"d","task_groups":[{"group_id":"g"}]}"#,
            #"1:30: a task group needs "tasks""#),
        BadFile(
            "ids of groups",
            #"{"dag_id":"d","tasks":[{"id":"g","command":"x"}],"task_groups":[{"group_id":"g","tasks":[{"id":"a","command":"x"},{"id":"a","command":"x"}]}]}"#,
            #"1:77: the group's id "g" is already taken at 1:30"#,
            #"1:121: duplicate task id "g.a"; it is already at 1:96"#),
        BadFile(
            "edges of groups",
            """
            {"dag_id":"d","task_groups":[
            {"group_id":"g","needs":["g","x"],"tasks":[
            {"id":"a","command":"x","needs":["b"]},
            {"id":"b","command":"x","needs":["g","b"]}]}]}
            """,
            #"2:26: the group "g" depends on itself"#, #"2:30: depends on the unknown task "x""#,
            #"4:34: the task is inside the group "g" and cannot wait for it"#,
            #"4:38: the task "b" depends on itself"#),
        BadFile(
            "circle through groups",
            """
            {"dag_id":"d","task_groups":[
            {"group_id":"g","needs":["h"],"tasks":[{"id":"a","command":"x"},{"id":"b","command":"x","needs":["a"]}]},
            {"group_id":"h","needs":["g"],"tasks":[{"id":"c","command":"x"}]}]}
            """,
            "2:26: the tasks wait for each other in a circle: g.a -> g.b -> h.c -> g.a"),
        BadFile(
            "outputs of groups",
            """
            {"dag_id":"d","tasks":[{"id":"t","needs":["g"],"command":["x","{{ outputs.g.rows }}","{{ outputs.g.a.rows }}","{{ outputs.a.rows }}"]}],
            "task_groups":[{"group_id":"g","tasks":[{"id":"a","command":"x"},{"id":"b","command":["{{ outputs.a.x }}"]}]}]}
            """,
            #"1:63: {{ outputs.g.rows }}: "g" is a group; outputs are those of tasks"#,
            #"1:111: {{ outputs.a.rows }}: there is no task "a""#,
            #"2:87: {{ outputs.a.x }}: "g.a" is not upstream of "g.b"; add it to "depends_on""#),
        BadFile(
            "mapped group",
            """
            {"dag_id":"d","tasks":[{"id":"s","command":"x"}],"task_groups":[{"group_id":"g","expand":{"v":{"task":"s","output":"o"}},"tasks":[
            {"id":"a","command":"x","expand":{"w":[1]}},{"id":"b","type":"short_circuit","command":"x"},
            {"id":"c","command":["{{ params.vv }}"],"trigger_rule":"always","when":"params.v == 1"}],
            "task_groups":[{"group_id":"h","matrix":{"w":[1]},"tasks":[{"id":"a","command":"x"}]}]}]}
            """,
            #"1:103: the output "o" of "s": "s" is not upstream of "g.a"; add it to "depends_on""#,
            #"2:25: "expand" cannot be in a mapped group; the group's values are this task's"#,
            "2:62: a task of type \"short_circuit\" decides once in a run and cannot be in a mapped group",
            "3:26: {{ params.vv }}: no such param; declare it in the DAG's \"params\"",
            "3:56: the trigger rule \"always\" cannot be in a mapped group",
            #"4:32: "matrix" cannot be in a mapped group; the outer group's values are this one's"#),
        BadFile(
            "an id that is too long",
            #"{"dag_id":"d","task_groups":[{"group_id":"\#(String(repeating: "g", count: 100))","tasks":[{"id":"\#(String(repeating: "a", count: 60))","command":"x"}]}]}"#,
            #"1:160: the id "\#(String(repeating: "g", count: 60))..." has 161 characters with that of its group; at most 128 are allowed"#
        ),
    ]

    static let conditions = [
        BadFile(
            "condition", below(#""command":"x","needs":"a","when":"params.n > 1 and paramz.n""#),
            #"3:69: "when", column 18: unknown name "paramz"; did you mean "params"?"#),
        BadFile(
            "place behind escapes", below(#""command":"x","when":"\"\u00e9\ud83d\ude00ü\" == nope""#),
            #"3:67: "when", column 10: unknown name "nope"; known are params, outputs, run_id, run_type, logical_date; a text needs quotes"#
        ),
        BadFile(
            "condition on what is not upstream",
            below(#""command":"x","needs":"a","when":"outputs.a.rows > 1 and outputs.other.x""#),
            #"3:75: outputs.other.x: "other" is not upstream of "t"; add it to "depends_on""#),
        BadFile(
            "empty condition", below(#""command":"x","when":"""#),
            "3:39: \"when\" is empty; expected a text that is not empty"),
        BadFile(
            "condition that is a boolean", below(#""command":"x","when":true"#),
            "3:39: \"when\" must be a string, found a boolean"),
    ]
}
