import DAGDomain
import JSONText

/// The conditions of a task's gate.
extension TaskReader {
    /// - Parameter task: has its model already.
    mutating func readGate(_ fields: Fields, _ task: TaskDefinition) -> Gate? {
        guard let elements = fields["gate"]?.elements else {
            guard fields["gate"] == nil, let member = fields.member("on_gate_failure") else { return nil }
            if fields["checks"] == nil {
                diagnostics.error(
                    "\"on_gate_failure\" needs a \"gate\" or \"checks\"", at: member.keyPosition)
            }
            return fields.choice("on_gate_failure").map { Gate(conditions: [], onFailure: $0) }
        }
        let conditions = elements.compactMap { readCondition($0, task) }
        return Gate(conditions: conditions, onFailure: fields.choice("on_gate_failure") ?? .fail)
    }

    private mutating func readCondition(_ node: JSONNode, _ task: TaskDefinition) -> GateCondition? {
        let fields = Fields(node, .gateCondition)
        guard let metric = fields.string("metric") else { return nil }
        if !GateKeys.bounds.contains(where: { fields[$0] != nil || fields.isMisspelt($0) }) {
            diagnostics.error(
                "the gate condition needs \"min\", \"max\", \"equals\" or \"vs\"", at: node.position)
        }
        let comparison = readComparison(fields, task)
        let condition = GateCondition(
            metric: metric, minimum: fields.number("min"), maximum: fields.number("max"),
            equals: fields.number("equals"), severity: fields.choice("severity") ?? .error,
            comparison: comparison)
        if let minimum = condition.minimum, let maximum = condition.maximum, minimum > maximum {
            diagnostics.error("no value can pass: \"min\" is larger than \"max\"", at: node.position)
        }
        if case .slices(.worst) = comparison, condition.minimum != nil, let member = fields.member("max") {
            diagnostics.error(
                "the worst slice is the smallest or the largest: give \"min\" or \"max\", or write two conditions",
                at: member.keyPosition)
        }
        return condition
    }

    private mutating func readComparison(_ fields: Fields, _ task: TaskDefinition) -> GateComparison? {
        let kinds = ["vs", "minus", "slices"].compactMap { fields.member($0) }
        for other in kinds.dropFirst() {
            diagnostics.error(
                "\"\(other.key)\" and \"\(kinds[0].key)\" cannot be in one condition; write two",
                at: other.keyPosition)
        }
        if fields["vs"] == nil, !fields.isMisspelt("vs") {
            for member in GateKeys.ofComparison.compactMap({ fields.member($0) }) {
                diagnostics.error("\"\(member.key)\" needs \"vs\"", at: member.keyPosition)
            }
        }
        if let other = fields.string("minus") { return .minus(other) }
        if let kind: GateSlices = fields.choice("slices") { return .slices(kind) }
        guard let member = fields.member("vs"), let alias = member.node.stringValue else { return nil }
        if task.model == nil || task.role == .train {
            diagnostics.error(
                "\"vs\" compares the version of a \"model\" that the task judges (type evaluate, deploy or monitor)",
                at: member.keyPosition)
        }
        let (low, high) = (fields.number("min_delta"), fields.number("max_delta"))
        if let low, let high, low > high {
            diagnostics.error(
                "no difference can pass: \"min_delta\" is larger than \"max_delta\"", at: fields.position)
        }
        let isOpen = fields["min_delta"] == nil && fields["max_delta"] == nil
        return .version(
            VersionComparison(
                alias: AliasName(alias), baseline: fields.choice("baseline") ?? .reported,
                minimumDelta: isOpen ? 0 : low, maximumDelta: high, bootstrap: readBootstrap(fields, task)))
    }

    private mutating func readBootstrap(_ fields: Fields, _ task: TaskDefinition) -> GateBootstrap? {
        let members = ["confidence", "predictions"].compactMap { fields.member($0) }
        guard let first = members.first else { return nil }
        guard members.count == 2, let confidence = fields.number("confidence"),
            let predictions = fields.string("predictions")
        else {
            if members.count < 2 {
                diagnostics.error("\"confidence\" and \"predictions\" belong together", at: first.keyPosition)
            }
            return nil
        }
        if !(confidence > 0 && confidence < 1) {
            diagnostics.error(
                "\"confidence\" is between 0 and 1", at: fields["confidence"]?.position ?? fields.position)
        }
        if let metric = fields.string("metric"), !GateKeys.withInterval.contains(metric) {
            diagnostics.error(
                "an interval can be had of \(GateKeys.withInterval.joined(separator: ", "))",
                at: fields["metric"]?.position ?? fields.position)
        }
        if let baseline = fields.member("baseline"),
            baseline.node.stringValue == GateBaseline.recorded.rawValue
        {
            diagnostics.error(
                "an interval needs the predictions of both on the same rows", at: baseline.keyPosition)
        }
        if !task.artifacts.contains(where: { $0.name == predictions }) {
            diagnostics.error(
                "no artifact of the task is named \(predictions.quotedForMessage)",
                at: fields["predictions"]?.position ?? fields.position)
        }
        return GateBootstrap(confidence: confidence, predictions: predictions)
    }
}

/// The keys of a condition by what they are about.
enum GateKeys {
    /// One of them must be there.
    static let bounds = ["min", "max", "equals", "vs"]
    /// Those that only mean something beside `vs`.
    static let ofComparison = ["min_delta", "max_delta", "baseline", "confidence", "predictions"]
    /// The metrics of which the program can work out an interval.
    static let withInterval = ["accuracy", "roc_auc", "log_loss", "rmse", "mae"]
}
