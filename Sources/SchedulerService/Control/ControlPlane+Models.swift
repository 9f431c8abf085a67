import ArtifactStore
import DAGDomain
import DAGLoading
import LifecycleCore
import StateStore

/// The registry of models. What changes it goes through the scheduler's mailbox, so that it is in one order with what
/// tasks do to it.
extension ControlPlane {
    // MARK: Models

    package func registeredModel(_ name: ModelName) throws(ControlPlaneError) -> RegisteredModelRow {
        let row = try reading { () throws(StateStoreError) in try store.registeredModel(name) }
        if let row { return row }
        throw try unknown(name)
    }

    package func registeredModels() throws(ControlPlaneError) -> [RegisteredModelRow] {
        try reading { () throws(StateStoreError) in try store.registeredModels() }
    }

    package func createModel(
        _ name: ModelName, description: String = "", tags: [String: String] = [:], by who: String
    ) async throws(ControlPlaneError) -> RegisteredModelRow {
        try await change(.createModel(name, description: description, tags: tags), by: who)
        return try registeredModel(name)
    }

    package func renameModel(
        _ name: ModelName, to newName: ModelName, by who: String
    ) async throws(ControlPlaneError) -> RegisteredModelRow {
        try await change(.renameModel(name, to: newName), by: who)
        return try registeredModel(newName)
    }

    /// With all its versions. The files stay, as long as anything else needs them.
    package func deleteModel(_ name: ModelName, by who: String) async throws(ControlPlaneError) {
        try await change(.deleteModel(name), by: who)
    }

    package func describeModel(
        _ name: ModelName, _ text: String, by who: String
    ) async throws(ControlPlaneError) {
        try await change(.edit(.describeModel(name, text)), by: who)
    }

    /// - Parameter value: nil removes the tag.
    package func tagModel(
        _ name: ModelName, key: String, value: String?, by who: String
    ) async throws(ControlPlaneError) {
        try await change(.edit(.tagModel(name, key: key, value: value)), by: who)
    }

    // MARK: Versions

    package func modelVersion(_ key: ModelVersionKey) throws(ControlPlaneError) -> ModelVersionRow {
        let row = try reading { () throws(StateStoreError) in try store.modelVersion(key) }
        if let row { return row }
        _ = try registeredModel(key.model)
        throw .unknownModelVersion(key)
    }

    package func modelVersion(
        _ name: ModelName, _ reference: ModelReference
    ) throws(ControlPlaneError) -> ModelVersionRow {
        let model = try registeredModel(name)
        switch reference {
        case .version(let number): return try modelVersion(ModelVersionKey(name, number))
        case .alias(let alias):
            guard let number = model.aliases[alias] else { throw .unknownAlias(name, alias) }
            return try modelVersion(ModelVersionKey(name, number))
        case .latest:
            guard let number = model.latest else { throw .invalidRequest("model `\(name)` has no versions") }
            return try modelVersion(ModelVersionKey(name, number))
        }
    }

    /// A version that no task made; the model must be there.
    package func createModelVersion(
        _ draft: ModelDraft, by who: String
    ) async throws(ControlPlaneError) -> ModelVersionRow {
        let changes = try await change(.createVersion(draft), by: who)
        for case .versionCreated(let version, _) in changes { return try modelVersion(version.key) }
        throw .unavailable("the new version of \(draft.model) cannot be read back")
    }

    package func describeVersion(
        _ key: ModelVersionKey, _ text: String, by who: String
    ) async throws(ControlPlaneError) {
        try await change(.edit(.describeVersion(key, text)), by: who)
    }

    package func setVersionStatus(
        _ key: ModelVersionKey, _ status: ModelVersionStatus, by who: String
    ) async throws(ControlPlaneError) {
        try await change(.edit(.setStatus(key, status)), by: who)
    }

    /// - Parameter value: nil removes the tag.
    package func tagVersion(
        _ version: ModelVersionKey, key: String, value: String?, by who: String
    ) async throws(ControlPlaneError) {
        try await change(.edit(.tagVersion(version, key: key, value: value)), by: who)
    }

