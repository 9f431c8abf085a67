import DAGDomain

/// The keys of a task, of `default_args`, and of the objects inside a task.
extension KeyTable {
    static let task = KeyTable(
        "a task", [taskIDRule(isRequired: true)] + taskKeys, foreignWords: foreignTaskWords)

    /// A task in the object form of `tasks`, whose id is its key.
    static let keyedTask = KeyTable(
        "a task", [taskIDRule(isRequired: false)] + taskKeys, foreignWords: foreignTaskWords)

    static let defaultArguments = KeyTable(
        "default_args", sharedTaskKeys(timeoutAliases: ["timeout"]), foreignWords: foreignTaskWords,
        misplacedWords: Dictionary(
            uniqueKeysWithValues: (ownTaskKeys + [taskIDRule(isRequired: false)]).filter { !$0.isLater }
                .flatMap(\.words).map { ($0, "it belongs to a single task") }))

    private static func taskIDRule(isRequired: Bool) -> KeyRule {
        KeyRule(
            "task_id", .string(.identifier), aliases: ["id"], isRequired: isRequired,
            "The name of the task, unique in the DAG.")
    }

    private static let taskKeys = ownTaskKeys + sharedTaskKeys(timeoutAliases: [])

    /// Keys that make sense for one task only.
    private static let ownTaskKeys =
        [
            KeyRule("description", .string(.any), aliases: ["doc"], "One line about the task."),
            KeyRule(
                "type",
                .choice(TaskRole.allCases.map(\.rawValue)),
                "The task's role; \"task\" if absent."),
            KeyRule(
                "command", .either([.string(.nonEmpty), .array(.string(.any), minimum: 1)]),
                "What to run: a string goes to /bin/sh -c as it is, an array is a program and its arguments, "
                    + "which may contain {{ params.NAME }} and {{ outputs.TASK.NAME }}."),
            KeyRule(
                "trigger_dag", .object(.triggeredRun), conflicts: ["trigger_dag_id", "conf"],
                "For type trigger_dag: the run that is requested."),
            KeyRule(
                "trigger_dag_id", .string(.identifier),
                "For type trigger_dag: Airflow's way to write \"dag_id\" of \"trigger_dag\"."),
            KeyRule(
                "conf", .map(.anything, names: .variable), aliases: ["params"],
                "For type trigger_dag: Airflow's way to write \"params\" of \"trigger_dag\"."),
            KeyRule(
                "depends_on", .dependencies,
                aliases: ["dependencies", "depends", "needs", "upstream"], "The tasks that must end first."),
            KeyRule(
                "wait_for_completion", .boolean,
                "For type trigger_dag: Airflow's way to write \"wait\" of \"trigger_dag\"."),
            KeyRule("outputs", .array(.string(.output)), "The names of the outputs that the task promises."),
            KeyRule(
                "artifacts", .either([.array(.either([.string(.nonEmpty), .object(.artifact)]))]),
                "Files that the task leaves in $ORCHESTRATOR_ARTIFACTS and that are kept when it succeeds."),
            KeyRule(
                "inputs", .array(.either([.string(.nonEmpty), .object(.input)])),
                "Files and upstream artifacts that the task reads; their content hashes are recorded when it starts."
            ),
            KeyRule(
                "gate", .array(.object(.gateCondition), minimum: 1),
                "Conditions on the metrics that the task reported; all must hold."),
            KeyRule(
                "on_gate_failure", .choice(GateFailureEffect.allCases.map(\.rawValue)),
                "What a gate or a check that does not hold does: fail the task (the default), or skip_downstream."
            ),
            KeyRule(
                "checks", .array(.object(.dataCheck), minimum: 1),
                "What must be true of files that the task leaves, once its program has ended well."),
        ]
        + [modelRule, deployRule, driftRule] + trialKeys + assetKeys + wayKeys + flowKeys
        + ["operator"].map { .later($0) }

