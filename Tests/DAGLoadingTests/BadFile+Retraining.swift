extension BadFile {
    private static func schedule(_ value: String, _ more: String = "") -> String {
        """
        {"dag_id": "d", "schedule": {"retrain_when":
        \(value)}\(more), "tasks": [{"task_id": "t", "command": "x"}]}
        """
    }

    /// `retrain_when`
    static let retraining = [
        BadFile(
            "a list", schedule(#"["@daily"]"#), #"2:1: "retrain_when" must be an object, found an array"#),
        BadFile("nothing", schedule(#"{"cooldown":"1h"}"#), #"2:1: retrain_when needs "any""#),
        BadFile(
            "no clause", schedule(#"{"any":[]}"#), #"2:8: "any" is empty; it needs at least one element"#),
        BadFile(
            "an empty clause", schedule(#"{"any":[{}]}"#), #"2:9: a clause of retrain_when needs "cron""#),
        BadFile(
            "two in one", schedule(#"{"any":[{"cron":"@daily","asset":"a"}]}"#),
            #"2:26: "cron" and "asset" cannot stand side by side; write two clauses"#),
        BadFile(
            "both", schedule(#"{"any":[{"asset":"a"}],"all":[{"asset":"b"}]}"#),
            #"2:24: "any" and "all" cannot stand side by side; write two clauses"#),
        BadFile(
            "a clause twice", schedule(#"{"any":[{"asset":"a"},{"asset":"a"}]}"#),
            #"2:23: "asset a" is listed twice in "any""#),
        BadFile(
            "a wrong expression in a clause", schedule(#"{"any":[{"cron":"60 * * * *"}]}"#),
            "2:17: cron expression \"60 * * * *\": minute \"60\": \"60\" is out of range; allowed are * and 0 to "
                + "59"),
        BadFile(
            "once in a clause", schedule(#"{"any":[{"cron":"@once"}]}"#),
            #"2:17: "@once" stands alone: it cannot be one of several"#),
        BadFile(
            "no bound", schedule(#"{"any":[{"metric":{"name":"a"}}]}"#),
            #"2:19: a metric of retrain_when needs "above""#),
        BadFile(
            "two bounds", schedule(#"{"any":[{"drift":{"above":1,"below":2}}]}"#),
            #"2:29: "above" and "below" cannot stand side by side; write two clauses"#),
        BadFile(
            "no name", schedule(#"{"any":[{"metric":{"above":1}}]}"#),
            #"2:19: a metric of retrain_when needs "name""#),
        BadFile(
            "no rows", schedule(#"{"any":[{"new_rows":{"asset":"a","at_least":0}}]}"#),
            #"2:45: "at_least" must be at least 1, found 0"#),
        BadFile(
            "no cooldown", schedule(#"{"any":[{"asset":"a"}],"cooldown":0}"#),
            #"2:35: "cooldown" must be longer than zero"#),
        BadFile(
            "a wrong budget", schedule(#"{"any":[{"asset":"a"}],"budget":"4/fortnight"}"#),
            "2:33: \"budget\" must be from 1 to 100 runs an hour, day, week or month, such as 4/week, found "
                + "\"4/fortnight\""),
        BadFile(
            "beside a clock", schedule(#"{"any":[{"asset":"a"}]}, "cron":"@daily""#),
            #"2:26: "cron" cannot stand beside "retrain_when"; write it as one of its clauses"#),
        BadFile(
            "a type of runs that is not allowed",
            schedule(#"{"any":[{"asset":"a"}]}"#, #", "allowed_run_types":["manual"]"#),
            #"2:47: without "scheduled" in "allowed_run_types" the schedule could not start a run"#),
        BadFile(
            "a param without a default",
            schedule(#"{"any":[{"asset":"a"}]}"#, #", "params":{"n":{"type":"integer"}}"#),
            #"2:37: the param "n" has no default, so the schedule could not start a run"#),
        BadFile(
            "a template in a clause", schedule(#"{"any":[{"asset":"s3://{{ ds }}"}]}"#),
            #"2:18: the name of an asset is fixed: nothing is filled in in "s3://{{ ds }}""#),
    ]
}
