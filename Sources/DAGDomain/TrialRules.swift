/// Which direction of a metric is better.
package enum TrialMode: String, Hashable, Sendable, CaseIterable {
    case max, min

    package func isBetter(_ value: Double, than other: Double) -> Bool {
        self == .max ? value > other : value < other
    }
}

/// How the best instance of a mapped task is found (`select` in a DAG file).
package struct TrialSelection: Hashable, Sendable {
    package let metric: String
    package let mode: TrialMode

    package init(metric: String, mode: TrialMode) {
        self.metric = metric
        self.mode = mode
    }

    /// What tasks downstream see besides the lists of the instances.
    package static let outputNames = ["best_map_index", "best_value", "best_params"]
    /// Beside them in the file of inputs: the best instance's artifacts by name.
    package static let artifactsName = "best_artifacts"
}

/// When an instance of a mapped task is not worth going on with (`early_stopping` in a DAG file).
package struct EarlyStopping: Hashable, Sendable {
    package enum Rule: String, Hashable, Sendable, CaseIterable {
        case median
        case successiveHalving = "successive_halving"
    }

    package let metric: String
    package let mode: TrialMode
    package let rule: Rule
    /// Nothing is stopped before this step; of successive halving the first rung.
    package let graceSteps: Int64
    /// Of successive halving: one in so many goes on at each rung, and rungs are so many times apart.
    package let reduction: Int64
    /// Of the median rule: so many others must have come as far.
    package let minimumTrials: Int

    package static let defaultGraceSteps: Int64 = 1
    package static let defaultReduction: Int64 = 3
    package static let defaultMinimumTrials = 3

    package init(
        metric: String, mode: TrialMode, rule: Rule = .median, graceSteps: Int64 = defaultGraceSteps,
        reduction: Int64 = defaultReduction, minimumTrials: Int = defaultMinimumTrials
    ) {
        self.metric = metric
        self.mode = mode
        self.rule = rule
        self.graceSteps = graceSteps
        self.reduction = reduction
        self.minimumTrials = minimumTrials
    }
}
