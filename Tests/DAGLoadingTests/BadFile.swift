import Testing

/// A file that must be refused, with every message at its exact place.
struct BadFile: Sendable, CustomTestStringConvertible {
    let title: String
    let text: String
    let errors: [String]

    init(_ title: String, _ text: String, _ errors: String...) {
        self.title = title
        self.text = text
        self.errors = errors
    }

    var testDescription: String { title }
}

extension BadFile {
    static let all =
        structure + values + edges + later + flow + mapping + waits + groups + conditions
        + ways + notices + checks + assets + inputs + retraining + cache + drift + trials

    static let structure = [
        BadFile("empty file", "", "1:1: the text is empty; expected a JSON value"),
        BadFile(
            "half a file", "{\"dag_id\": \"d\", \"ta",
            "1:20: the text ends inside the string opened at "
                + "1:17"),
        BadFile(
            "comment", "{ // no\n}", "1:3: JSON has no comments; put the text into a key such as \"x-note\""),
        BadFile("trailing comma", "{\"dag_id\": \"d\",}", "1:15: trailing comma before '}'; remove it"),
        BadFile(
            "byte-order mark", "\u{FEFF}{}",
            "1:1: the text starts with a byte-order mark; save it as UTF-8 without one"),
        BadFile(
            "deep nesting", String(repeating: "[", count: 100_000), "1:65: nested deeper than 64 levels"),
        BadFile("array", "[]", "1:1: a DAG file must be an object, found an array"),
        BadFile("string", "\"x\"", "1:1: a DAG file must be an object, found a string"),
        BadFile("empty object", "{}", "1:1: a DAG needs \"dag_id\"", "1:1: a DAG needs \"tasks\""),
        BadFile(
            "no tasks", "{\"dag_id\":\"d\",\"tasks\":[]}",
            "1:23: \"tasks\" is empty; it needs at least one element"),
        BadFile(
            "no tasks by key", "{\"dag_id\":\"d\",\"tasks\":{}}",
            "1:23: \"tasks\" is empty; it needs at least one member"),
        BadFile(
            "tasks of a wrong kind", "{\"dag_id\":\"d\",\"tasks\":\"t\"}",
            "1:23: \"tasks\" must be an array or an object, found a string"),
        BadFile(
            "task of a wrong kind", "{\"dag_id\":\"d\",\"tasks\":[1]}",
            "1:24: an element of \"tasks\" must be an object, found a number"),
        BadFile(
            "bad ids", "{\"dag_id\":\"../d\",\"tasks\":[{\"task_id\":\"\",\"command\":\"x\"}]}",
            "1:11: \"dag_id\" must be up to 128 letters, digits, '_', '.' and '-', not starting with '.' "
                + "or '-', "
                + "found \"../d\"",
            "1:38: \"task_id\" is empty; expected up to 128 letters, digits, '_', '.' and '-', not "
                + "starting with '.' "
                + "or '-'"),
        BadFile(
            "two names", "{\"dag_id\":\"d\",\"name\":\"e\",\"tasks\":[{\"id\":\"t\",\"command\":\"x\"}]}",
            "1:15: \"name\" and \"dag_id\" mean the same; keep one"),
        BadFile(
            "duplicate key", task("\"command\":\"x\",\"command\":\"y\""),
            "1:53: duplicate key \"command\"; it is already at 1:39"),
        BadFile(
            "typo", task("\"retires\":2,\"command\":\"x\""),
            "1:39: unknown key \"retires\"; did you mean \"retries\"?"),
        BadFile(
            "another tool's word", task("\"bash_command\":\"x\""),
            "1:39: unknown key \"bash_command\"; did you mean \"command\"?"),
        BadFile(
            "no idea", task("\"command\":\"x\",\"flavour\":1"),
            "1:53: unknown key \"flavour\" in a task; the name of a key of your own starts with \"x-\""),
        BadFile(
            "no command", task("\"retries\":2"),
            "1:24: the task needs a \"command\", \"http\", \"sql\" or \"container\""),
        BadFile(
            "no id", "{\"dag_id\":\"d\",\"tasks\":[{\"command\":\"x\"}]}", "1:24: a task needs \"task_id\""),
        BadFile(
            "id against key", "{\"dag_id\":\"d\",\"tasks\":{\"a\":{\"id\":\"b\",\"command\":\"x\"}}}",
            "1:34: the task calls itself \"b\", but its key in \"tasks\" is \"a\""),
        BadFile(
            "task key in default_args", settings("\"default_args\":{\"command\":\"x\",\"retrys\":1}"),
            "1:74: \"command\" cannot be in default_args; it belongs to a single task",
            "1:88: unknown key \"retrys\"; did you mean \"retry\"?"),
        BadFile(
            "NUL", task("\"command\":\"a\\u0000b\",\"env\":{\"A\\u0000\":\"1\"}"),
            "1:49: the text contains the character U+0000", "1:67: the key contains the character U+0000",
            "1:67: the name \"A\\0\" in \"env\" must be up to 128 letters, digits and '_', not starting "
                + "with a digit"
        ),
    ]