    /// With the aliases that point to it.
    package func deleteVersion(_ key: ModelVersionKey, by who: String) async throws(ControlPlaneError) {
        try await change(.deleteVersion(key), by: who)
    }

    /// Where the file of a version lies, and how many bytes it has.
    ///
    /// - Throws: `.invalidRequest` when something outside keeps it, `.conflict` when it is gone.
    package func modelFile(of row: ModelVersionRow) throws(ControlPlaneError) -> (path: String, bytes: Int64)
    {
        guard let artifact = row.version.content.artifact else {
            throw .invalidRequest(
                "the file of \(row.key) is not kept here but at \(row.version.content.source)")
        }
        let store = ArtifactStore(home: settings.home.path)
        let path: String
        let isThere: Bool
        do throws(ArtifactStoreError) {
            path = try store.path(of: artifact.sha256)
            isThere = try store.contains(artifact.sha256)
        } catch {
            throw .conflict("the file of \(row.key) cannot be found: \(error.sentence)")
        }
        guard isThere else { throw .conflict("the file of \(row.key) is gone: there is no \(path) any more") }
        return (path, artifact.sizeBytes)
    }

    // MARK: Aliases

    /// - Returns: nil when the alias points there already.
    @discardableResult
    package func setAlias(
        _ alias: AliasName, of model: ModelName, to version: ModelVersionNumber, by who: String,
        reason: String = "", origin: ModelOrigin? = nil
    ) async throws(ControlPlaneError) -> AliasChange? {
        let key = ModelVersionKey(model, version)
        return try await change(.setAlias(alias, to: key, reason: reason, origin: origin), by: who).movedAlias
    }

    /// - Returns: nil when there is no such alias.
    @discardableResult
    package func removeAlias(
        _ alias: AliasName, of model: ModelName, by who: String, reason: String = ""
    ) async throws(ControlPlaneError) -> AliasChange? {
        try await change(.removeAlias(alias, of: model, reason: reason), by: who).movedAlias
    }

    /// Points an alias to the version it had before; asked again, to the one before that.
    @discardableResult
    package func rollBackAlias(
        _ alias: AliasName = .champion, of model: ModelName, by who: String, reason: String = ""
    ) async throws(ControlPlaneError) -> AliasChange {
        let changes = try await change(.rollBack(alias, of: model, reason: reason), by: who)
        guard let change = changes.movedAlias else {
            throw .conflict("the alias `\(alias)` of model `\(model)` did not move")
        }
        return change
    }

    package func aliasChanges(
        of model: ModelName, alias: AliasName? = nil
    ) throws(ControlPlaneError) -> [AliasChange] {
        try reading { () throws(StateStoreError) in try store.aliasChanges(of: model, alias: alias) }
    }

    // MARK: Help

    @discardableResult
    private func change(
        _ command: ModelCommand, by who: String
    ) async throws(ControlPlaneError) -> [ModelChange] {
        let result: Result<[ModelChange], ModelRefusal> = try await engine.perform { engine in
            Result { () throws(ModelRefusal) in try engine.change(command, by: who) }
        }
        do { return try result.get() } catch { throw try refused(error) }
    }

    private func refused(_ refusal: ModelRefusal) throws(ControlPlaneError) -> ControlPlaneError {
        switch refusal {
        case .badName, .badAlias: .invalidRequest(refusal.sentence)
        case .modelExists, .nothingBefore: .conflict(refusal.sentence)
        case .unknownModel(let name): try unknown(name)
        case .unknownVersion(let key): .unknownModelVersion(key)
        }
    }

    private func unknown(_ name: ModelName) throws(ControlPlaneError) -> ControlPlaneError {
        let known = try registeredModels().map(\.model.name.text)
        return .unknownModel(name, nearest: NearestWord.find(name.text, in: known))
    }
}

extension [ModelChange] {
    fileprivate var movedAlias: AliasChange? {
        for case .aliasMoved(let change) in self { return change }
        return nil
    }
}
