/// What a condition of a gate compares, when it is not one metric with fixed bounds.
package indirect enum GateComparison: Hashable, Sendable {
    /// The same metric of the version at an alias.
    case version(VersionComparison)
    /// The difference to another metric of the same task; the bounds hold for the difference.
    case minus(String)
    /// The metric in parts of the data, reported as `METRIC[PART]`.
    case slices(GateSlices)
}

/// Which number of the parts the bounds hold for.
package enum GateSlices: String, Hashable, Sendable, CaseIterable {
    /// The smallest, when there is a smallest allowed value; else the largest.
    case worst
    /// The largest minus the smallest.
    case gap
}

/// A comparison with the version that an alias points to.
package struct VersionComparison: Hashable, Sendable {
    package let alias: AliasName
    package let baseline: GateBaseline
    /// Bounds of the metric minus the other version's.
    package let minimumDelta: Double?
    package let maximumDelta: Double?
    /// Nil compares the two numbers as they are.
    package let bootstrap: GateBootstrap?

    package init(
        alias: AliasName, baseline: GateBaseline = .reported, minimumDelta: Double? = nil,
        maximumDelta: Double? = nil, bootstrap: GateBootstrap? = nil
    ) {
        self.alias = alias
        self.baseline = baseline
        self.minimumDelta = minimumDelta
        self.maximumDelta = maximumDelta
        self.bootstrap = bootstrap
    }

    /// The metric by which a task reports the other version's number.
    package func baselineMetric(of metric: String) -> String { "\(alias).\(metric)" }

    /// The metrics by which the ends of the interval of the difference are reported.
    package func intervalMetrics(of metric: String) -> (low: String, high: String) {
        (baselineMetric(of: metric) + ".delta_low", baselineMetric(of: metric) + ".delta_high")
    }
}

/// Where the other version's number is from.
package enum GateBaseline: String, Hashable, Sendable, CaseIterable {
    /// The task has scored both on the same data.
    case reported
    /// Recorded with that version, possibly on other data.
    case recorded
}

/// A confidence interval of the difference, from the predictions of both versions.
package struct GateBootstrap: Hashable, Sendable {
    /// Of the interval, two-sided; between 0 and 1.
    package let confidence: Double
    /// The artifact with the columns `label`, `score` and `ALIAS_score`.
    package let predictions: String

    package init(confidence: Double, predictions: String) {
        self.confidence = confidence
        self.predictions = predictions
    }
}
