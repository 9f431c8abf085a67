import DAGDomain

extension GateVerdict {
    /// The conditions that did not hold, with their numbers: "roc_auc 0.71 < 0.8".
    package var failures: String {
        lines.filter { !$0.holds && $0.condition.severity == .error }.map(\.sentence).joined(separator: ", ")
    }

    /// What does not hold and only warns.
    package var warningText: String { warnings.map(\.sentence).joined(separator: ", ") }
}

extension GateVerdict.Line {
    /// What was held against what, with the sign that is true.
    package var sentence: String {
        guard let value else { return note ?? "\(condition.metric) was not reported" }
        let text = comparison(value) ?? "\(subject) \(value)"
        return text + (note.map { " (\($0))" } ?? "")
    }

    /// "train_auc - validation_auc"
    private var subject: String {
        switch condition.comparison {
        case .minus(let other): "\(condition.metric) - \(other)"
        case .slices(.gap): "the gap of \(condition.metric)"
        case .slices(.worst), .version, nil: condition.metric
        }
    }

    private func comparison(_ value: Double) -> String? {
        if case .version(let comparison) = condition.comparison, let baseline,
            let text = Self.delta(comparison, condition.metric, value, baseline)
        {
            return text
        }
        let bounds = [
            condition.minimum.map { ($0, value >= $0, "<", ">=") },
            condition.maximum.map { ($0, value <= $0, ">", "<=") },
            condition.equals.map { ($0, value == $0, "is not", "is") },
        ].compactMap(\.self)
        guard let (bound, holds, broken, kept) = bounds.first(where: { !$0.1 }) ?? bounds.first else {
            return nil
        }
        return "\(subject) \(value) \(holds ? kept : broken) \(bound)"
    }

    /// The note has the interval.
    private static func interval(
        _ comparison: VersionComparison, _ metric: String, _ value: Double, _ baseline: Double
    ) -> String {
        let bounds = [
            comparison.minimumDelta.map { ">= \($0)" }, comparison.maximumDelta.map { "<= \($0)" },
        ].compactMap(\.self).joined(separator: " and ")
        return "\(metric) \(value) - \(comparison.alias) \(baseline), surely \(bounds)"
    }

    private static func delta(
        _ comparison: VersionComparison, _ metric: String, _ value: Double, _ baseline: Double
    ) -> String? {
        let delta = value - baseline
        if comparison.bootstrap != nil { return interval(comparison, metric, value, baseline) }
        let start = "\(metric) \(value) - \(comparison.alias) \(baseline) = \(delta)"
        if let minimum = comparison.minimumDelta, !(delta >= minimum) { return "\(start) < \(minimum)" }
        if let maximum = comparison.maximumDelta, !(delta <= maximum) { return "\(start) > \(maximum)" }
        if let minimum = comparison.minimumDelta { return "\(start) >= \(minimum)" }
        return comparison.maximumDelta.map { "\(start) <= \($0)" }
    }
}
