import DAGDomain

/// What a task has to do with a registered model, and what its gate asks of it.
extension KeyTable {
    static let modelRule = KeyRule(
        "model", .either([.string(.modelName), .object(.model)]),
        "For train, evaluate, deploy and monitor: the registered model that the task makes or judges. A name alone is "
            + "short for {\"name\": NAME}.")

    static let model = KeyTable(
        "model",
        [
            KeyRule("name", .string(.modelName), isRequired: true, "The name under which it is registered."),
            KeyRule(
                "artifact", .string(.nonEmpty),
                "For train: which of its artifacts is the model; not needed when it has one only."),
            KeyRule(
                "reference", .string(.nonEmpty),
                "For train: the data that drift is measured against later; an artifact of the task, or TASK.NAME "
                    + "for one of a task upstream."),
            KeyRule(
                "environment", .either([.string(.nonEmpty), .array(.string(.nonEmpty))]),
                "For train: files of the DAG's folder that pin its packages; if absent, requirements.txt, uv.lock and "
                    + "the like are looked for."),
            KeyRule(
                "version", .either([.integer(1...Int64(Int32.max)), .string(.nonEmpty)]),
                "For the others: a number, an alias, or {{ outputs.TASK.model_version }}. If absent: the version "
                    + "that the one training upstream made, else the champion."),
            KeyRule(
                "alias", .string(.alias),
                "The alias that moves to the version: when it is made (train), when the gate holds (evaluate), when "
                    + "the task succeeds (deploy; champion if absent). For monitor: the alias it looks at."),
        ],
        foreignWords: [
            "registered_model": "name", "registered_model_name": "name", "file": "artifact",
            "model_version": "version", "stage": "alias", "promote_to": "alias",
        ])

    static let gateCondition = KeyTable(
        "a gate condition",
        [
            KeyRule(
                "metric", .string(.nonEmpty), isRequired: true, "The metric whose last value is compared."),
            KeyRule("min", .number, "The smallest value that passes."),
            KeyRule("max", .number, "The largest value that passes."),
            KeyRule("equals", .number, "The only value that passes."),
            KeyRule(
                "vs", .string(.alias),
                "An alias of the task's model: the metric is compared with that version's, which the task reports "
                    + "as ALIAS.METRIC (the same data, scored with $ORCHESTRATOR_CHAMPION_PATH)."),
            KeyRule(
                "min_delta", .number,
                "With vs: the smallest difference to that version that passes; 0 if neither it nor max_delta is given."
            ),
            KeyRule(
                "max_delta", .number, "With vs: the largest difference that passes, for errors and losses."),
            KeyRule(
                "baseline", .choice(GateBaseline.allCases.map(\.rawValue)),
                "With vs: \"reported\" by this task (the default), or \"recorded\" with that version."),
            KeyRule(
                "minus", .string(.nonEmpty),
                "Another metric of the task: the bounds hold for the difference (training minus validation)."),
            KeyRule(
                "slices", .choice(GateSlices.allCases.map(\.rawValue)), aliases: ["slice"],
                "The metric is reported in parts as METRIC[PART]: the bounds hold for the \"worst\" part, or for the "
                    + "\"gap\" between the largest and the smallest."),
            KeyRule(
                "confidence", .number,
                "With vs: the whole interval of the difference must pass, of this confidence (0.95), by a bootstrap over "
                    + "the predictions."),
            KeyRule(
                "predictions", .string(.nonEmpty),
                "With confidence: the artifact of the task with the columns label, score and ALIAS_score."),
            severityRule,
        ],
        foreignWords: [
            "name": "metric", "minimum": "min", "maximum": "max", "gte": "min", "lte": "max",
            "versus": "vs", "against": "vs", "delta": "min_delta", "margin": "min_delta",
        ])
}

extension TextRule {
    /// What MLflow allows, in one line.
    static let modelName = TextRule(
        pattern: "^(?! )[^/:\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]{1,256}(?<! )$",
        expectation: "the name of a model: one line without '/' and ':', at most 256 bytes"
    ) { ModelName($0).isValid }

    static let alias = TextRule(
        pattern: "^(?![vV][0-9]+$|[lL][aA][tT][eE][sS][tT]$)[A-Za-z0-9_-]{1,255}$",
        expectation: "an alias: letters, digits, '_' and '-', not \"latest\" and not a version such as \"v1\""
    ) { AliasName($0).isValid }
}
