extension BadFile {
    private static func notice(_ keys: String) -> String {
        """
        {"dag_id": "d", "tasks": [{"task_id": "t", "command": "x",
        "on_failure": {\(keys)}}]}
        """
    }

    private static func deadline(_ keys: String) -> String {
        """
        {"dag_id": "d", "tasks": [{"task_id": "t", "command": "x",
        "deadline": {\(keys)}}]}
        """
    }

    /// Notices and deadlines.
    static let notices = [
        BadFile("a notice to nobody", notice(""), #"2:15: a notice needs "command""#),
        BadFile(
            "a misspelt notice", notice(#""slack":"https://x""#),
            #"2:16: unknown key "slack"; did you mean "webhook"?"#),
        BadFile(
            "a misspelt event", #"{"dag_id":"d","tasks":[{"id":"t","command":"x","on_skiped":{}}]}"#,
            #"1:48: unknown key "on_skiped"; did you mean "on_skipped"?"#),
        BadFile(
            "two ways to tell", notice(#""command":"x","email":"a@b.c""#),
            #"2:30: a notice is sent in one way only: "command", "webhook" or "email"; a list has several notices"#
        ),
        BadFile(
            "a notice of other kinds", notice(#""command":1,"retries":-1,"timeout":0"#),
            #"2:26: "command" must be a string or an array, found a number"#,
            #"2:38: "retries" must be at least 0, found -1"#,
            #"2:51: "timeout" must be longer than zero"#),
        BadFile(
            "templates in a notice",
            notice(#""command":["x","{{ params.n }}","{{ outputs.t.o }}"]"#),
            #"2:35: {{ params.n }}: no such param; declare it in the DAG's "params""#,
            #"2:48: {{ outputs.t.o }}: a notice knows no outputs; a task with a trigger rule can send them"#),
        BadFile(
            "a template in a notice's shell", notice(#""command":"echo {{ run_id }}""#),
            #"2:26: {{ run_id }}: nothing is filled in in a shell string; the facts are in variables such as "$ORCHESTRATOR_DAG_ID" and in the file "$ORCHESTRATOR_NOTICE""#
        ),
        BadFile(
            "a webhook without a URL", notice(#""webhook":{"secret":"s"}"#), #"2:26: webhook needs "url""#),
        BadFile(
            "a webhook of another scheme", notice(#""webhook":"ftp://x""#),
            #"2:26: "url" must be a URL such as https://example.org/path, found "ftp://x""#),
        BadFile(
            "a webhook in the clear", notice(#""webhook":{"url":"http://10.0.0.1/x"}"#),
            #"2:33: http:// to another machine can be read on the way; write https://, or "insecure": true"#),
        BadFile(
            "a mail address", notice(#""email":{"to":["ann@example.org","bob"],"from":"x\ny@z"}"#),
            #"2:49: "bob" is no mail address such as ann@example.org"#,
            #"2:63: "x\ny@z" is no mail address such as ann@example.org"#),
        BadFile(
            "a subject of two lines", notice(#""email":{"to":"a@b.c","subject":"a\nb"}"#),
            #"2:48: a subject has one line"#),
        BadFile("an e-mail to nobody", notice(#""email":{"subject":"x"}"#), #"2:24: email needs "to""#),
        BadFile(
            "an event of tasks",
            #"{"dag_id":"d","tasks":[{"id":"t","command":"x"}],"on_retry":{"command":"x"}}"#,
            #"1:50: "on_retry" cannot be in a DAG; it belongs to tasks; default_args gives it to all of them"#
        ),
        BadFile(
            "a notice of a run about a task",
            #"{"dag_id":"d","tasks":[{"id":"t","command":"x"}],"on_failure":{"command":["{{ ti.try_number }}"]}}"#,
            #"1:74: {{ ti.try_number }}: a run is no task"#),
        BadFile(
            "a deadline without an instant", deadline(#""notify":[]"#),
            #"2:13: a deadline needs "not_started_by""#),
        BadFile(
            "two deadlines in one", deadline(#""not_finished_by":"1h","average_runtime":2"#),
            #"2:37: a deadline is one of "not_started_by", "not_finished_by" or "average_runtime"; a list has several"#
        ),
        BadFile(
            "a deadline at no time", deadline(#""not_started_by":{"time":"25:00"}"#),
            #"2:39: "time" must be a time of the day such as 06:30, found "25:00""#),
        BadFile(
            "half an average", deadline(#""not_finished_by":5,"runs":3"#),
            #"2:34: "runs" needs "average_runtime""#),
        BadFile(
            "an average of nothing", deadline(#""average_runtime":0,"runs":2,"min_runs":3"#),
            #"2:32: "average_runtime" must be more than 0 and at most 1000000, found 0"#,
            #"2:54: "min_runs" cannot be more than "runs", which is 2"#),
        BadFile(
            "an average with a reference", deadline(#""average_runtime":2,"reference":"queued_at""#),
            #"2:34: "average_runtime" counts from the start, without a "reference""#),
        BadFile(
            "a start after itself", deadline(#""not_started_by":5,"reference":"task_start""#),
            #"2:45: a start cannot count from itself"#),
        BadFile(
            "a run that is no task",
            #"{"dag_id":"d","tasks":[{"id":"t","command":"x"}],"deadline":{"not_finished_by":5,"reference":"task_start"}}"#,
            #"1:94: "task_start" is for the deadlines of tasks"#),
    ]
}
