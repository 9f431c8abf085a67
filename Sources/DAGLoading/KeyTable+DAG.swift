import DAGDomain

/// The keys of a DAG file, as `contract.md` of the project and Airflow name them.
extension KeyTable {
    static let dag = KeyTable(
        "a DAG", identityKeys + scheduleKeys + limitKeys + contentKeys + noticeKeys(ofRuns: true),
        needsOneOf: ["tasks", "task_groups"],
        foreignWords: [
            "schedule_interval": "schedule", "cron": "schedule", "triggers": "schedule", "on": "schedule",
            "timetable": "schedule", "steps": "tasks", "jobs": "tasks", "stages": "tasks", "nodes": "tasks",
            "inputs": "params", "arguments": "params", "tz": "timezone", "doc_md": "doc",
            "environment": "env", "variables": "env", "parallelism": "max_active_tasks",
            "concurrency_limit": "max_active_runs", "sla": "deadline", "notify": "on_failure",
            "hooks": "on_failure", "handler_on": "on_failure",
        ], misplacedWords: taskNoticeWords)

    private static let identityKeys = [
        KeyRule(
            "dag_id", .string(.identifier), aliases: ["id", "name"], isRequired: true,
            "The name of the DAG, unique in the installation."),
        KeyRule("description", .string(.any), "One line about the DAG."),
        KeyRule("doc", .string(.any), "A longer text about the DAG."),
        KeyRule("owner", .string(.any), "Who is responsible."),
        KeyRule("tags", .array(.string(.nonEmpty)), "Words to find the DAG by."),
        KeyRule("schema_version", .integer(1...1), "The version of this format: 1."),
    ]

    private static let scheduleKeys = [
        KeyRule(
            "schedule",
            .either([
                .string(.nonEmpty),
                .array(.string(.nonEmpty), minimum: 1, maximum: Schedule.maximumExpressions),
                .object(.schedule), .null,
            ]),
            "When runs start by themselves: a cron expression of five fields, a preset such as @daily, a "
                + "list of "
                + "expressions, {\"every\": \"6h\"}, {\"assets\": [...]}, {\"retrain_when\": {...}}, or null."
        ),
        KeyRule(
            "timezone", .string(.nonEmpty), "The IANA zone in which cron expressions are read; UTC if absent."
        ),
        KeyRule(
            "start_date", .string(.nonEmpty), "The first instant that can have a scheduled run (RFC 3339)."),
        KeyRule("end_date", .string(.nonEmpty), "The last instant that can have a scheduled run (RFC 3339)."),
        KeyRule(
            "catchup",
            .either([
                .boolean, .string(.nonEmpty), .number, .object(.catchupWindow),
            ]),
            "What happens to missed ticks: false or \"latest\" runs the newest, true all, \"collapse\" one "
                + "run for "
                + "all, a duration those not older than it."),
        KeyRule(
            "interval", .boolean,
            "Whether a run stands for the time from one tick to the next and starts when that is over; false "
                + "if absent."),
        KeyRule("calendar", .object(.calendar), "Days on which the schedule does not tick."),
        KeyRule(
            "jitter", .duration(allowsZero: false),
            "Scheduled runs start up to so much later; how much follows from the DAG's id and never "
                + "changes."),
    ]

    private static let limitKeys = [
        KeyRule("max_active_runs", .integer(1...1_000_000), "Runs of the DAG at one time; 16 if absent."),
        KeyRule(
            "max_active_tasks", .integer(1...1_000_000), "Running tasks of one run at one time; 16 if absent."
        ),
        KeyRule(
            "dagrun_timeout", .duration(allowsZero: false), aliases: ["timeout"],
            "A run that takes longer fails; its running tasks are ended."),
        KeyRule(
            "concurrency", .object(.concurrency),
            "Runs that exclude each other, and what happens to one too many."),
        KeyRule(
            "allowed_run_types", .array(.choice(DAGRunType.allCases.map(\.rawValue)), minimum: 1),
            "Kinds of runs that may be made; all if absent."),
        KeyRule(
            "max_consecutive_failed_dag_runs", .integer(1...1_000_000),
            "So many failed runs in a row pause the DAG."),
    ]

