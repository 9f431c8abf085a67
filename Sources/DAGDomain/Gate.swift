/// A condition on the metrics that a task reported; the one mechanism for data checks, model thresholds and drift.
package struct Gate: Hashable, Sendable {
    package let conditions: [GateCondition]
    package let onFailure: GateFailureEffect

    package init(conditions: [GateCondition], onFailure: GateFailureEffect = .fail) {
        self.conditions = conditions
        self.onFailure = onFailure
    }
}

/// One line of a gate: every bound that is given must hold for the last value of the metric.
package struct GateCondition: Hashable, Sendable {
    package let metric: String
    package let minimum: Double?
    package let maximum: Double?
    package let equals: Double?
    package let severity: GateSeverity
    /// Nil holds the metric itself against the bounds.
    package let comparison: GateComparison?

    package init(
        metric: String, minimum: Double? = nil, maximum: Double? = nil, equals: Double? = nil,
        severity: GateSeverity = .error, comparison: GateComparison? = nil
    ) {
        self.comparison = comparison
        self.metric = metric
        self.minimum = minimum
        self.maximum = maximum
        self.equals = equals
        self.severity = severity
    }
}

/// Whether a condition that does not hold decides, or is only shown.
package enum GateSeverity: String, Hashable, Sendable, CaseIterable {
    case warn, error
}

/// What a gate that does not hold does to its task.
package enum GateFailureEffect: String, Hashable, Sendable, CaseIterable {
    /// The task fails, without a retry: the same numbers would fail again.
    case fail
    /// The task succeeds and everything downstream of it is skipped.
    case skipDownstream = "skip_downstream"
}

/// What a gate said about one attempt, with the numbers it looked at.
package struct GateVerdict: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package let condition: GateCondition
        /// What was held against the bounds: the metric's last value, a difference, the worst slice. Nil when the task
        /// did not report it (which fails the condition).
        package let value: Double?
        package let holds: Bool
        /// The other version's number.
        package let baseline: Double?
        /// What the numbers do not say: what was reported instead, which slice it was, that there is no champion.
        package let note: String?

        package init(
            condition: GateCondition, value: Double?, holds: Bool, baseline: Double? = nil,
            note: String? = nil
        ) {
            self.condition = condition
            self.value = value
            self.holds = holds
            self.baseline = baseline
            self.note = note
        }
    }

    package let lines: [Line]
    package let effect: GateFailureEffect

    package init(lines: [Line], effect: GateFailureEffect) {
        self.lines = lines
        self.effect = effect
    }

    /// Whether everything holds but what only warns.
    package var passed: Bool { lines.allSatisfy { $0.holds || $0.condition.severity == .warn } }

    /// What does not hold and only warns.
    package var warnings: [Line] { lines.filter { !$0.holds && $0.condition.severity == .warn } }
}

/// One value of a metric that a task reported, at a step if it named one.
package struct Metric: Hashable, Sendable {
    package let name: String
    package let value: Double
    package let step: Int64?

    package init(name: String, value: Double, step: Int64? = nil) {
        self.name = name
        self.value = value
        self.step = step
    }
}
