import DAGDomain

/// Judges a gate by the metrics that a task reported.
package enum GateEvaluation {
    /// The version at an alias, as a gate knows it.
    package struct Comparand: Hashable, Sendable {
        /// Nil when the alias points nowhere.
        package let version: ModelVersionNumber?
        /// Whether it is the version that is judged.
        package let isSame: Bool
        /// The metrics recorded with it.
        package let recorded: [String: Double]

        package init(version: ModelVersionNumber?, isSame: Bool, recorded: [String: Double]) {
            self.version = version
            self.isSame = isSame
            self.recorded = recorded
        }
    }

    /// The last value of each metric counts. A metric that was not reported, and one that is not a finite number, fails
    /// every condition on it: silence is not success.
    ///
    /// - Parameter comparands: by alias; one that is missing points nowhere.
    package static func verdict(
        of gate: Gate, metrics: [Metric], comparands: [AliasName: Comparand] = [:]
    ) -> GateVerdict {
        var last: [String: Double] = [:]
        for metric in metrics { last[metric.name] = metric.value }
        let lines = gate.conditions.map { condition in
            switch condition.comparison {
            case nil: plain(condition, last)
            case .version(let comparison): compared(condition, comparison, last, comparands)
            case .minus(let other): difference(condition, other, last)
            case .slices(let kind): sliced(condition, kind, last)
            }
        }
        return GateVerdict(lines: lines, effect: gate.onFailure)
    }

    private static func plain(
        _ condition: GateCondition, _ metrics: [String: Double]
    ) -> GateVerdict.Line {
        guard let value = metrics[condition.metric] else {
            return missing(condition.metric, condition, metrics)
        }
        return line(condition, value)
    }

    /// A line whose bounds hold for one number.
    private static func line(
        _ condition: GateCondition, _ value: Double, baseline: Double? = nil, note: String? = nil
    ) -> GateVerdict.Line {
        guard value.isFinite else { return unusable(condition, value, baseline, "") }
        return GateVerdict.Line(
            condition: condition, value: value, holds: holds(condition, value), baseline: baseline, note: note
        )
    }

    private static func holds(_ condition: GateCondition, _ value: Double) -> Bool {
        // Written so that a bound that is not a number fails as well.
        if let minimum = condition.minimum, !(value >= minimum) { return false }
        if let maximum = condition.maximum, !(value <= maximum) { return false }
        if let equals = condition.equals, !(value == equals) { return false }
        return true
    }

    // MARK: Against another version

    private static func compared(
        _ condition: GateCondition, _ comparison: VersionComparison, _ metrics: [String: Double],
        _ comparands: [AliasName: Comparand]
    ) -> GateVerdict.Line {
        guard let value = metrics[condition.metric] else {
            return missing(condition.metric, condition, metrics)
        }
        let alone = line(condition, value)
        guard alone.holds else { return alone }
        guard let other = comparands[comparison.alias], let version = other.version else {
            return line(condition, value, note: "there is no \(comparison.alias) yet to compare with")
        }
        if other.isSame {
            return line(condition, value, note: "version \(version) is the \(comparison.alias) itself")
        }
        let name = comparison.baselineMetric(of: condition.metric)
        switch comparison.baseline {
        case .reported where metrics[name] == nil: return missing(name, condition, metrics)
        case .recorded where other.recorded[condition.metric] == nil:
            return GateVerdict.Line(
                condition: condition, value: nil, holds: false,
                note: "no \(condition.metric) is recorded with version \(version), the \(comparison.alias)"
                    + reported(Array(other.recorded.keys), "recorded"))
        case .reported where comparison.bootstrap != nil:
            return confident(condition, comparison, value, metrics)
        case .reported: return delta(condition, comparison, value, metrics[name] ?? .nan)
        case .recorded: return delta(condition, comparison, value, other.recorded[condition.metric] ?? .nan)
        }
    }

    private static func delta(
        _ condition: GateCondition, _ comparison: VersionComparison, _ value: Double, _ baseline: Double
    ) -> GateVerdict.Line {
        guard baseline.isFinite else {
            return unusable(condition, baseline, baseline, " of the \(comparison.alias)")
        }
        let delta = value - baseline
        var holds = true
        if let minimum = comparison.minimumDelta, !(delta >= minimum) { holds = false }
        if let maximum = comparison.maximumDelta, !(delta <= maximum) { holds = false }
        return GateVerdict.Line(condition: condition, value: value, holds: holds, baseline: baseline)
    }

    /// The whole interval of the difference must be within the bounds.
    private static func confident(
        _ condition: GateCondition, _ comparison: VersionComparison, _ value: Double,
        _ metrics: [String: Double]
    ) -> GateVerdict.Line {
        let names = comparison.intervalMetrics(of: condition.metric)
        guard let low = metrics[names.low] else { return missing(names.low, condition, metrics) }
        guard let high = metrics[names.high] else { return missing(names.high, condition, metrics) }
        let baseline = metrics[comparison.baselineMetric(of: condition.metric)]
        guard low.isFinite, high.isFinite else {
            return unusable(condition, .nan, baseline, " at an end of the interval")
        }
        var holds = true
        if let minimum = comparison.minimumDelta, !(low >= minimum) { holds = false }
        if let maximum = comparison.maximumDelta, !(high <= maximum) { holds = false }
        let percent = (comparison.bootstrap?.confidence ?? 0) * 100
        return GateVerdict.Line(
            condition: condition, value: value, holds: holds, baseline: baseline,
            note: "the \(ReadableNumber.text(percent)) % interval of the difference is from "
                + "\(ReadableNumber.text(low)) to \(ReadableNumber.text(high))")
    }

    // MARK: Differences and slices

    private static func difference(
        _ condition: GateCondition, _ other: String, _ metrics: [String: Double]
    ) -> GateVerdict.Line {
        guard let left = metrics[condition.metric] else {
            return missing(condition.metric, condition, metrics)
        }
        guard let right = metrics[other] else { return missing(other, condition, metrics) }
        return line(condition, left - right, baseline: right)
    }

    private static func sliced(
        _ condition: GateCondition, _ kind: GateSlices, _ metrics: [String: Double]
    ) -> GateVerdict.Line {
        let start = condition.metric + "["
        let slices = metrics.filter { $0.key.hasPrefix(start) && $0.key.hasSuffix("]") }
            .sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        if let bad = slices.first(where: { !$0.value.isFinite }) {
            return unusable(condition, bad.value, nil, " in \(bad.key)")
        }
        guard let smallest = slices.first, let largest = slices.last else {
            return missing(start + "...]", condition, metrics)
        }
        switch kind {
        case .worst:
            let worst = condition.minimum == nil && condition.maximum != nil ? largest : smallest
            return line(condition, worst.value, note: "\(worst.key), the worst of \(slices.count)")
        case .gap:
            guard slices.count > 1 else {
                return GateVerdict.Line(
                    condition: condition, value: nil, holds: false,
                    note: "a gap needs two slices of \(condition.metric); only \(smallest.key) was reported")
            }
            return line(
                condition, largest.value - smallest.value, note: "from \(smallest.key) to \(largest.key)")
        }
    }

    // MARK: What cannot be judged

    private static func missing(
        _ name: String, _ condition: GateCondition, _ metrics: [String: Double]
    ) -> GateVerdict.Line {
        GateVerdict.Line(
            condition: condition, value: nil, holds: false,
            note: "\(name) was not reported" + reported(Array(metrics.keys), "reported"))
    }

    /// Names that are listed in a message.
    private static let listed = 20

    private static func reported(_ names: [String], _ verb: String) -> String {
        guard !names.isEmpty else { return "; no metric was" }
        let shown = names.sorted().prefix(listed).joined(separator: ", ")
        let more = names.count > listed ? " and \(names.count - listed) more" : ""
        return "; \(verb): \(shown)\(more)"
    }

    private static func unusable(
        _ condition: GateCondition, _ value: Double, _ baseline: Double?, _ place: String
    ) -> GateVerdict.Line {
        GateVerdict.Line(
            condition: condition, value: value, holds: false, baseline: baseline,
            note: value.isNaN ? "it is not a number\(place)" : "it is infinite\(place)")
    }
}
