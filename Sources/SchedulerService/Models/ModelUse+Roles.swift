import DAGDomain

extension ModelUse {
    /// The alias whose version the task is about, if nothing else says which.
    func watched(by role: TaskRole) -> AliasName { role == .monitor ? alias ?? .champion : .champion }
}

extension TaskDefinition {
    /// The aliases that its gate compares with.
    var comparedAliases: Set<AliasName> {
        Set(
            (gate?.conditions ?? []).compactMap { condition in
                if case .version(let comparison) = condition.comparison { comparison.alias } else { nil }
            })
    }
}
