import DAGDomain
import JSONText

/// What is made of the instances of a mapped task: the best one, and those that are given up.
extension TaskReader {
    mutating func readTrials(_ fields: Fields, into task: inout ReadTask) {
        for key in ["select", "early_stopping"] {
            guard let member = fields.member(key), RoleKeys.mappings.allSatisfy({ fields[$0] == nil }) else {
                continue
            }
            if RoleKeys.mappings.contains(where: fields.isMisspelt) { continue }
            diagnostics.error(
                "\"\(key)\" needs \"expand\", \"expand_kwargs\" or \"matrix\"", at: member.keyPosition)
        }
        if let node = fields["select"], node.members != nil {
            let select = Fields(node, .select)
            if let metric = select.string("metric") {
                task.definition.flow.selection = TrialSelection(
                    metric: metric, mode: select.choice("mode") ?? .max)
            }
        }
        guard let node = fields["early_stopping"], node.members != nil else { return }
        let stopping = Fields(node, .earlyStopping)
        guard let metric = stopping.string("metric") else { return }
        let rule: EarlyStopping.Rule = stopping.choice("rule") ?? .median
        for (key, owner) in [("reduction", EarlyStopping.Rule.successiveHalving), ("min_trials", .median)] {
            guard let member = stopping.member(key), rule != owner else { continue }
            diagnostics.error("\"\(key)\" is for the rule \"\(owner.rawValue)\"", at: member.keyPosition)
        }
        task.definition.flow.earlyStopping = EarlyStopping(
            metric: metric, mode: stopping.choice("mode") ?? .max, rule: rule,
            graceSteps: Int64(stopping.integer("grace_steps") ?? Int(EarlyStopping.defaultGraceSteps)),
            reduction: Int64(stopping.integer("reduction") ?? Int(EarlyStopping.defaultReduction)),
            minimumTrials: stopping.integer("min_trials") ?? EarlyStopping.defaultMinimumTrials)
    }
}
