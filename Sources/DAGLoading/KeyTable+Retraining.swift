import DAGDomain

/// The keys of a schedule that data and models start.
extension KeyTable {
    static let retraining = KeyTable(
        "retrain_when",
        [
            KeyRule("any", .retrainParts, "One of these must have fired since the last run."),
            KeyRule("all", .retrainParts, "Every one of these must have fired since the last run."),
            KeyRule(
                "cooldown", .duration(allowsZero: false),
                "The least time between the starts of two runs; one hour if absent."),
            KeyRule(
                "budget", .string(.retrainBudget),
                "The most runs in any hour, day, week (7 days) or month (30 days), such as 4/week."),
        ], needsOneOf: ["any", "all"],
        foreignWords: [
            "or": "any", "and": "all", "clauses": "any", "min_interval": "cooldown", "limit": "budget",
        ])

    static let retrainClause = KeyTable(
        "a clause of retrain_when",
        [
            KeyRule(
                "cron", .string(.nonEmpty), "The clock: a cron expression or a preset, in the DAG's zone."),
            KeyRule("asset", .string(.asset), "An update of the asset with this URI."),
            KeyRule("metric", .object(.watchedMetric), "A metric that a task reports."),
            KeyRule("drift", .object(.watchedDrift), "A drift statistic that a task reports."),
            KeyRule(
                "new_rows", .object(.newRows), "So many new rows in updates of an asset since the last run."),
            KeyRule("any", .retrainParts, "One of these must have fired."),
            KeyRule("all", .retrainParts, "Every one of these must have fired."),
        ], needsOneOf: RoleKeys.retrainClauses,
        foreignWords: ["schedule": "cron", "dataset": "asset", "rows": "new_rows"])

    private static let boundKeys = [
        KeyRule("above", .number, "Fires at a value greater than this."),
        KeyRule("below", .number, "Fires at a value less than this."),
    ]

    private static let reporterKeys = [
        KeyRule("dag_id", .string(.identifier), "Only reports of this DAG; any if absent."),
        KeyRule("task_id", .string(.identifier), "Only reports of tasks of this id; any if absent."),
    ]

    static let watchedMetric = KeyTable(
        "a metric of retrain_when",
        [
            KeyRule(
                "name", .string(.nonEmpty), aliases: ["metric"], isRequired: true, "The name of the metric.")
        ] + boundKeys + reporterKeys, needsOneOf: RoleKeys.retrainBounds, foreignWords: boundWords)

    static let watchedDrift = KeyTable(
        "a drift of retrain_when",
        [
            KeyRule(
                "metric", .string(.nonEmpty), aliases: ["method"],
                "The statistic: psi, jensen_shannon, ks, ks_p_value, wasserstein, chi_square, "
                    + "chi_square_p_value, drift_share, ...; psi if absent."),
            KeyRule("column", .string(.nonEmpty), "Of this column; of the worst one if absent."),
        ] + boundKeys + reporterKeys, needsOneOf: RoleKeys.retrainBounds, foreignWords: boundWords)

    private static let boundWords = [
        "min": "below", "max": "above", "threshold": "above", "dag": "dag_id", "task": "task_id",
    ]

    static let newRows = KeyTable(
        "new_rows",
        [
            KeyRule("asset", .string(.asset), isRequired: true, "The URI of the asset."),
            KeyRule(
                "at_least", .integer(1...Int64.max), isRequired: true,
                "The sum of \"rows\" in the extras of its updates."),
        ], foreignWords: ["uri": "asset", "min": "at_least", "count": "at_least", "rows": "at_least"])
}

extension Shape {
    static let retrainParts = Shape.array(
        .object(.retrainClause), minimum: 1, maximum: RetrainSchedule.maximumClauses)
}

extension TextRule {
    static let retrainBudget = TextRule(
        pattern: "^(?=0*(100|[1-9][0-9]?)/)[0-9]{1,3}/(hour|day|week|month)$",
        expectation: "from 1 to \(RetrainBudget.maximumRuns) runs an hour, day, week or month, such as 4/week"
    ) { RetrainBudget(text: $0) != nil }
}
