import DAGDomain

/// The keys of what a monitoring task compares.
extension KeyTable {
    static let driftRule = KeyRule(
        "drift", .object(.drift),
        "For type monitor: a table that is compared with the data of the model, once the task's program has ended "
            + "well. The task needs no program then.")

    static let drift = KeyTable(
        "drift",
        [
            KeyRule(
                "reference", .either([.string(.nonEmpty), .object(.driftTable)]),
                "The measure: \"champion\" (the data kept with that version of the task's model), a path, "
                    + "TASK.NAME of an upstream artifact, or an object. If absent: the data kept with the version that "
                    + "the task's model is."),
            KeyRule(
                "current", .either([.string(.nonEmpty), .object(.driftTable)]), isRequired: true,
                "The table that is looked at: a path, or TASK.NAME of an upstream artifact."),
            KeyRule(
                "columns", .array(.string(.nonEmpty), minimum: 1),
                "Only these; all of the reference but prediction and label if absent."),
            KeyRule(
                "method",
                .choice(["psi", "ks", "chi_square", "jensen_shannon", "wasserstein", "auto"]),
                "What decides about a column; psi if absent."),
            KeyRule(
                "threshold", .number, "From which value on a column has drifted; the method's own if absent."),
            KeyRule(
                "share", .number, "The share of drifted columns from which on the table has; 0.5 if absent."),
            KeyRule(
                "prediction", .string(.nonEmpty),
                "The column with what the model says: its drift is reported as prediction.psi and so on."),
            KeyRule(
                "label", .string(.nonEmpty),
                "The column with what was true; rows without it do not count. Accuracy and ROC AUC of the prediction "
                    + "are reported, and decay.roc_auc against what is recorded with the model."),
            KeyRule(
                "positive", .either([.string(.nonEmpty), .number, .boolean]),
                "The label that a high prediction means; 1 or true if absent."),
        ],
        foreignWords: [
            "baseline": "reference", "expected": "reference", "batch": "current", "actual": "current",
            "features": "columns", "target": "label", "score": "prediction", "drift_share": "share",
        ])

    static let driftTable = KeyTable(
        "a table of drift",
        [
            KeyRule(
                "model", .string(.nonEmpty), "A registered model: the data kept with one of its versions."),
            KeyRule("alias", .string(.nonEmpty), "Which version of the model; the champion if absent."),
            KeyRule("artifact", .string(.nonEmpty), "TASK.NAME of an upstream artifact."),
            KeyRule("path", .string(.nonEmpty), "A file, absolute or in the task's working directory."),
        ], needsOneOf: RoleKeys.driftTables, foreignWords: ["file": "path", "name": "model"])
}
