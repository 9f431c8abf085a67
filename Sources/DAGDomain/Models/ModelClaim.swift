/// What the success of an attempt means for the registry; recorded in the same transaction as that success.
package indirect enum ModelClaim: Hashable, Sendable {
    /// A new version.
    case trained(ModelDraft)
    case judged(ModelJudgement)
}

/// What an attempt says about a version that is there already.
package struct ModelJudgement: Hashable, Sendable {
    package var key: ModelVersionKey
    /// Attached to the version, also when the gate does not hold.
    package var metrics: [String: Double]
    /// Moved to the version when the gate holds.
    package var alias: AliasName?
    /// Where these aliases stood when the attempt began. When one of them has moved since, what was compared is no
    /// longer true, and the attempt fails.
    package var expected: [AliasName: ModelVersionNumber?]
    package var origin: ModelOrigin
    /// Why the alias moves, for its history.
    package var reason = "the gate held"
    /// Whether the alias goes back to where it was before, so that the next rollback goes further back.
    package var isRollback = false

    package init(
        key: ModelVersionKey, metrics: [String: Double] = [:], alias: AliasName? = nil,
        expected: [AliasName: ModelVersionNumber?] = [:], origin: ModelOrigin
    ) {
        self.key = key
        self.metrics = metrics
        self.alias = alias
        self.expected = expected
        self.origin = origin
    }
}

/// A wish about the registry that does not come from a task's end.
package indirect enum ModelCommand: Hashable, Sendable {
    case createModel(ModelName, description: String, tags: [String: String])
    case renameModel(ModelName, to: ModelName)
    case deleteModel(ModelName)
    case createVersion(ModelDraft)
    case deleteVersion(ModelVersionKey)
    case edit(ModelEdit)
    case setAlias(AliasName, to: ModelVersionKey, reason: String, origin: ModelOrigin?)
    case removeAlias(AliasName, of: ModelName, reason: String)
    case rollBack(AliasName, of: ModelName, reason: String)
}