    private static let contentKeys = [
        KeyRule(
            "params", .map(.parameter, names: .variable),
            "What a run can be given: for each name a plain default, or a JSON Schema (an object with "
                + "\"type\", "
                + "\"enum\" or \"default\"). Without a default the run must give the value."),
        KeyRule(
            "default_args", .object(.defaultArguments), aliases: ["defaults"],
            "Keys for every task that does not have them itself."),
        KeyRule(
            "env", .environment,
            "Environment variables of every task. May contain {{ params.NAME }}."),
        KeyRule("tasks", .tasks, "The tasks: an array, or an object by task id."),
        KeyRule(
            "task_groups", .array(.object(.taskGroup), minimum: 1),
            "Tasks under a name of their own, which their ids begin with."),
    ]

    static let schedule = KeyTable(
        "a schedule",
        [
            KeyRule(
                "every", .duration(allowsZero: false), conflicts: ["cron"],
                "The distance of two runs, counted from start_date, else from 1970-01-01."),
            KeyRule(
                "cron",
                .either([
                    .string(.nonEmpty),
                    .array(.string(.nonEmpty), minimum: 1, maximum: Schedule.maximumExpressions),
                ]),
                "A cron expression, a preset such as @daily, or a list of them; beside \"assets\"."),
            KeyRule(
                "assets", .assetCondition,
                "Runs start when these assets were updated: a URI, a list of which all are needed, "
                    + "{\"all\": [...]} or {\"any\": [...]}, also one inside the other. With \"cron\" or "
                    + "\"every\" runs start at those times as well."),
            KeyRule(
                "retrain_when", .object(.retraining),
                "Runs start when the clock, new data, a metric or drift ask for it, no more often than cooldown "
                    + "and budget allow; stands alone."),
        ], needsOneOf: ["every", "cron", "assets", "retrain_when"],
        foreignWords: ["interval": "every", "datasets": "assets", "asset": "assets", "timetable": "cron"],
        misplacedWords: [
            "any": "it belongs into \"assets\": {\"assets\": {\"any\": [...]}}",
            "all": "it belongs into \"assets\": {\"assets\": {\"all\": [...]}}",
        ])

    static let concurrency = KeyTable(
        "a concurrency limit",
        [
            KeyRule(
                "key", .string(.nonEmpty), aliases: ["group"],
                "Runs with equal keys share the limit, whichever DAG they belong to; may contain "
                    + "{{ params.NAME }}, {{ dag_id }}, {{ run_type }}, {{ logical_date }}, {{ ds }}. The "
                    + "DAG's id if absent."),
            KeyRule("limit", .integer(1...1_000_000), "Runs of the group at one time; 1 if absent."),
            KeyRule(
                "on_conflict", .choice(ConcurrencyConflict.allCases.map(\.rawValue)),
                "What happens to a run whose group is full; it waits if absent."),
        ],
        foreignWords: [
            "cancel-in-progress": "on_conflict", "behavior": "on_conflict", "max": "limit",
            "max_active_runs": "limit",
        ])

    static let calendar = KeyTable(
        "a calendar",
        [
            KeyRule(
                "exclude",
                .array(.string(.nonEmpty), maximum: ScheduleCalendar.maximumExclusions),
                "Dates (2026-12-25) and ranges of dates (2026-12-24/2027-01-01), in the DAG's zone."),
            KeyRule(
                "exclude_weekdays", .array(.choice(Weekday.allCases.map(\.rawValue))),
                "Days of the week."),
        ],
        foreignWords: [
            "holidays": "exclude", "dates": "exclude", "days": "exclude_weekdays",
            "weekdays": "exclude_weekdays",
        ])

    static let catchupWindow = KeyTable(
        "a catchup window",
        [
            KeyRule(
                "window", .duration(allowsZero: false), isRequired: true,
                "Missed ticks older than this are skipped.")
        ])
}

extension Shape {
    /// `env` of a DAG or task: scalars, which become text.
    static let environment = Shape.map(.either([.string(.any), .number, .boolean]), names: .variable)
}
