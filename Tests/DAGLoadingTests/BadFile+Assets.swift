extension BadFile {
    private static func schedule(_ value: String, _ more: String = "") -> String {
        """
        {"dag_id": "d", "schedule":
        \(value)\(more), "tasks": [{"task_id": "t", "command": "x"}]}
        """
    }

    private static func task(_ keys: String) -> String {
        """
        {"dag_id": "d", "tasks": [{"task_id": "t", "command": "x",
        \(keys)}]}
        """
    }

    /// Assets in schedules and tasks.
    static let assets = [
        BadFile("a schedule without a word", schedule("{}"), #"2:1: a schedule needs "every""#),
        BadFile(
            "a misspelt schedule", schedule(#"{"asets":["a"]}"#),
            #"2:2: unknown key "asets"; did you mean "assets"?"#),
        BadFile(
            "a condition beside its word", schedule(#"{"any":["a"]}"#),
            #"2:1: a schedule needs "every""#,
            #"2:2: "any" cannot be in a schedule; it belongs into "assets": {"assets": {"any": [...]}}"#),
        BadFile(
            "no assets", schedule(#"{"assets":[]}"#),
            #"2:11: "assets" is empty; it needs at least one element"#),
        BadFile(
            "assets of wrong kinds", schedule(#"{"assets":["a",1,{"all":"b"}]}"#),
            #"2:16: an element of "assets" must be a string or an object, found a number"#,
            #"2:25: "all" must be an array, found a string"#),
        BadFile(
            "names that no asset can have", schedule(#"{"assets":["", " a", "ä"]}"#),
            "2:12: an element of \"assets\" is empty; expected up to 1500 printable ASCII characters, not "
                + "starting or ending with a space",
            "2:16: an element of \"assets\" must be up to 1500 printable ASCII characters, not starting or "
                + "ending with a space, found \" a\"",
            "2:22: an element of \"assets\" must be up to 1500 printable ASCII characters, not starting or "
                + "ending with a space, found \"ä\""),
        BadFile(
            "an object that says nothing", schedule(#"{"assets":{"name":"n"}}"#),
            #"2:11: an asset condition needs "uri""#),
        BadFile(
            "two conditions in one", schedule(#"{"assets":{"all":["a"],"any":["b"]}}"#),
            #"2:24: "all" and "any" cannot stand side by side; put one inside the other"#),
        BadFile(
            "a name for a condition", schedule(#"{"assets":{"all":["a"],"name":"n"}}"#),
            #"2:24: "name" belongs to an asset with "uri""#),
        BadFile(
            "an asset twice", schedule(#"{"assets":["a",{"any":["b","b"]},"a"]}"#),
            #"2:28: "b" is listed twice in "any""#, #"2:34: "a" is listed twice in "assets""#),
        BadFile(
            "a template in an asset", schedule(#"{"assets":"s3://{{ ds }}"}"#),
            #"2:11: the name of an asset is fixed: nothing is filled in in "s3://{{ ds }}""#),
        BadFile(
            "a template in a watched path", schedule(#"{"assets":{"uri":"a","watch":"in/{{ ds }}"}}"#),
            #"2:30: the path of "watch" is fixed: nothing is filled in in "in/{{ ds }}""#),
        BadFile(
            "an alias with a URI", schedule(#"{"assets":{"uri":"a","alias":"b"}}"#),
            #"2:22: "uri" and "alias" cannot stand side by side; put one inside the other"#),
        BadFile(
            "an alias twice", schedule(#"{"assets":[{"alias":"a"},{"alias":"a"}]}"#),
            #"2:26: "a" is listed twice in "assets""#),
        BadFile(
            "an alias that is described", schedule(#"{"assets":{"alias":"a","group":"g"}}"#),
            #"2:24: "group" belongs to an asset with "uri""#),
        BadFile(
            "aliases of a task", task(#""outlets":[{"alias":"a"},{"alias":"a"},{"alias":"{{ ds }}"}]"#),
            #"2:35: the alias "a" is listed twice"#,
            #"2:49: {{ ds }}: nothing is filled in in "alias"; only in "env", in the elements of a "command" "#
                + #"array, in "http", "sql" and "container", and in the params of a trigger_dag task"#),
        BadFile(
            "an alias that is read", task(#""inlets":[{"alias":"a"}]"#),
            #"2:11: an asset needs "uri""#,
            #"2:12: "alias" cannot be in an asset; aliases stand in "outlets" and in the assets of a "schedule""#
        ),
        BadFile(
            "a description of an alias", task(#""outlets":[{"alias":"a","extra":{}}]"#),
            #"2:25: "extra" cannot stand beside "alias""#),
        BadFile(
            "unknown names in a URI", task(#""outlets":["s3://{{ dss }}"],"inlets":["s3://{{ params.x }}"]"#),
            #"2:21: {{ dss }}: "dss" is not a known name; did you mean "ds"?"#,
            #"2:49: {{ params.x }}: no such param; declare it in the DAG's "params""#),
        BadFile(
            "an output of no upstream in a URI", task(#""outlets":["s3://{{ outputs.u.n }}"]"#),
            #"2:12: {{ outputs.u.n }}: there is no task "u""#),
        BadFile(
            "a template where nothing runs",
            """
            {"dag_id": "d", "tasks": [{"task_id": "t", "type": "noop",
            "outlets": ["s3://{{ ds }}"]}]}
            """,
            "2:1: a template in \"outlets\" needs a task that starts a program: a \"noop\" task has its assets as "
                + "they stand in the file"),
        BadFile(
            "a wrong watch", schedule(#"{"assets":{"uri":"a","watch":{"poke_interval":0}}}"#),
            #"2:30: watch needs "path""#, #"2:47: "poke_interval" must be longer than zero"#),
        BadFile(
            "two times", schedule(#"{"assets":"a","cron":"@daily","every":60}"#),
            #"2:31: "every" and "cron" mean the same; keep one"#),
        BadFile(
            "a wrong time beside assets", schedule(#"{"assets":"a","cron":"60 * * * *"}"#),
            "2:22: cron expression \"60 * * * *\": minute \"60\": \"60\" is out of range; allowed are * and 0 to "
                + "59"),
        BadFile(
            "a type of runs that is not allowed",
            schedule(#"{"assets":"a"}"#, #", "allowed_run_types":["manual"]"#),
            #"2:37: without "asset_triggered" in "allowed_run_types" the assets could not start a run"#),
        BadFile(
            "a param without a default",
            schedule(#"{"assets":"a"}"#, #", "params":{"n":{"type":"integer"}}"#),
            #"2:27: the param "n" has no default, so the schedule could not start a run"#),
        BadFile(
            "an outlet twice", task(#""outlets":["a",{"uri":"a"}]"#),
            #"2:16: "a" is listed twice in "outlets""#),
        BadFile(
            "outlets of wrong kinds", task(#""outlets":"a","inlets":[{"url":"a"},{"uri":"a","watch":"x"}]"#),
            #"2:11: "outlets" must be an array, found a string"#,
            #"2:26: unknown key "url"; did you mean "uri"?"#,
            #"2:48: "watch" cannot be in an asset; files are watched for the assets in a "schedule""#),
    ]
}
