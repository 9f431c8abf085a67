import DAGDomain
import JSONText
import StateStore
import Testing

@Suite struct ModelStoreTests {
    private static let name = ModelName("it's \"churn\"; DROP TABLE model_version; -- ünï")
    private static let origin = ModelOrigin(
        dagID: DAGID("d"), runID: RunID("r"), taskID: TaskID("t"), mapIndex: 3)

    private static func key(_ version: Int) -> ModelVersionKey {
        ModelVersionKey(name, ModelVersionNumber(version))
    }

    private static func version(_ number: Int) -> ModelVersion {
        let facts = ModelFacts(
            parameters: ["depth": 3, "big": 9_007_199_254_740_993],
            metrics: ["auc": 0.1 + 0.2, "odd": .infinity],
            datasets: [ModelDataset(name: "x", taskID: TaskID("load"), sha256: "ab", sizeBytes: 1 << 40)],
            git: GitState(commit: "c0ffee", isDirty: true),
            environment: [LockFile(path: "uv.lock", sha256: "cd", sizeBytes: 7)])
        let content = ModelContent(
            description: "first", source: "model.bin",
            artifact: ArtifactReference(name: "model", path: "model.bin", sha256: "ef", sizeBytes: 12),
            referenceSHA256: "12", trackingRunID: "34", origin: origin, dagVersion: DAGVersionHash("56"),
            facts: facts)
        return ModelVersion(key: key(number), createdAt: .at(2), updatedAt: .at(2), content: content)
    }

    private static func alias(
        _ from: Int?, _ to: Int?, kind: AliasChange.Kind = .set, at: Int64 = 3
    ) -> AliasChange {
        AliasChange(
            model: name, alias: .champion, from: from.map { ModelVersionNumber($0) },
            to: to.map { ModelVersionNumber($0) }, at: .at(at), who: "ana", reason: "why", kind: kind,
            origin: to == 1 ? origin : nil)
    }

    private static func commit(_ changes: [ModelChange], to store: StateStore, at: Int64 = 5) throws {
        try store.commit(changes.map { .modelChanged($0, at: .at(at), by: "ana") }, at: .at(at))
    }

    private static func filled(_ home: TemporaryHome) throws -> StateStore {
        let store = try Fixture().store(home)
        let model = RegisteredModel(name: name, description: "about", createdAt: .at(1), updatedAt: .at(1))
        try commit(
            [
                .modelCreated(model, tags: ["team": "x"]), .versionCreated(version(1), tags: ["k": "v"]),
                .versionCreated(version(2), tags: [:]), .aliasMoved(alias(nil, 1)),
            ], to: store)
        return store
    }