    static let values = [
        BadFile(
            "kinds", task("\"command\":3,\"retries\":\"2\",\"env\":[],\"retry_delay\":true"),
            "1:49: \"command\" must be a string or an array, found a number",
            "1:61: \"retries\" must be an integer, found a string",
            "1:71: \"env\" must be an object, found an array",
            "1:88: \"retry_delay\" must be a duration (seconds, or a text such as \"5m\"), found a boolean"),
        BadFile(
            "elements", task("\"command\":[\"a\",1],\"outputs\":[\"x\",\"x\",\"a b\"]"),
            "1:54: an element of \"command\" must be a string, found a number",
            "1:72: \"x\" is listed twice in \"outputs\"",
            "1:76: an element of \"outputs\" must be up to 128 letters, digits, '_' and '-', not starting "
                + "with a digit "
                + "or '-', found \"a b\""),
        BadFile(
            "numbers", task("\"command\":\"x\",\"retries\":-1,\"pool_slots\":0,\"priority_weight\":1.5"),
            "1:63: \"retries\" must be at least 0, found -1",
            "1:79: \"pool_slots\" must be at least 1, found 0",
            "1:99: \"priority_weight\" must be an integer, found 1.5"),
        BadFile(
            "huge number", task("\"command\":\"x\",\"retries\":1e400"),
            "1:63: the number 1e400 is out of range"),
        BadFile(
            "large integer", task("\"command\":\"x\",\"retries\":99999999999999999999"),
            "1:63: \"retries\" must be at most 1000000, found 99999999999999999999"),
        BadFile(
            "durations",
            task(
                "\"command\":\"x\",\"execution_timeout\":0,\"retry_delay\":-1,\"max_retry_delay\":\"1 month\""
            ),
            "1:73: \"execution_timeout\" must be longer than zero",
            "1:89: \"retry_delay\": \"-1\": a duration cannot be negative",
            "1:110: \"max_retry_delay\": \"1 month\" is not a duration, \"month\" is not one of the units "
                + "d, h, m, s, ms; write seconds as a number, or a text such as "
                + "\"90s\", \"5m\", \"1h30m\", \"250ms\" or \"PT1H30M\""),
        BadFile(
            "words",
            task("\"command\":\"x\",\"trigger_rule\":\"all_sucess\",\"type\":\"cook\",\"leftover\":\"kill\""),
            "1:68: \"trigger_rule\" has the unknown value \"all_sucess\"; did you mean \"all_success\"?",
            "1:88: \"type\" has the unknown value \"cook\"; expected one of \"task\", \"etl\", \"train\", "
                + "\"evaluate\", "
                + "\"deploy\", \"monitor\", \"noop\", \"branch\", \"sensor\", \"approval\", "
                + "\"trigger_dag\", \"short_circuit\", \"latest_only\"",
            "1:106: \"leftover\" has the unknown value \"kill\"; expected one of \"end\", \"keep\""),
        BadFile(
            "cron", settings("\"schedule\":[\"0 0 31 2 *\",\"61 * * * *\"]"),
            "1:70: cron expression \"0 0 31 2 *\": no day of the calendar satisfies it, so it would never "
                + "run",
            "1:83: cron expression \"61 * * * *\": minute \"61\": \"61\" is out of range; allowed are * "
                + "and 0 to 59"
        ),
        BadFile(
            "eleven expressions",
            settings("\"schedule\":[\(Array(repeating: "\"@daily\"", count: 11).joined(separator: ","))]"),
            "1:69: \"schedule\" has 11 elements, at most 10 are allowed"),
        BadFile(
            "zone", settings("\"timezone\":\"Mars/Olympus\""),
            "1:69: \"Mars/Olympus\" is not a time zone; use a name of the IANA database such as UTC or "
                + "Europe/Berlin"
        ),
        BadFile(
            "zone that only looks like one", settings("\"timezone\":\"Europe/Nowhere\""),
            "1:69: \"Europe/Nowhere\" is not a time zone; use a name of the IANA database such as UTC or "
                + "Europe/Berlin"
        ),
        BadFile(
            "empty zone", settings("\"timezone\":\"\""),
            "1:69: \"timezone\" is empty; expected a text that is not empty"),
        BadFile(
            "dates", settings("\"start_date\":\"2026-02-30\",\"end_date\":\"soon\""),
            "1:71: \"2026-02-30\" names a day that does not exist",
            "1:95: \"soon\" is not a time; write it like 2026-01-31T09:30:00Z, 2026-01-31T09:30:00+02:00 "
                + "or 2026-01-31"
        ),
        BadFile(
            "end before start", settings("\"start_date\":\"2026-02-01\",\"end_date\":\"2026-01-01\""),
            "1:95: \"end_date\" is before \"start_date\""),
        BadFile(
            "catchup", settings("\"catchup\":\"sometimes\""),
            "1:68: \"catchup\" is true, false, \"latest\", \"collapse\" or a duration, found \"sometimes\""),
        BadFile(
            "calendar",
            settings(
                #""calendar":{"exclude":["2026-02-30","2026-1-1","2026-02-02/2026-02-01","a/b/c",1],"#
                    + #""exclude_weekdays":["Sat"],"holidays":[]}"#),
            #"1:81: "2026-02-30" is not a date that exists; write it like "2026-12-25", or "#
                + #""2026-12-24/2027-01-01" for all days from one through the other"#,
            #"1:94: "2026-1-1" is not a date that exists; write it like "2026-12-25", or "#
                + #""2026-12-24/2027-01-01" for all days from one through the other"#,
            #"1:105: "2026-02-02/2026-02-01" ends before it starts"#,
            #"1:129: "a/b/c" is not a date that exists; write it like "2026-12-25", or "#
                + #""2026-12-24/2027-01-01" for all days from one through the other"#,
            #"1:137: an element of "exclude" must be a string, found a number"#,
            #"1:160: an element of "exclude_weekdays" has the unknown value "Sat"; did you mean "sat"?"#,
            #"1:167: unknown key "holidays"; did you mean "exclude"?"#),
        BadFile(
            "calendar without a day",
            settings(
                #""calendar":{"exclude_weekdays":["sun","mon","tue","wed","thu","fri","sat"]}"#),
            "1:89: all seven days of the week are excluded"),
        BadFile(
            "concurrency",
            settings(
                #""concurrency":{"key":"{{ params.x }}","limit":0,"on_conflict":"wait","behavior":"queue"}"#),
            #"1:79: {{ params.x }}: the DAG has no such param"#,
            #"1:104: "limit" must be at least 1, found 0"#,
            #"1:120: "on_conflict" has the unknown value "wait"; expected one of "queue", "skip", "#
                + #""cancel_running", "cancel_new", "fail", "coalesce""#,
            #"1:127: unknown key "behavior"; did you mean "on_conflict"?"#),
        BadFile(
            "concurrency key", settings(#""concurrency":{"key":"{{ ti.task_id }}"}"#),
            "1:79: \"key\": {{ ti.task_id }} is not known when a run is made; there are params.NAME, dag_id, "
                + "run_type, logical_date, ds"),
        BadFile(
            "half a concurrency key", settings(#""concurrency":{"key":"{{ ds"}"#),
            #"1:79: "key": "{{" without "}}""#),
        BadFile(
            "run types", settings(#""schedule":"@daily","allowed_run_types":["manual"]"#),
            #"1:98: without "scheduled" in "allowed_run_types" the schedule could not start a run"#),
        BadFile(
            "unknown run types",
            settings(#""allowed_run_types":["sheduled"],"max_consecutive_failed_dag_runs":0"#),
            #"1:79: an element of "allowed_run_types" has the unknown value "sheduled"; did you mean "scheduled"?"#,
            #"1:125: "max_consecutive_failed_dag_runs" must be at least 1, found 0"#),
        BadFile(
            "interval and jitter", settings(#""schedule":"@daily","interval":"yes","jitter":0"#),
            #"1:89: "interval" must be a boolean, found a string"#,
            #"1:104: "jitter" must be longer than zero"#),
        BadFile(
            "continuous with many runs", settings(#""schedule":"@continuous","max_active_runs":2"#),
            "1:101: a DAG with the schedule @continuous has one run at a time; \"max_active_runs\" must be 1"),
        BadFile(
            "once among others", settings(#""schedule":["@once","@daily"]"#),
            #"1:70: "@once" stands alone: it cannot be one of several"#),
        BadFile(
            "env", task("\"command\":\"x\",\"env\":{\"A B\":\"1\",\"ORCHESTRATOR_OUTPUT\":\"/x\",\"L\":[]}"),
            "1:60: the name \"A B\" in \"env\" must be up to 128 letters, digits and '_', not starting "
                + "with a digit",
            "1:70: \"ORCHESTRATOR_OUTPUT\" is set by the program and cannot be in \"env\"",
            "1:101: \"L\" in \"env\" must be a string, a number or a boolean, found an array"),
        BadFile(
            "artifacts",
            task(
                #""command":"x","artifacts":["/etc/passwd","a/../../b",{"path":"c"},{"name":"c","path":"d"}]"#
            ),
            "1:66: the artifact path \"/etc/passwd\" must be relative and stay inside the artifact folder",
            "1:80: the artifact path \"a/../../b\" must be relative and stay inside the artifact folder",
            "1:105: two artifacts are named \"c\""),
        BadFile(
            "gates",
            task(
                #""command":"x","gate":[{"metric":"a"},{"min":1},{"metric":"b","min":2,"max":1}]"#
            ),
            "1:61: the gate condition needs \"min\", \"max\", \"equals\" or \"vs\"",
            "1:76: a gate condition needs \"metric\"",
            "1:86: no value can pass: \"min\" is larger than \"max\""),
        BadFile(
            "gate effect without gate", task("\"command\":\"x\",\"on_gate_failure\":\"fail\""),
            "1:53: \"on_gate_failure\" needs a \"gate\" or \"checks\""),
        BadFile(
            "retry twice", task("\"command\":\"x\",\"retry\":{\"limit\":2},\"retries\":1"),
            "1:53: \"retry\" and \"retries\" mean the same; keep one"),
        BadFile(
            "backoff", task("\"command\":\"x\",\"retry_exponential_backoff\":0.5"),
            "1:81: \"retry_exponential_backoff\" must be 0 or at least 1, found 0.5"),
        BadFile(
            "roles",
            "{\"dag_id\":\"d\",\"tasks\":[{\"id\":\"a\",\"type\":\"noop\",\"command\":\"x\"},"
                + #"{"id":"b","type":"trigger_dag"},{"id":"c","command":"x","trigger_dag_id":"e"}]}"#,
            "1:48: a task of type \"noop\" runs no \"command\"",
            "1:63: a trigger_dag task needs \"trigger_dag\"",
            "1:119: \"trigger_dag_id\" needs \"type\": \"trigger_dag\""),
        BadFile(
            "triggered run",
            task(
                #""type":"trigger_dag","conf":{},"trigger_dag":{"params":{"a-b":1},"wait":1}"#),
            "1:70: \"trigger_dag\" and \"conf\" mean the same; keep one",
            "1:84: trigger_dag needs \"dag_id\"",
            "1:95: the name \"a-b\" in \"params\" must be up to 128 letters, digits and '_', not starting "
                + "with a digit", "1:111: \"wait\" must be a boolean, found a number"),
    ]

    static let edges = [
        BadFile(
            "unknown task",
            "{\"dag_id\":\"d\",\"tasks\":[{\"id\":\"extract\",\"command\":\"x\"},"
                + "{\"id\":\"load\",\"command\":\"x\",\"depends_on\":[\"extrct\",\"nothing\"]}]}",
            "1:96: depends on the unknown task \"extrct\"; did you mean \"extract\"?",
            "1:105: depends on the unknown task \"nothing\""),
        BadFile(
            "self edge", task("\"command\":\"x\",\"depends_on\":\"t\""),
            "1:66: the task \"t\" depends on itself"),
        BadFile(
            "listed twice",
            "{\"dag_id\":\"d\",\"tasks\":[{\"id\":\"a\",\"command\":\"x\"},"
                + "{\"id\":\"b\",\"command\":\"x\",\"needs\":[\"a\",\"a\"]}]}",
            "1:86: \"a\" is listed twice in \"depends_on\""),
        BadFile(
            "duplicate id",
            #"{"dag_id":"d","tasks":[\#n{"id":"a","command":"x"},\#n{"id":"a","command":"x"}]}"#,
            "3:7: duplicate task id \"a\"; it is already at 2:7"),
        BadFile(
            "circle",
            "{\"dag_id\":\"d\",\"tasks\":[\n{\"id\":\"a\",\"command\":\"x\",\"needs\":[\"c\"]},\n"
                + #"{"id":"b","command":"x","needs":["a"]},\#n{"id":"c","command":"x","needs":["b"]},\#n"#
                + "{\"id\":\"e\",\"command\":\"x\",\"needs\":[\"c\"]}]}",
            "2:34: the tasks wait for each other in a circle: a -> b -> c -> a"),
        BadFile(
            "circle beside a tail",
            "{\"dag_id\":\"d\",\"tasks\":[\n{\"id\":\"start\",\"command\":\"x\"},\n"
                + #"{"id":"b","command":"x","needs":["start","a"]},\#n"#
                + #"{"id":"a","command":"x","needs":["b"]}]}"#,
            "3:42: the tasks wait for each other in a circle: b -> a -> b"),
    ]

    static let later: [BadFile] =
        [
            "resources", "executor",
            "operator",
        ].map { key in
            BadFile(key, task("\"command\":\"x\",\"\(key)\":{}"), "1:53: \"\(key)\" is not supported yet")
        }
}
