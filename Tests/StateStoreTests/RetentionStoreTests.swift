import DAGDomain
import JSONText
import Testing

@testable import StateStore

@Suite struct RetentionStoreTests {
    /// What a version of a model needs is its file, its reference and the data that it was made from.
    @Test func whatAModelNeedsIsNamed() throws {
        let home = try TemporaryHome()
        let store = try Fixture().store(home)
        let hashes = "abcd".map { String(repeating: $0, count: 64) }
        let model = RegisteredModel(name: ModelName("m"), createdAt: .at(1), updatedAt: .at(1))
        let facts = ModelFacts(datasets: [
            ModelDataset(name: "x", taskID: TaskID("t"), sha256: hashes[2], sizeBytes: 1)
        ])
        let content = ModelContent(
            source: "model",
            artifact: ArtifactReference(name: "m", path: "m", sha256: hashes[0], sizeBytes: 1),
            referenceSHA256: hashes[1], facts: facts)
        let version = ModelVersion(
            key: ModelVersionKey(ModelName("m"), ModelVersionNumber(1)), createdAt: .at(1), updatedAt: .at(1),
            content: content)
        try store.commit(
            [
                .modelChanged(.modelCreated(model, tags: [:]), at: .at(1), by: "x"),
                .modelChanged(.versionCreated(version, tags: [:]), at: .at(1), by: "x"),
            ], at: .at(1))
        let needed = try store.neededContents()
        #expect(needed.isSuperset(of: hashes.prefix(3)) && !needed.contains(hashes[3]))
        #expect(try hashes.map { try store.needsContent($0) } == [true, true, true, false])
    }
}
