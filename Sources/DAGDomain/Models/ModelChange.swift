/// One change of the registry, to be recorded.
package indirect enum ModelChange: Hashable, Sendable {
    case modelCreated(RegisteredModel, tags: [String: String])
    case modelRenamed(ModelName, to: ModelName)
    /// With all its versions; the history of its aliases stays.
    case modelDeleted(ModelName)
    case versionCreated(ModelVersion, tags: [String: String])
    case versionDeleted(ModelVersionKey)
    /// Metrics of a version, in addition to those it has; a name it has already gets the new value.
    case versionMeasured(ModelVersionKey, [String: Double], origin: ModelOrigin?)
    case edited(ModelEdit)
    case aliasMoved(AliasChange)
}

/// A change of what may be changed of models and versions at any time.
package enum ModelEdit: Hashable, Sendable {
    case describeModel(ModelName, String)
    /// Nil removes the tag.
    case tagModel(ModelName, key: String, value: String?)
    case describeVersion(ModelVersionKey, String)
    case tagVersion(ModelVersionKey, key: String, value: String?)
    case setStatus(ModelVersionKey, ModelVersionStatus)

    package var model: ModelName {
        switch self {
        case .describeModel(let name, _), .tagModel(let name, _, _): name
        case .describeVersion(let key, _), .tagVersion(let key, _, _), .setStatus(let key, _): key.model
        }
    }

    package var version: ModelVersionNumber? {
        switch self {
        case .describeModel, .tagModel: nil
        case .describeVersion(let key, _), .tagVersion(let key, _, _), .setStatus(let key, _): key.version
        }
    }
}

/// An alias that points elsewhere from now on; the history is made of these.
package struct AliasChange: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case set, removed
        /// Back to what it was before an earlier change, which is undone by this.
        case rollback
    }

    package let model: ModelName
    package let alias: AliasName
    package let from: ModelVersionNumber?
    package let to: ModelVersionNumber?
    package let at: Timestamp
    package let who: String
    package let reason: String
    package let kind: Kind
    package let origin: ModelOrigin?

    package init(
        model: ModelName, alias: AliasName, from: ModelVersionNumber?, to: ModelVersionNumber?, at: Timestamp,
        who: String, reason: String = "", kind: Kind, origin: ModelOrigin? = nil
    ) {
        self.model = model
        self.alias = alias
        self.from = from
        self.to = to
        self.at = at
        self.who = who
        self.reason = reason
        self.kind = kind
        self.origin = origin
    }
}
