import DAGDomain
import DAGLoading
import Testing

@Suite struct TemplateTests {
    /// The error about a template in an argument array of the task `c`, below `b`, which is below `a`.
    private func problem(_ text: String) -> [String] {
        load(
            """
            {"dag_id": "d", "params": {"rate": 1, "name": "x"}, "tasks": [
             {"id": "a", "command": "x", "outputs": ["rows", "path"]},
             {"id": "b", "command": "x", "needs": "a"},
             {"id": "other.one", "command": "x"},
             {"id": "c", "needs": "b", "command": ["run", "\(text)"]}]}
            """
        ).errors.map(\.message)
    }

    @Test(arguments: [
        "plain", "{{ params.rate }}", "{{params.rate}}-{{ outputs.a.rows }}", "{{ outputs.b.anything }}",
        "{ } }}",
        "{'a': {'b': 1}}", "{{ '{{' }}.State}}", "{{ params }}", "{{ params.rate.deep.er }}", "{{ ds }}",
        "{{ds|ds_nodash}}", "{{ ts | date('%Y }} %m') }}",
        "{{ logical_date | in_timezone('Europe/Berlin') }}",
        "{{ ds | ds_add(-1) | default('x') }}", "{{ dag_run.conf.rate }}", "{{ dag_run.conf | tojson }}",
        "{{ task_instance.try_number }}", "{{ var.value.a.b }}", "{{ var.site }}", "{{ var.json.a.b.0 }}",
        "{{ conn.db.main.password }}", "{{ conn.db.extra.a.b }}", "{{ conn.db.extra_dejson.a }}",
        "{{ 'x' | upper }}", "{{ params.name | replace('a', 'b') | join }}",
        "{{ params.name|d(none, true) }}",
    ])
    func accepts(_ text: String) {
        #expect(problem(text).isEmpty)
    }

    @Test(arguments: [
        ("{{ params.rat }}", "{{ params.rat }}: no such param; did you mean \"rate\"?"),
        ("{{ params.flavour }}", "{{ params.flavour }}: no such param; declare it in the DAG's \"params\""),
        (
            "{{ outputs.a.row }}",
            "{{ outputs.a.row }}: the task \"a\" declares no such output; did you mean \"rows\"?"
        ),
        (
            "{{ outputs.other.one.x }}",
            "{{ outputs.other.one.x }}: \"other.one\" is not upstream of \"c\"; add it to \"depends_on\""
        ),
        ("{{ outputs.c.x }}", "{{ outputs.c.x }}: \"c\" is not upstream of \"c\"; add it to \"depends_on\""),
        ("{{ outputs.zebra.x }}", "{{ outputs.zebra.x }}: there is no task \"zebra\""),
        ("{{ outputs.a }}", "{{ outputs.a }} is not understood; write {{ outputs.TASK.NAME }}"),
        ("{{ params.rate", "\"{{\" is not closed by \"}}\"; for two braces as they are write {{ \"{{\" }}"),
    ])
    func refuses(_ text: String, _ message: String) {
        #expect(problem(text) == [message])
    }

    @Test(arguments: [
        (
            "echo {{ params.rate }}",
            "{{ params.rate }}: nothing is filled in in a shell string; use "
                + "\"$ORCHESTRATOR_PARAM_RATE\""
        ),
        (
            "{{outputs.a.rows}}",
            "{{ outputs.a.rows }}: nothing is filled in in a shell string; use the file "
                + "\"$ORCHESTRATOR_INPUTS\", or an \"env\" entry with this template"
        ),
        (
            "echo {{ ds",
            "{{ ds }}: nothing is filled in in a shell string; use \"$ORCHESTRATOR_LOGICAL_DATE\", or an "
                + "\"env\" entry with this template"
        ),
        (
            "curl {{ var.value.site | lower }}",
            "{{ var.value.site | lower }}: nothing is filled in in a shell string; use an \"env\" entry with "
                + "this template"
        ),
        (
            "x {{ params.rate | int }}",
            "{{ params.rate | int }}: nothing is filled in in a shell string; use the file "
                + "\"$ORCHESTRATOR_PARAMS\", or an \"env\" entry with this template"
        ),
    ])
    func refusesInShellStrings(_ text: String, _ message: String) {
        #expect(load(task("\"command\": \"\(text)\"")).errors.map(\.message) == [message])
    }

    @Test func leavesOtherBracesInShellStringsAlone() throws {
        let text = "docker inspect -f '{{.State.Running}}' x; echo {{ hello }} ${A:-{}}"
        #expect(try dag(task("\"command\": \"\(text)\"")).tasks[0].action == .shell(text))
    }

    @Test(arguments: [
        (
            "\"command\":\"x\",\"cwd\":\"{{ params.x }}\"",
            "{{ params.x }}: nothing is filled in in \"cwd\"; only in "
                + "\"env\", in the elements of a \"command\" array, in \"http\", \"sql\" and \"container\", and in the params of a trigger_dag task"
        ),
        (
            "\"command\":\"x\",\"artifacts\":[\"{{ params.x }}\"]",
            "{{ params.x }}: nothing is filled in in "
                + "\"artifacts\"; only in \"env\", in the elements of a \"command\" array, in \"http\", \"sql\" "
                + "and \"container\", and in the params of a trigger_dag task"
        ),
        (
            "\"type\":\"trigger_dag\",\"trigger_dag_id\":\"o\",\"conf\":{\"a\":[\"{{ params.x }}\"]}",
            "{{ params.x }}: nothing is filled in inside lists and objects of \"params\""
        ),
    ])
    func refusesElsewhere(_ keys: String, _ message: String) {
        #expect(load(task(keys)).errors.map(\.message) == [message])
    }

    @Test func refusesOutputsInSharedEnvironments() {
        let text =
            "{\"dag_id\":\"d\",\"env\":{\"A\":\"{{ outputs.t.x }}\"},\"default_args\":{\"env\":"
            + "{\"B\":\"{{ outputs.t.x }}\"}},\"tasks\":[{\"id\":\"t\",\"command\":\"x\"}]}"
        let hint = "outputs are known to the tasks below only; use it in a task's own \"env\", not in that of"
        #expect(
            load(text).errors.map(\.message) == [
                "{{ outputs.t.x }}: \(hint) the DAG", "{{ outputs.t.x }}: \(hint) default_args",
            ])
    }
}
