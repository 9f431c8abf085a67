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
        let text = comparison(value) ?? "\(subject) \(ReadableNumber.text(value))"
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
        let texts = ReadableNumber.texts([value, bound])
        return "\(subject) \(texts[0]) \(holds ? kept : broken) \(texts[1])"
    }

    /// The note has the interval.
    private static func interval(
        _ comparison: VersionComparison, _ metric: String, _ value: Double, _ baseline: Double
    ) -> String {
        let bounds = [
            comparison.minimumDelta.map { ">= \(ReadableNumber.text($0))" },
            comparison.maximumDelta.map { "<= \(ReadableNumber.text($0))" },
        ].compactMap(\.self).joined(separator: " and ")
        let texts = ReadableNumber.texts([value, baseline])
        return "\(metric) \(texts[0]) - \(comparison.alias) \(texts[1]), surely \(bounds)"
    }

    private static func delta(
        _ comparison: VersionComparison, _ metric: String, _ value: Double, _ baseline: Double
    ) -> String? {
        let delta = value - baseline
        if comparison.bootstrap != nil { return interval(comparison, metric, value, baseline) }
        let bound: (sign: String, limit: Double)
        if let minimum = comparison.minimumDelta, !(delta >= minimum) {
            bound = ("<", minimum)
        } else if let maximum = comparison.maximumDelta, !(delta <= maximum) {
            bound = (">", maximum)
        } else if let minimum = comparison.minimumDelta {
            bound = (">=", minimum)
        } else if let maximum = comparison.maximumDelta {
            bound = ("<=", maximum)
        } else {
            return nil
        }
        let (values, differences) = (
            ReadableNumber.texts([value, baseline]), ReadableNumber.texts([delta, bound.limit])
        )
        return "\(metric) \(values[0]) - \(comparison.alias) \(values[1]) = \(differences[0]) \(bound.sign) "
            + differences[1]
    }
}
