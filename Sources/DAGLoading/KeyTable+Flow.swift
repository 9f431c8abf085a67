import DAGDomain

/// The keys that say when a task runs, how often, and what it waits for.
extension KeyTable {
    /// Keys of one task only.
    static let flowKeys =
        [
            KeyRule(
                "when", .string(.nonEmpty),
                "The task runs if this expression over params.x and outputs.task.name is true, else it is "
                    + "skipped."),
            KeyRule("setup", .boolean, "Whether the task prepares something for those below it."),
            KeyRule(
                "teardown", .boolean,
                "Whether the task puts away what the setups in its depends_on have prepared."),
            KeyRule(
                "on_failure_fail_dagrun", .boolean,
                "Whether a failed teardown makes the run fail; false if absent."),
            KeyRule(
                "timeout", .duration(allowsZero: false),
                "The same as execution_timeout; of a sensor or an approval, how long it waits (7 days if "
                    + "absent)."),
        ] + mappingKeys + waitKeys

    /// Keys that turn a task, or all tasks of a group, into many instances.
    static let mappingKeys = [
        KeyRule(
            "expand", .map(.valueList, names: .variable, minimum: 1),
            "One instance for every combination of the values; the last key changes fastest."),
        KeyRule(
            "expand_kwargs",
            .either([.array(.map(.anything, names: .variable)), .object(.outputSource)]),
            "One instance for each object of a list."),
        KeyRule(
            "matrix", .matrix,
            "One instance for every combination of the values, without those of exclude, with those of "
                + "include."),
        KeyRule(
            "max_parallel", .integer(1...1_000_000), conflicts: ["max_active_tis_per_dagrun"],
            "Instances of a mapped task that run at once in one run."),
        KeyRule(
            "fail_fast", .boolean,
            "Whether the first instance that fails ends the others; false if absent."),
    ]

    private static let waitKeys =
        [
            KeyRule(
                "file", .either([.string(.nonEmpty), .object(.awaitedFile)]), aliases: ["filepath"],
                "For type sensor: the file that must exist."),
            KeyRule("at", .string(.nonEmpty), "For type sensor: the instant to wait for (RFC 3339)."),
            KeyRule("delay", .duration(allowsZero: true), "For type sensor: the time to wait."),
            KeyRule(
                "delay_from", .choice(["start", "logical_date", "data_interval_end"]),
                "For type sensor with delay: from when it counts; \"start\" if absent."),
            KeyRule(
                "time_of_day", .string(.timeOfDay),
                "For type sensor: the time of the day to wait for, in the DAG's zone."),
            KeyRule(
                "external", .object(.externalRun), "For type sensor: the run of another DAG that must end."),
            KeyRule(
                "poke_interval", .duration(allowsZero: false),
                "For type sensor: the time between two looks; 60 seconds if absent."),
            KeyRule(
                "soft_fail", .boolean, "For type sensor: skipped instead of failed when the time is over."),
        ] + approvalKeys

    private static let approvalKeys = [
        KeyRule("subject", .string(.nonEmpty), "For type approval: the question."),
        KeyRule("body", .string(.any), "For type approval: what a person needs to know to decide."),
        KeyRule(
            "default", .choice(Approval.Decision.allCases.map(\.rawValue)),
            "For type approval: the decision when the time is over; without it the task fails then."),
        KeyRule(
            "on_reject", .choice(Approval.RejectionEffect.allCases.map(\.rawValue)),
            "For type approval: what a rejection does: \"skip\" what is below (the default), or \"fail\"."),
    ]

    /// Keys that `default_args` can set as well.
    static let sharedFlowKeys = [
        KeyRule(
            "depends_on_past", .boolean,
            "Whether the same task of the run before must have succeeded or been skipped."),
        KeyRule(
            "wait_for_downstream", .boolean,
            "depends_on_past, also for the tasks directly below in the run before."),
        KeyRule(
            "max_active_tis_per_dag", .integer(1...1_000_000),
            "Instances of the task that run at once in all runs."),
        KeyRule(
            "max_active_tis_per_dagrun", .integer(1...1_000_000),
            "Instances of the task that run at once in one run."),
    ]
}

