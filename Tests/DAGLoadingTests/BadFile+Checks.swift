extension BadFile {
    private static func checks(_ checks: String, _ keys: String = "") -> String {
        """
        {"dag_id": "d", "params": {"n": 1}, "tasks": [
        {"task_id": "t", "command": "x", "artifacts": ["a.csv", "b.bin"], "checks": [
        \(checks)]\(keys)}]}
        """
    }

    private static func rule(_ rule: String) -> String {
        checks(#"{"artifact":"a.csv","rules":[\#(rule)]}"#)
    }

    /// Data checks.
    static let checks = [
        BadFile("checks of nothing", checks(""), #"2:77: "checks" is empty; it needs at least one element"#),
        BadFile(
            "a check without a file and rules", checks("{}"), #"3:1: a data check needs "rules""#,
            #"3:1: a data check needs "artifact""#),
        BadFile(
            "a check of an artifact that is not declared",
            checks(#"{"artifact":"c.csv","rules":[{"min_rows":1}]}"#),
            #"3:13: no artifact of the task is named "c.csv"; there is a.csv, b.bin"#),
        BadFile(
            "a check of two places", checks(#"{"artifact":"a.csv","file":"x.csv","rules":[{"min_rows":1}]}"#),
            #"3:2: "artifact" and "file" mean the same; keep one"#),
        BadFile(
            "a check of an unknown format", checks(#"{"artifact":"b.bin","rules":[{"min_rows":1}]}"#),
            #"3:13: the file's name does not end in .csv, .tsv, .jsonl or .ndjson; say its "format""#),
        BadFile(
            "two checks of one name",
            checks(
                #"{"artifact":"a.csv","rules":[{"min_rows":1}]},{"file":"x/a.jsonl","rules":[{"min_rows":1}]}"#
            ),
            #"3:47: two checks are named "a"; give one a "name""#),
        BadFile(
            "a check with a place of an unknown param",
            checks(#"{"file":"{{ params.m }}.csv","rules":[{"min_rows":1}]}"#),
            #"3:13: {{ params.m }}: no such param; declare it in the DAG's "params""#),
        BadFile(
            "a rule that demands nothing", rule(#"{"severity":"warn"}"#), "3:30: the rule demands nothing"),
        BadFile(
            "a rule of a column without the column", rule(#"{"unique":true,"min":1}"#),
            #"3:31: "unique" needs a "column""#, #"3:45: "min" needs a "column""#),
        BadFile(
            "a column of which nothing is demanded", rule(#"{"column":"a","min_rows":1}"#),
            #"3:31: nothing is demanded of the column: one of "type", "not_null", "max_null_share", "unique", "min", "max", "values", "max_age""#
        ),
        BadFile(
            "ranges in which nothing lies",
            rule(#"{"min_rows":2,"max_rows":1,"column":"a","min":3,"max":2}"#),
            #"3:42: nothing can pass: "min_rows" is larger than "max_rows""#,
            #"3:76: nothing can pass: "min" is larger than "max""#),
        BadFile(
            "shares that are none",
            rule(#"{"column":"a","max_null_share":1.5},{"max_row_change":-1}"#),
            #"3:61: "max_null_share" is from 0 to 1"#, #"3:84: "max_row_change" must be at least 0"#),
        BadFile(
            "only no columns", rule(#"{"no_other_columns":true}"#),
            #"3:31: "no_other_columns" needs "columns""#),
        BadFile(
            "values that are none", rule(#"{"column":"a","values":["x",null,[1]]}"#),
            #"3:58: an element of "values" must be a string, a number or a boolean, found null"#,
            #"3:63: an element of "values" must be a string, a number or a boolean, found an array"#),
        BadFile(
            "an unknown type and severity", rule(#"{"column":"a","type":"int","severity":"fatal"}"#),
            #"3:51: "type" has the unknown value "int"; expected one of "integer", "number", "boolean", "date", "timestamp", "text""#,
            #"3:68: "severity" has the unknown value "fatal"; expected one of "warn", "error""#),
        BadFile(
            "drift without bounds, and bounds without drift",
            rule(
                #"{"drift_from":"x.csv","columns":["a"]},{"max_psi":1},{"drift_from":"x.csv","max_drift_share":2}"#
            ),
            #"3:1: one rule of a check has "drift_from"; write a check for each table"#,
            #"3:31: "drift_from" needs "max_psi" or "max_drift_share""#,
            #"3:70: "max_psi" needs "drift_from""#,
            #"3:123: "max_drift_share" is from 0 to 1"#),
        BadFile(
            "checks of a sensor",
            #"{"dag_id":"d","tasks":[{"task_id":"t","type":"sensor","file":"x","checks":[{"file":"x.csv","rules":[{"min_rows":1}]}]}]}"#,
            #"1:66: only a task that runs something can have "checks""#),
    ]
}
