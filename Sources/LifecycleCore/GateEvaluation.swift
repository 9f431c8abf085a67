import DAGDomain

/// Judges a gate by the metrics that a task reported.
package enum GateEvaluation {
    /// The last value of each metric counts. A metric that was not reported, and one that is not a number, fails
    /// every condition on it: silence is not success.
    package static func verdict(of gate: Gate, metrics: [Metric]) -> GateVerdict {
        var last: [String: Double] = [:]
        for metric in metrics { last[metric.name] = metric.value }
        let lines = gate.conditions.map { condition in
            let value = last[condition.metric]
            return GateVerdict.Line(condition: condition, value: value, holds: holds(condition, value: value))
        }
        return GateVerdict(lines: lines, effect: gate.onFailure)
    }

    private static func holds(_ condition: GateCondition, value: Double?) -> Bool {
        guard let value, !value.isNaN else { return false }
        // Written so that a bound that is not a number fails as well.
        if let minimum = condition.minimum, !(value >= minimum) { return false }
        if let maximum = condition.maximum, !(value <= maximum) { return false }
        if let equals = condition.equals, !(value == equals) { return false }
        return true
    }
}
