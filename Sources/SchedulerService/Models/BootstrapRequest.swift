import DAGDomain
import JSONText
import LifecycleCore

/// A confidence interval that a task's own process is to work out.
package struct BootstrapRequest: Hashable, Sendable {
    package let metric: PairedMetric
    package let alias: AliasName
    package let confidence: Double
    /// Relative to the artifact folder.
    package let path: String

    package var json: JSONValue {
        [
            "metric": .string(metric.rawValue), "alias": .string(alias.text),
            "confidence": JSONValue(confidence) ?? .null, "path": .string(path),
        ]
    }

    /// Nil when the value has another shape.
    package init?(_ value: JSONValue) {
        guard let metric = value["metric"]?.stringValue.flatMap(PairedMetric.init(rawValue:)),
            let alias = value["alias"]?.stringValue, let confidence = value["confidence"]?.doubleValue,
            let path = value["path"]?.stringValue
        else { return nil }
        (self.metric, self.alias, self.confidence, self.path) = (metric, AliasName(alias), confidence, path)
    }

    /// Nil for a condition without an interval.
    init?(_ condition: GateCondition, of task: TaskDefinition) {
        guard case .version(let comparison) = condition.comparison, let bootstrap = comparison.bootstrap,
            let metric = PairedMetric(rawValue: condition.metric)
        else { return nil }
        self.metric = metric
        alias = comparison.alias
        confidence = bootstrap.confidence
        path = task.artifacts.first { $0.name == bootstrap.predictions }?.path ?? bootstrap.predictions
    }
}

extension TaskDefinition {
    /// The intervals that its gate asks for.
    var bootstraps: [BootstrapRequest] {
        (gate?.conditions ?? []).compactMap { BootstrapRequest($0, of: self) }
    }

    /// Whether this program has something to look at when the task's own has ended well.
    var isChecked: Bool { !checks.isEmpty || drift != nil || !bootstraps.isEmpty }
}
