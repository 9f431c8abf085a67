import DAGDomain

/// The registry of models as far as decisions need it: which versions there are, and where each alias points and has
/// pointed. A command or the end of a task in, the changes to be recorded out; what is refused changes nothing.
///
/// What versions hold is in the database only.
package struct ModelRegistry: Hashable, Sendable {
    /// Where an alias has pointed, the present last. A rollback takes the last away; what follows it is as if the undone
    /// change had never been.
    struct Alias: Hashable, Sendable {
        var versions: [ModelVersionNumber] = []
        /// Whether it points anywhere now: a removed alias can still be rolled back to where it pointed.
        var isSet = false

        var version: ModelVersionNumber? { isSet ? versions.last : nil }
    }

    struct Model: Hashable, Sendable {
        var next = 1
        var removed: Set<ModelVersionNumber> = []
        var aliases: [AliasName: Alias] = [:]

        func contains(_ version: ModelVersionNumber) -> Bool {
            version.value >= 1 && version.value < next && !removed.contains(version)
        }
    }

    private(set) var models: [ModelName: Model] = [:]

    /// How far back an alias can be rolled.
    static let depth = 1_000

    package init() {}

    package func contains(_ key: ModelVersionKey) -> Bool {
        models[key.model]?.contains(key.version) ?? false
    }

    package func contains(_ model: ModelName) -> Bool { models[model] != nil }

    package func version(of model: ModelName, _ alias: AliasName) -> ModelVersionNumber? {
        models[model]?.aliases[alias]?.version
    }

    // MARK: Commands

    package mutating func handle(
        _ command: ModelCommand, at now: Timestamp, by who: String
    ) throws(ModelRefusal) -> [ModelChange] {
        switch command {
        case .createModel(let name, let description, let tags):
            guard name.isValid else { throw .badName(name.text) }
            guard models[name] == nil else { throw .modelExists(name) }
            return [create(name, description: description, tags: tags, at: now)]
        case .renameModel(let name, let newName): return try rename(name, to: newName)
        case .deleteModel(let name):
            let model = try known(name)
            models[name] = nil
            return removals(of: model.aliases.filter(\.value.isSet), name, at: now, by: who)
                + [.modelDeleted(name)]
        case .createVersion(let draft):
            _ = try known(draft.model)
            if let alias = draft.alias, !alias.isValid { throw .badAlias(alias.text) }
            return add(draft, at: now, by: who)
        case .deleteVersion(let key): return try delete(key, at: now, by: who)
        case .edit(let edit):
            if let version = edit.version {
                try check(ModelVersionKey(edit.model, version))
            } else {
                _ = try known(edit.model)
            }
            return [.edited(edit)]
        case .setAlias(let alias, let key, let reason, let origin):
            guard alias.isValid else { throw .badAlias(alias.text) }
            try check(key)
            return move(alias, to: key, at: now, by: who, reason: reason, origin: origin)
        case .removeAlias(let alias, let name, let reason):
            let model = try known(name)
            guard let found = model.aliases[alias], found.isSet else { return [] }
            models[name]?.aliases[alias]?.isSet = false
            return removals(of: [alias: found], name, at: now, by: who, reason: reason)
        case .rollBack(let alias, let name, let reason):
            return try rollBack(alias, of: name, at: now, by: who, reason: reason)
        }
    }

    private func known(_ name: ModelName) throws(ModelRefusal) -> Model {
        guard let model = models[name] else { throw .unknownModel(name) }
        return model
    }

    private func check(_ key: ModelVersionKey) throws(ModelRefusal) {
        guard try known(key.model).contains(key.version) else { throw .unknownVersion(key) }
    }

    mutating func create(
        _ name: ModelName, description: String = "", tags: [String: String] = [:], at now: Timestamp
    ) -> ModelChange {
        models[name] = Model()
        return .modelCreated(
            RegisteredModel(name: name, description: description, createdAt: now, updatedAt: now), tags: tags)
    }

    private mutating func rename(
        _ name: ModelName, to newName: ModelName
    ) throws(ModelRefusal) -> [ModelChange] {
        let model = try known(name)
        guard newName.isValid else { throw .badName(newName.text) }
        if name == newName { return [] }
        guard models[newName] == nil else { throw .modelExists(newName) }
        models[name] = nil
        models[newName] = model
        return [.modelRenamed(name, to: newName)]
    }

    /// Gives a draft its number; the model is there.
    mutating func add(_ draft: ModelDraft, at now: Timestamp, by who: String) -> [ModelChange] {
        var model = models[draft.model] ?? Model()
        let key = ModelVersionKey(draft.model, ModelVersionNumber(model.next))
        model.next += 1
        models[draft.model] = model
        let version = ModelVersion(key: key, createdAt: now, updatedAt: now, content: draft.content)
        var changes: [ModelChange] = [.versionCreated(version, tags: draft.tags)]
        if let alias = draft.alias {
            changes += move(
                alias, to: key, at: now, by: who, reason: "registered with it", origin: draft.content.origin)
        }
        return changes
    }

    private mutating func delete(
        _ key: ModelVersionKey, at now: Timestamp, by who: String
    ) throws(ModelRefusal) -> [ModelChange] {
        try check(key)
        guard var model = models[key.model] else { throw .unknownModel(key.model) }
        let pointing = model.aliases.filter { $0.value.version == key.version }
        model.removed.insert(key.version)
        for (name, var alias) in model.aliases {
            if pointing[name] != nil { alias.isSet = false }
            alias.forget { $0 == key.version }
            model.aliases[name] = alias
        }
        models[key.model] = model
        return removals(
            of: pointing, key.model, at: now, by: who, reason: "version \(key.version) was deleted")
            + [.versionDeleted(key)]
    }

    // MARK: Aliases

    /// Points an alias at a version; nothing when it points there.
    mutating func move(
        _ name: AliasName, to key: ModelVersionKey, at now: Timestamp, by who: String, reason: String,
        origin: ModelOrigin?
    ) -> [ModelChange] {
        let old = models[key.model]?.aliases[name] ?? Alias()
        guard old.version != key.version else { return [] }
        var alias = old
        if alias.versions.last != key.version { alias.versions.append(key.version) }
        alias.versions = alias.versions.suffix(Self.depth)
        alias.isSet = true
        models[key.model]?.aliases[name] = alias
        return [
            .aliasMoved(
                AliasChange(
                    model: key.model, alias: name, from: old.version, to: key.version, at: now, who: who,
                    reason: reason, kind: .set, origin: origin))
        ]
    }

    private func removals(
        of aliases: [AliasName: Alias], _ model: ModelName, at now: Timestamp, by who: String,
        reason: String = ""
    ) -> [ModelChange] {
        aliases.sorted { $0.key < $1.key }.map { name, alias in
            .aliasMoved(
                AliasChange(
                    model: model, alias: name, from: alias.version, to: nil, at: now, who: who,
                    reason: reason, kind: .removed))
        }
    }

    /// Where a rollback would point an alias.
    package func versionBefore(
        _ name: AliasName, of model: ModelName
    ) throws(ModelRefusal) -> ModelVersionNumber {
        let alias = try known(model).aliases[name] ?? Alias()
        guard let version = alias.versions.dropLast(alias.isSet ? 1 : 0).last else {
            throw .nothingBefore(model, name, alias.version)
        }
        return version
    }

    mutating func rollBack(
        _ name: AliasName, of model: ModelName, at now: Timestamp, by who: String, reason: String,
        origin: ModelOrigin? = nil
    ) throws(ModelRefusal) -> [ModelChange] {
        let version = try versionBefore(name, of: model)
        let old = try known(model).aliases[name] ?? Alias()
        var alias = old
        if alias.isSet { alias.versions.removeLast() }
        alias.isSet = true
        models[model]?.aliases[name] = alias
        return [
            .aliasMoved(
                AliasChange(
                    model: model, alias: name, from: old.version, to: version, at: now, who: who,
                    reason: reason, kind: .rollback, origin: origin))
        ]
    }

    // MARK: Restoring

    /// Puts back what the database holds of a model.
    ///
    /// - Parameter changes: of its aliases since it was created, the oldest first.
    package mutating func restore(
        _ name: ModelName, next: Int, versions: Set<ModelVersionNumber>, changes: [AliasChange]
    ) {
        var model = Model(next: next)
        if versions.count < next - 1 {
            model.removed = Set((1..<next).map { ModelVersionNumber($0) }).subtracting(versions)
        }
        for change in changes {
            var alias = model.aliases[change.alias] ?? Alias()
            alias.replay(change)
            model.aliases[change.alias] = alias
        }
        for name in model.aliases.keys {
            model.aliases[name]?.forget { [removed = model.removed] in removed.contains($0) }
        }
        models[name] = model
    }
}

extension ModelRegistry.Alias {
    /// Leaves versions out of the past that are gone; what stood before and after one of them is then one stay.
    fileprivate mutating func forget(_ isGone: (ModelVersionNumber) -> Bool) {
        versions = versions.filter { !isGone($0) }.reduce(into: []) { kept, version in
            if kept.last != version { kept.append(version) }
        }
    }

    fileprivate mutating func replay(_ change: AliasChange) {
        switch change.kind {
        case .removed: isSet = false
        case .set:
            if let version = change.to, versions.last != version { versions.append(version) }
            isSet = change.to != nil
        case .rollback:
            if isSet, !versions.isEmpty { versions.removeLast() }
            while let last = versions.last, last != change.to { versions.removeLast() }
            isSet = !versions.isEmpty
        }
        versions = versions.suffix(ModelRegistry.depth)
    }
}

/// Why the registry did not do what it was asked.
package enum ModelRefusal: Error, Hashable, Sendable {
    case badName(String)
    case badAlias(String)
    case modelExists(ModelName)
    case unknownModel(ModelName)
    case unknownVersion(ModelVersionKey)
    /// An alias was never anywhere else than where it is (nil: nowhere).
    case nothingBefore(ModelName, AliasName, ModelVersionNumber?)
}