    /// Keys that `default_args` can set for all tasks.
    private static func sharedTaskKeys(timeoutAliases: [String]) -> [KeyRule] {
        [
            KeyRule(
                "trigger_rule", .choice(TriggerRule.allCases.map(\.rawValue)),
                "What must be true of the upstream tasks; \"all_success\" if absent."),
            KeyRule("env", .environment, "Environment variables; they win over the DAG's."),
            KeyRule("cwd", .string(.nonEmpty), "Working directory, relative to the DAG file's folder."),
        ] + retryKeys + timeoutKeys(timeoutAliases) + resourceKeys + sharedFlowKeys
            + ["resources", "executor", "queue"].map { .later($0) } + [cacheRule]
            + noticeKeys(ofRuns: false)
    }

    private static let retryKeys = [
        KeyRule("retries", .integer(0...1_000_000), "Extra attempts after a failure; 0 if absent."),
        KeyRule(
            "retry_delay", .duration(allowsZero: true),
            "The wait before the next attempt; 5 minutes if absent."),
        KeyRule(
            "retry_exponential_backoff", .either([.boolean, .number]),
            "The factor by which the delay grows with each attempt; true is 2, false and 0 keep it "
                + "constant."),
        KeyRule("max_retry_delay", .duration(allowsZero: false), "The longest delay that backoff may reach."),
        KeyRule(
            "retry_on_exit_codes", .array(.integer(1...255), minimum: 1),
            "When given, only these exit codes are tried again."),
        KeyRule(
            "retry", .object(.retry),
            conflicts: [
                "retries", "retry_delay", "retry_exponential_backoff", "max_retry_delay",
                "retry_on_exit_codes",
            ],
            "The five retry keys as one object."),
    ]

    private static func timeoutKeys(_ aliases: [String]) -> [KeyRule] {
        [
            KeyRule(
                "execution_timeout", .duration(allowsZero: false), aliases: aliases,
                "An attempt that takes longer is ended and has failed."),
            KeyRule(
                "termination_grace", .duration(allowsZero: true),
                "Time between TERM and KILL; 5 seconds if absent."),
        ]
    }

    private static let resourceKeys = [
        KeyRule(
            "pool", .string(.identifier), "The pool whose slots the task takes; \"default_pool\" if absent."),
        KeyRule("pool_slots", .integer(1...1_000_000), "How many slots of the pool; 1 if absent."),
        KeyRule(
            "priority_weight", .integer(Int64(Int32.min)...Int64(Int32.max)),
            "Higher runs first when slots are scarce; 1 if absent."),
        KeyRule(
            "weight_rule", .choice(WeightRule.allCases.map(\.rawValue)),
            "How the weights of the tasks around count; \"downstream\" if absent."),
        KeyRule(
            "leftover", .choice(LeftoverPolicy.allCases.map(\.rawValue)),
            "What happens to processes that a task leaves behind: \"end\" (the default) or \"keep\"."),
    ]

    private static let foreignTaskWords = [
        "bash_command": "command", "run": "command", "script": "command", "cmd": "command",
        "commands": "command",
        "args": "command", "entrypoint": "command", "dependsOn": "depends_on", "after": "depends_on",
        "upstream_task_ids": "depends_on", "environment": "env", "working_dir": "cwd",
        "working_directory": "cwd", "workdir": "cwd", "dir": "cwd", "timeout_sec": "execution_timeout",
        "timeout-minutes": "execution_timeout", "retry_policy": "retry", "role": "type",
        "priority": "priority_weight",
        "name": "task_id", "gates": "gate", "if": "when", "condition": "when", "runIf": "when",
        "preconditions": "when", "foreach": "expand", "parallel": "expand", "strategy": "matrix",
        "external_dag_id": "external", "delta": "delay", "target_time": "at", "options": "default",
        "data_checks": "checks", "expectations": "checks", "validations": "checks",
        "url": "http", "request": "http", "query": "sql", "image": "container", "docker": "container",
    ]
}

