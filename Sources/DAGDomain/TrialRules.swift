import JSONText

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

    /// The name under which the scheduler keeps an instance's metric to choose by; no output can be called so.
    package static let candidateName = "select.metric"

    /// What the scheduler keeps of an instance's metrics; nil when the metric was not reported.
    package func candidate(in metrics: [Metric]) -> TaskOutput? {
        guard let value = metrics.last(where: { $0.name == metric })?.value else { return nil }
        return TaskOutput(name: Self.candidateName, value: JSONValue(value) ?? .string("\(value)"))
    }
}

extension TaskDefinition {
    /// The outputs that the scheduler keeps of an instance: its own, and the metric that the best one is chosen by.
    package func decisive(_ outputs: [TaskOutput], _ metrics: [Metric]) -> [TaskOutput] {
        guard let candidate = flow.selection?.candidate(in: metrics) else { return outputs }
        return outputs + [candidate]
    }
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