    @Test func everyFieldComesBack() throws {
        let home = try TemporaryHome()
        let store = try Self.filled(home)
        let row = try #require(try store.registeredModel(Self.name))
        #expect(row.model.description == "about" && row.tags == ["team": "x"] && row.versions == 2)
        #expect(row.aliases == [.champion: ModelVersionNumber(1)] && row.latest == ModelVersionNumber(2))
        let versions = try store.modelVersions(of: Self.name)
        #expect(versions.map(\.version) == [Self.version(2), Self.version(1)])
        #expect(versions[1].tags == ["k": "v"] && versions[1].aliases == [.champion])
        #expect(try store.aliasChanges(of: Self.name) == [Self.alias(nil, 1)])
        #expect(try store.modelVersion(Self.key(3)) == nil)
        let events = try store.events().map(\.event.what)
        #expect(
            events == ["model_alias_set", "model_version_created", "model_version_created", "model_created"])
    }

    @Test func metricsAreAddedToThoseThatAreThere() throws {
        let home = try TemporaryHome()
        let store = try Self.filled(home)
        try Self.commit(
            [.versionMeasured(Self.key(1), ["auc": 0.5, "new": -.infinity], origin: Self.origin)], to: store)
        let facts = try #require(try store.modelVersion(Self.key(1))).version.content.facts
        #expect(facts.metrics == ["auc": 0.5, "odd": .infinity, "new": -.infinity])
        #expect(facts.parameters == Self.version(1).content.facts.parameters)
        #expect(facts.git == GitState(commit: "c0ffee", isDirty: true))
    }

    @Test func aNameAndItsHistoryMoveTogether() throws {
        let home = try TemporaryHome()
        let store = try Self.filled(home)
        let newName = ModelName("new")
        try Self.commit([.modelRenamed(Self.name, to: newName)], to: store)
        #expect(try store.registeredModel(Self.name) == nil)
        let row = try #require(try store.registeredModel(newName))
        #expect(row.tags == ["team": "x"] && row.versions == 2 && row.aliases.count == 1)
        #expect(try store.aliasChanges(of: newName).count == 1)
        #expect(try store.modelHistories().map(\.changes.count) == [1])
    }

    @Test func aDeletedModelLeavesItsHistoryAndANewOneDoesNotInheritIt() throws {
        let home = try TemporaryHome()
        let store = try Self.filled(home)
        try Self.commit(
            [.aliasMoved(Self.alias(1, nil, kind: .removed, at: 6)), .modelDeleted(Self.name)], to: store,
            at: 6)
        #expect(try store.registeredModels().isEmpty && store.modelVersions().isEmpty)
        #expect(try store.aliasChanges(of: Self.name).count == 2)
        let again = RegisteredModel(name: Self.name, createdAt: .at(9), updatedAt: .at(9))
        try Self.commit([.modelCreated(again, tags: [:])], to: store, at: 9)
        let history = try #require(try store.modelHistories().first)
        #expect(history.next == 1 && history.versions.isEmpty && history.changes.isEmpty)
    }

    /// What does not fit what is stored is refused whole.
    @Test(arguments: [
        ModelChange.aliasMoved(alias(2, 1)), .aliasMoved(alias(nil, 2)), .aliasMoved(alias(1, 7)),
        .versionCreated(version(2), tags: [:]), .versionCreated(version(9), tags: [:]),
        .versionDeleted(key(8)), .modelDeleted(ModelName("other")),
        .versionMeasured(key(8), [:], origin: nil), .edited(.describeVersion(key(8), "")),
        .edited(.tagVersion(key(8), key: "k", value: "v")),
    ]) func whatDoesNotFitIsRefused(_ change: ModelChange) throws {
        let home = try TemporaryHome()
        let store = try Self.filled(home)
        let before = try store.modelVersions()
        #expect(throws: StateStoreError.self) {
            try Self.commit([.edited(.describeVersion(Self.key(1), "changed")), change], to: store)
        }
        #expect(try store.modelVersions() == before)
    }

    @Test func editsAreKept() throws {
        let home = try TemporaryHome()
        let store = try Self.filled(home)
        try Self.commit(
            [
                .edited(.describeModel(Self.name, "d")),
                .edited(.tagModel(Self.name, key: "team", value: nil)),
                .edited(.tagModel(Self.name, key: "a", value: "1")),
                .edited(.tagModel(Self.name, key: "a", value: "2")),
                .edited(.describeVersion(Self.key(1), "e")), .edited(.setStatus(Self.key(1), .failed)),
                .edited(.tagVersion(Self.key(1), key: "k", value: nil)),
                .edited(.tagVersion(Self.key(1), key: "l", value: "3")), .versionDeleted(Self.key(2)),
            ], to: store)
        let row = try #require(try store.registeredModel(Self.name))
        #expect(row.model.description == "d" && row.tags == ["a": "2"] && row.versions == 1)
        let version = try #require(try store.modelVersion(Self.key(1)))
        #expect(version.version.content.description == "e" && version.version.content.status == .failed)
        #expect(version.tags == ["l": "3"])
        #expect(try store.modelHistories().first?.next == 3)
    }
}