/// The objects inside a task.
extension KeyTable {
    static let retry = KeyTable(
        "retry",
        [
            KeyRule("limit", .integer(0...1_000_000), "The same as retries."),
            KeyRule("delay", .duration(allowsZero: true), "The same as retry_delay."),
            KeyRule("backoff", .either([.boolean, .number]), "The same as retry_exponential_backoff."),
            KeyRule("max_delay", .duration(allowsZero: false), "The same as max_retry_delay."),
            KeyRule(
                "on_exit_codes", .array(.integer(1...255), minimum: 1), "The same as retry_on_exit_codes."),
            .later("jitter"), .later("max_duration"),
        ])

    static let triggeredRun = KeyTable(
        "trigger_dag",
        [
            KeyRule(
                "dag_id", .string(.identifier), aliases: ["trigger_dag_id"], isRequired: true,
                "The DAG whose run is requested."),
            KeyRule(
                "params", .map(.anything, names: .variable), aliases: ["conf"],
                "The params of the requested run. Strings may contain templates; a string that is one "
                    + "template alone keeps the value's type."),
            KeyRule(
                "wait", .boolean, aliases: ["wait_for_completion"],
                "Whether the task lasts until the requested run has ended, and ends as it does; false if "
                    + "absent."),
        ])

    static let artifact = KeyTable(
        "an artifact",
        [
            KeyRule("name", .string(.nonEmpty), "The name under which others find it; its path if absent."),
            KeyRule("path", .string(.nonEmpty), isRequired: true, "Relative to the artifact folder."),
        ])

    static let input = KeyTable(
        "an input",
        [
            KeyRule("name", .string(.nonEmpty), "What the record calls it; its path or TASK.NAME if absent."),
            KeyRule("path", .string(.nonEmpty), "A file, relative to the DAG file's folder, or absolute."),
            KeyRule(
                "artifact", .string(.nonEmpty), conflicts: ["path"],
                "TASK.NAME of an upstream task's artifact."),
        ], needsOneOf: ["path", "artifact"])

    static let severityRule = KeyRule(
        "severity", .choice(GateSeverity.allCases.map(\.rawValue)),
        "What it means that this does not hold: \"error\" (the default), or \"warn\", which is shown and decides nothing."
    )

    private static let annotationKeys = [
        KeyRule("title", .string(.any), "A short label."),
        KeyRule("description", .string(.any), "What the param is for."),
        KeyRule("examples", .array(.anything), "Sample values."),
    ]

    static let parameterSchema = KeyTable(
        "a param",
        [
            KeyRule(
                "type",
                .either([.choice(ParameterKind.names), .array(.choice(ParameterKind.names), minimum: 1)]),
                "The kind of value, or a list of kinds."),
            KeyRule("enum", .array(.anything, minimum: 1), "The allowed values."),
            KeyRule("const", .anything, "The only allowed value."),
            KeyRule("default", .anything, "The value when a run gives none."),
            KeyRule("minimum", .number, "The smallest number."),
            KeyRule("maximum", .number, "The largest number."),
            KeyRule("exclusiveMinimum", .number, "Numbers must be larger."),
            KeyRule("exclusiveMaximum", .number, "Numbers must be smaller."),
            KeyRule("minLength", .integer(0...1_000_000_000), "The fewest characters."),
            KeyRule("maxLength", .integer(0...1_000_000_000), "The most characters."),
            KeyRule("pattern", .string(.any), "A regular expression found in the text."),
            KeyRule("format", .choice(ParameterFormat.names), "What the text stands for."),
            KeyRule("items", .object(.parameterSchema), "What each element must satisfy."),
            KeyRule("minItems", .integer(0...1_000_000_000), "The fewest elements."),
            KeyRule("maxItems", .integer(0...1_000_000_000), "The most elements."),
            KeyRule("uniqueItems", .boolean, "No two elements are equal."),
            KeyRule(
                "properties", .map(.object(.parameterSchema), names: .any), "What each member must satisfy."),
            KeyRule("required", .array(.string(.any)), "Members that must be there."),
            KeyRule("additionalProperties", .boolean, "Whether other members are allowed."),
        ] + annotationKeys)
}
