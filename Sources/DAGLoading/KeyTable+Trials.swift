import DAGDomain

/// The keys of a mapped task whose instances are trials.
extension KeyTable {
    static let trialKeys = [
        KeyRule(
            "select", .object(.select),
            "Of a mapped task: which instance is the best; tasks downstream see it as best_params and so on."),
        KeyRule(
            "early_stopping", .object(.earlyStopping),
            "Of a mapped task: instances whose metric falls behind while they run are stopped and skipped."),
    ]

    private static let metricRules = [
        KeyRule("metric", .string(.nonEmpty), isRequired: true, "The metric that the instances report."),
        KeyRule(
            "mode", .choice(TrialMode.allCases.map(\.rawValue)), "Which direction is better; max if absent."),
    ]

    static let select = KeyTable(
        "select", metricRules, foreignWords: ["name": "metric", "direction": "mode", "goal": "mode"])

    static let earlyStopping = KeyTable(
        "early_stopping",
        metricRules + [
            KeyRule(
                "rule", .choice(EarlyStopping.Rule.allCases.map(\.rawValue)),
                "median (the default) or successive_halving."),
            KeyRule(
                "grace_steps", .integer(1...1_000_000_000),
                "Nothing is stopped before this step; of successive halving the first rung. 1 if absent."),
            KeyRule(
                "reduction", .integer(2...1_000),
                "Of successive halving: one in so many goes on at each rung. 3 if absent."),
            KeyRule(
                "min_trials", .integer(1...1_000_000),
                "Of the median rule: so many others must have come as far. 3 if absent."),
        ],
        foreignWords: [
            "patience": "grace_steps", "grace_period": "grace_steps", "reduction_factor": "reduction",
            "eta": "reduction",
            "direction": "mode", "n_startup_trials": "min_trials", "policy": "rule", "type": "rule",
        ])
}
