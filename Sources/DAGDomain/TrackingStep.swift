import JSONText

/// What an MLflow server of the person's own is to be told, noted in the commit of the change that it is about.
///
/// A step of the registry names only what has changed: what is true of it is read when the server is told, so a step can
/// be told twice, and late.
package enum TrackingStep: Hashable, Sendable {
    /// An attempt has ended; the detail says how, and what it measured.
    case run(AttemptID, JSONObject)
    /// A model is there, or its description has changed.
    case model(ModelName)
    case renamed(ModelName, from: ModelName)
    /// A version is there, or its description has changed.
    case version(ModelVersionKey)
    /// A tag of a model or of one of its versions was set or removed.
    case tag(ModelName, ModelVersionNumber?, key: String)
    /// An alias was moved or removed.
    case alias(ModelName, AliasName)
}

extension ModelChange {
    /// What the server is told of the change. Versions and models that are deleted here stay there, without their aliases;
    /// metrics of versions are those of runs there.
    package var trackingSteps: [TrackingStep] {
        switch self {
        case .modelCreated(let model, let tags):
            [.model(model.name)] + tags.keys.sorted().map { .tag(model.name, nil, key: $0) }
        case .modelRenamed(let name, let newName): [.renamed(newName, from: name)]
        case .versionCreated(let version, _): [.version(version.key)]
        case .aliasMoved(let change): [.alias(change.model, change.alias)]
        case .edited(let edit): edit.trackingSteps
        case .modelDeleted, .versionDeleted, .versionMeasured: []
        }
    }
}

extension ModelEdit {
    fileprivate var trackingSteps: [TrackingStep] {
        switch self {
        case .describeModel(let name, _): [.model(name)]
        case .tagModel(let name, let key, _): [.tag(name, nil, key: key)]
        case .describeVersion(let key, _): [.version(key)]
        case .tagVersion(let key, let name, _): [.tag(key.model, key.version, key: name)]
        case .setStatus: []
        }
    }
}