/// The objects of these keys.
extension KeyTable {
    static let edge = KeyTable(
        "an entry of depends_on",
        [
            KeyRule(
                "task", .string(.identifier), aliases: ["task_id"], isRequired: true,
                "The task (or group) that must end first."),
            KeyRule(
                "on", .choice(EdgeCondition.allCases.map(\.rawValue)),
                "How it must have ended for this edge; without it the trigger rule decides."),
        ],
        foreignWords: ["id": "task", "name": "task", "when": "on", "status": "on", "state": "on", "if": "on"])

    static let outputSource = KeyTable(
        "a source of values",
        [
            KeyRule(
                "task", .string(.identifier), aliases: ["task_id"], isRequired: true, "An upstream task."),
            KeyRule(
                "output", .string(.output), isRequired: true, "The output that holds the list."),
        ], foreignWords: ["key": "output", "name": "output"])

    static let awaitedFile = KeyTable(
        "file",
        [
            KeyRule(
                "path", .string(.nonEmpty), aliases: ["filepath"], isRequired: true,
                "Relative to the DAG file's folder; * and ? may stand in its last part. May contain "
                    + "templates.")
        ])

    static let externalRun = KeyTable(
        "external",
        [
            KeyRule(
                "dag_id", .string(.identifier), aliases: ["external_dag_id"], isRequired: true,
                "The other DAG."),
            KeyRule(
                "task_id", .string(.identifier), aliases: ["external_task_id"], conflicts: ["task_ids"],
                "The task that must end; without it the whole run."),
            KeyRule(
                "task_ids", .array(.string(.identifier), minimum: 1), aliases: ["external_task_ids"],
                "Several tasks that must end."),
            KeyRule(
                "offset", .either([.duration(allowsZero: true), .null]), aliases: ["execution_delta"],
                "How much earlier the other run's logical date is than this run's; 0 if absent, null for "
                    + "the newest run."),
            KeyRule(
                "allowed_states", .array(.choice(endStates), minimum: 1),
                "States that end the wait; \"success\" if absent."),
            KeyRule(
                "failed_states", .array(.choice(endStates)),
                "States that make the sensor fail; none if absent."
            ),
        ])

    private static let endStates = DAGRunState.allCases.filter(\.isFinished).map(\.rawValue)

    static let taskGroup = KeyTable(
        "a task group",
        [
            KeyRule(
                "group_id", .string(.identifier), aliases: ["id"], isRequired: true,
                "The name of the group; its tasks' ids begin with it."),
            KeyRule(
                "tooltip", .string(.any), aliases: ["description", "doc"], "One line about the group."),
            KeyRule("tasks", .tasks, "The tasks: an array, or an object by task id."),
            KeyRule("task_groups", .array(.object(.taskGroup), minimum: 1), "Groups inside the group."),
            KeyRule(
                "depends_on", .dependencies, aliases: ["dependencies", "depends", "needs", "upstream"],
                "What must end before the group's first tasks."),
            KeyRule(
                "prefix_group_id", .boolean, "Whether ids begin with the group's id; true if absent."),
            KeyRule(
                "default_args", .object(.defaultArguments), aliases: ["defaults"],
                "Keys for every task of the group that does not have them itself."),
        ] + mappingKeys.filter { $0.name != "max_parallel" } + [
            KeyRule(
                "max_parallel", .integer(1...1_000_000),
                "Instances of each task of a mapped group that run at once in one run.")
        ],
        needsOneOf: ["tasks", "task_groups"],
        foreignWords: ["name": "group_id", "groups": "task_groups", "steps": "tasks"])
}

extension Shape {
    /// `tasks` of a DAG or group.
    static let tasks = Shape.either([
        .array(.object(.task), minimum: 1), .map(.object(.keyedTask), names: .identifier, minimum: 1),
    ])

    /// `depends_on` of a task or group.
    static let dependencies = Shape.either([
        .string(.identifier), .array(.either([.string(.identifier), .object(.edge)])), .object(.edge),
    ])

    /// A list, or the output of a task that is one.
    static let valueList = Shape.either([.array(.anything), .object(.outputSource)])

    /// `include` and `exclude` of a matrix.
    static let combinations = Shape.array(.map(.anything, names: .variable, minimum: 1))
}
