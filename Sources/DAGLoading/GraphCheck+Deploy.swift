import DAGDomain

extension GraphCheck {
    /// An alias that moves before the version is in service says something untrue, and hides to which version a deployment
    /// that fails has to go back.
    mutating func warnOfEarlyAliases(_ tree: TaskTree) {
        for task in tree.tasks {
            guard let plan = task.definition.deploy, let model = task.definition.model else { continue }
            let alias = model.alias ?? plan.strategy.usualAlias
            for other in tree.tasks
            where other.definition.role == .evaluate || other.definition.role == .train {
                guard let use = other.definition.model, use.name == model.name, use.alias == alias else {
                    continue
                }
                diagnostics.warning(
                    "\"\(other.definition.id)\" moves the alias \"\(alias)\", which \"\(task.definition.id)\" moves when "
                        + "the version is in service; let it move another one, such as \"challenger\"",
                    at: other.position)
            }
        }
    }
}
