extension BadFile {
    private static func http(_ keys: String) -> String {
        """
        {"dag_id": "d", "params": {"n": 1}, "tasks": [
        {"task_id": "t", "http": {\(keys)}}]}
        """
    }

    /// The ways to run beside a command.
    static let ways = [
        BadFile("http without a URL", http(#""method":"GET""#), #"2:26: http needs "url""#),
        BadFile(
            "http with unknown keys", http(#""uri":"http://x","bdy":1"#),
            #"2:27: unknown key "uri"; did you mean "url"?"#,
            #"2:44: unknown key "bdy"; did you mean "body"?"#),
        BadFile(
            "a URL of another scheme", http(#""url":"ftp://x/y""#),
            #"2:33: "url" must be a URL such as https://example.org/path, found "ftp://x/y""#),
        BadFile(
            "a URL that is only a scheme", http(#""url":"https://""#),
            #"2:33: "url" must be a URL such as https://example.org/path, found "https://""#),
        BadFile(
            "http with values of wrong kinds",
            http(#""url":1,"method":"FETCH","headers":{"a b":"x","c":[1]},"timeout":0,"output":"1x""#),
            #"2:33: "url" must be a string, found a number"#,
            #"2:44: "method" has the unknown value "FETCH"; expected one of "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS""#,
            #"2:63: the name "a b" in "headers" must be the name of a header"#,
            #"2:77: "c" in "headers" must be a string, a number or a boolean, found an array"#,
            #"2:92: "timeout" must be longer than zero"#,
            #"2:103: "output" must be up to 128 letters, digits, '_' and '-', not starting with a digit or '-', found "1x""#
        ),
        BadFile(
            "http status", http(#""url":"http://x","expected_status":[99,"2xx",600,200]"#),
            #"2:63: an element of "expected_status" must be at least 100, found 99"#,
            #"2:66: an element of "expected_status" must be a status such as "200" or a range such as "200-299", found "2xx""#,
            #"2:72: an element of "expected_status" must be at most 599, found 600"#),
        BadFile(
            "a status range backwards", http(#""url":"http://x","expected_status":"299-200""#),
            #"2:62: "299-200" begins above its end"#),
        BadFile(
            "a GET with a body", http(#""url":"http://x","method":"GET","body":"x""#),
            #"2:59: a GET request has no "body""#),
        BadFile(
            "one header twice", http(#""url":"http://x","headers":{"A":"x","a":"y"}"#),
            #"2:63: the header "a" is there twice"#),
        BadFile(
            "templates in a request",
            http(#""url":"http://x/{{ params.m }}","body":{"a":["{{ outputs.u.x }}"]}"#),
            #"2:46: {{ params.m }}: no such param; declare it in the DAG's "params""#,
            #"2:72: {{ outputs.u.x }}: there is no task "u""#),
        BadFile(
            "two ways to run",
            #"{"dag_id":"d","tasks":[{"id":"t","command":"x","http":{"url":"http://x"}}]}"#,
            #"1:48: a task runs in one way only: "command", "http", "sql" or "container""#),
        BadFile(
            "http without a role for it",
            #"{"dag_id":"d","tasks":[{"id":"t","type":"noop","http":{"url":"http://x"}}]}"#,
            #"1:48: a task of type "noop" runs no "http""#),
        BadFile(
            "sql without a database", sql(#""query":"SELECT 1""#), #"2:25: sql needs "database""#),
        BadFile(
            "sql with two databases", sql(#""query":"SELECT 1","database":"a","connection":"b""#),
            #"2:45: "database" and "connection" mean the same; keep one"#),
        BadFile(
            "sql with values of wrong kinds",
            sql(#""query":"","database":1,"parameters":"x","rows":"../a.csv","output":"a b""#),
            #"2:34: "query" is empty; expected a text that is not empty"#,
            #"2:48: "database" must be a string, found a number"#,
            #"2:63: "parameters" must be an object or an array, found a string"#,
            #"2:74: "rows" must be a relative path that ends with .jsonl or .csv, found "../a.csv""#,
            #"2:94: "output" must be up to 128 letters, digits, '_' and '-', not starting with a digit or '-', found "a b""#
        ),
        BadFile(
            "templates in a query", sql(#""database":"a","query":"SELECT {{ params.n }}""#),
            #"2:49: {{ params.n }}: nothing is filled in in a query; write :n, and in "parameters" {"n": "{{ params.n }}"}"#
        ),
        BadFile(
            "parameters of a query",
            sql(#""database":"a","query":"SELECT :a, ':b', c::int","parameters":{"d":1}"#),
            #"2:49: the query asks for :a, which is not in "parameters""#,
            #"2:89: the query does not ask for :d"#),
        BadFile(
            "a list of parameters",
            sql(#""database":"a","query":"SELECT $2, :a","parameters":[1]"#),
            #"2:49: the query asks for $2, but "parameters" has 1"#,
            #"2:49: the query asks for :a, but "parameters" is a list"#),
        BadFile(
            "rows of a sensor",
            #"{"dag_id":"d","tasks":[{"id":"t","type":"sensor","sql":{"database":"a","query":"SELECT 1","rows":"a.csv"}}]}"#,
            #"1:91: a sensor keeps no "rows""#),
        BadFile(
            "container without an image", container(#""command":"x""#), #"2:31: container needs "image""#),
        BadFile(
            "container with values of wrong kinds",
            container(#""image":"","volumes":["/a"],"engine":"runc","args":[1]"#),
            #"2:40: "image" is empty; expected a text that is not empty"#,
            #"2:54: an element of "volumes" must be a volume such as /there:/inside:ro, found "/a""#,
            #"2:69: "engine" has the unknown value "runc"; expected one of "auto", "podman", "docker""#,
            #"2:84: an element of "args" must be a string, found a number"#),
        BadFile(
            "templates in a container",
            container(#""image":"i","command":"echo {{ params.n }}","env":{"ORCHESTRATOR_RUN_ID":"x"}"#),
            #"2:54: {{ params.n }}: nothing is filled in in a shell string; use "$ORCHESTRATOR_PARAM_N""#,
            #"2:83: "ORCHESTRATOR_RUN_ID" is set by the program and cannot be in "env""#),
    ]

    private static func sql(_ keys: String) -> String { way("sql", keys) }
    private static func container(_ keys: String) -> String { way("container", keys) }

    private static func way(_ name: String, _ keys: String) -> String {
        """
        {"dag_id": "d", "params": {"n": 1}, "tasks": [
        {"task_id": "t", "\(name)": {\(keys)}}]}
        """
    }
}
