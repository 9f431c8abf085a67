extension BadFile {
    private static func inputs(_ inputs: String) -> String {
        """
        {"dag_id": "d", "params": {"n": 1}, "tasks": [
        {"task_id": "a", "command": "x", "artifacts": ["r.csv"]}, {"task_id": "b.c", "command": "x", "artifacts": ["m"]},
        {"task_id": "t", "command": "x", "depends_on": ["a"], "inputs": [
        \(inputs)]}]}
        """
    }

    /// Declared inputs.
    static let inputs = [
        BadFile(
            "an artifact of a task that is not upstream", inputs(#""b.c.m""#),
            #"4:1: b.c.m: "b.c" is not upstream of "t"; add it to "depends_on""#),
        BadFile(
            "an artifact that nobody declares", inputs(#"{"artifact":"a.x.csv"}"#),
            #"4:13: the task "a" declares no such artifact; there is r.csv"#),
        BadFile(
            "an artifact of no task", inputs(#"{"artifact":"z.csv"}"#),
            #"4:13: "z.csv" is not TASK.NAME of an artifact of this DAG"#),
        BadFile("two inputs of a name", inputs(#""x.csv", "x.csv""#), #"4:10: two inputs are named "x.csv""#),
        BadFile(
            "an input of nothing", inputs(#"{"name":"n"}"#), #"4:1: an input needs "path""#),
        BadFile(
            "an input of two places", inputs(#"{"path":"p","artifact":"a.r.csv"}"#),
            #"4:13: "artifact" and "path" mean the same; keep one"#),
        BadFile(
            "an input that lies elsewhere", inputs(#""s3://b/x.csv""#),
            #"4:1: an input is a file of this machine or an upstream artifact; what lies elsewhere belongs to "inlets""#
        ),
        BadFile(
            "a template in an input", inputs(#""{{ params.n }}.csv""#),
            #"4:1: {{ params.n }}: nothing is filled in in "inputs"; only in "env", in the elements of a "command" array, in "http", "sql" and "container", and in the params of a trigger_dag task"#
        ),
    ]
}
