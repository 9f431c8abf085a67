import ArtifactStore
import DAGDomain
import Foundation
import Testing

@Suite struct ArtifactKeepingTests {
    private let home: TemporaryFolder
    private let task: TemporaryFolder
    private let store: ArtifactStore
    /// SHA-256 of "abc", from FIPS 180-2 appendix B.1, and of nothing.
    private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    private let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    init() throws {
        home = try TemporaryFolder()
        task = try TemporaryFolder()
        store = ArtifactStore(home: home.path)
    }

    private func ingest(_ paths: String...) throws(ArtifactStoreError) -> [ArtifactReference] {
        try store.ingest(
            folder: task.path, declarations: paths.map { ArtifactDeclaration(name: "n:" + $0, path: $0) })
    }

    @Test func filesAreKeptByTheirContentInTheOrderOfTheDeclarations() throws {
        try task.write("abc", to: "deep/er/model.bin")
        try task.write("", to: "empty")
        try task.write("not declared", to: "other")
        let references = try ingest("empty", "deep/er/model.bin")
        #expect(
            references == [
                ArtifactReference(name: "n:empty", path: "empty", sha256: nothing, sizeBytes: 0),
                ArtifactReference(
                    name: "n:deep/er/model.bin", path: "deep/er/model.bin", sha256: abc, sizeBytes: 3),
            ])
        let path = try store.path(of: abc)
        #expect(path == home.path + "/artifacts/ba/" + abc)
        #expect(FileManager.default.contents(atPath: path) == Data("abc".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o444)
        try store.verify(abc)
        #expect(try home.files() == ["artifacts/ba/\(abc)", "artifacts/e3/\(nothing)"])
    }

    @Test func theSameContentIsKeptOnceAndTheTasksFileStaysItsOwn() throws {
        try task.write("abc", to: "a")
        try task.write("abc", to: "b")
        #expect(try ingest("a", "b").map(\.sha256) == [abc, abc])
        #expect(try home.files().count == 1)
        try task.write("changed later", to: "a")
        try store.verify(abc)
        #expect(try ingest("b").map(\.sha256) == [abc])
    }

    @Test func aLargeFileGoesThroughInPieces() throws {
        let bytes = Data((0..<3_500_001).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) })
        try bytes.write(to: URL(fileURLWithPath: task.path + "/large"))
        let reference = try #require(try ingest("large").first)
        #expect(reference.sizeBytes == 3_500_001)
        #expect(FileManager.default.contents(atPath: try store.path(of: reference.sha256)) == bytes)
        try store.verify(reference.sha256)
    }

    @Test func aMissingFileIsNamedWithWhatIsThere() throws {
        try task.write("x", to: "sub/model.bin")
        try task.write("x", to: "b.txt")
        let expected = ArtifactStoreError.missing(
            name: "n:model.bin", path: "model.bin", present: ["b.txt", "sub/model.bin"])
        #expect(throws: expected) { try ingest("b.txt", "model.bin") }
        #expect(try home.files() == [], "nothing is kept when one is missing")
        #expect(throws: ArtifactStoreError.self) { try ingest("sub/none/model.bin") }
        for number in 1...30 { try task.write("x", to: "many/\(number)") }
        #expect {
            try ingest("none")
        } throws: { error in
            guard case .missing(_, _, let present)? = error as? ArtifactStoreError else { return false }
            return present.count == ArtifactStoreError.listingLimit
        }
    }

    @Test func aMissingFolderHoldsNothing() throws {
        let error = ArtifactStoreError.missing(name: "a", path: "a", present: [])
        #expect(throws: error) {
            try store.ingest(
                folder: task.path + "/none", declarations: [ArtifactDeclaration(name: "a", path: "a")])
        }
        #expect(try store.ingest(folder: task.path + "/none", declarations: []) == [])
    }

    @Test func twoDeclarationsWithOneNameAreRefused() throws {
        try task.write("x", to: "a")
        let declaration = ArtifactDeclaration(name: "a", path: "a")
        #expect(throws: ArtifactStoreError.duplicateName("a")) {
            try store.ingest(folder: task.path, declarations: [declaration, declaration])
        }
    }

    @Test(arguments: [
        "", "..", "../../etc/passwd", "/etc/passwd", "a/../../x", "./a", "a//b", "a/", "a\u{0}b", ".",
    ]) func aPathThatLeavesTheFolderIsRefused(path: String) throws {
        try task.write("x", to: "a")
        #expect(throws: ArtifactStoreError.pathLeavesFolder(name: "n:" + path, path: path)) {
            try ingest(path)
        }
    }

    @Test func linksAreNotFollowed() throws {
        try task.write("x", to: "real/file")
        for (name, target) in [
            ("out", "/etc/passwd"), ("in", "real/file"), ("folder", "real"), ("up", ".."), ("loop", "loop"),
        ] {
            try FileManager.default.createSymbolicLink(
                atPath: task.path + "/" + name, withDestinationPath: target)
        }
        for path in ["out", "in", "folder/file", "up/x", "loop", "loop/x"] {
            #expect(throws: ArtifactStoreError.symbolicLink(name: "n:" + path, path: path)) {
                try ingest(path)
            }
        }
        let linked = task.path + "-link"
        try FileManager.default.createSymbolicLink(atPath: linked, withDestinationPath: task.path)
        defer { unlink(linked) }
        #expect(throws: ArtifactStoreError.self) {
            try store.ingest(
                folder: linked, declarations: [ArtifactDeclaration(name: "f", path: "real/file")])
        }
    }

    @Test func whatIsNoRegularFileIsRefusedAndNeverWaitedFor() throws {
        #expect(mkfifo(task.path + "/fifo", 0o600) == 0)
        try FileManager.default.createDirectory(
            atPath: task.path + "/folder", withIntermediateDirectories: false)
        for (path, kind) in [("fifo", "a FIFO"), ("folder", "a folder")] {
            let expected = ArtifactStoreError.notAFile(name: "n:" + path, path: path, kind: kind)
            #expect(throws: expected) { try ingest(path) }
        }
        let device = ArtifactStoreError.notAFile(name: "d", path: "null", kind: "a device")
        #expect(throws: device) {
            try store.ingest(folder: "/dev", declarations: [ArtifactDeclaration(name: "d", path: "null")])
        }
    }

    @Test(arguments: ["", "ab", "../../etc/passwd", String(repeating: "A", count: 64)])
    func onlyAHashBecomesAPath(text: String) {
        #expect(throws: ArtifactStoreError.badHash(text)) { try store.path(of: text) }
    }

    @Test func damageIsFoundAndMendedByTheSameContent() throws {
        try task.write("abc", to: "a")
        _ = try ingest("a")
        let path = try store.path(of: abc)
        unlink(path)
        #expect(throws: ArtifactStoreError.unknown(sha256: abc)) { try store.verify(abc) }
        #expect(try !store.contains(abc))
        try Data("ab".utf8).write(to: URL(fileURLWithPath: path))
        #expect {
            try store.verify(abc)
        } throws: { error in
            if case .damaged(abc, _)? = error as? ArtifactStoreError { true } else { false }
        }
        _ = try ingest("a")
        try store.verify(abc)
    }

    @Test func garbageAndDraftsAreRemovedAndTheRestStays() throws {
        try task.write("abc", to: "a")
        try task.write("garbage", to: "b")
        let references = try ingest("a", "b")
        try FileManager.default.createDirectory(
            atPath: store.folder + "/partial", withIntermediateDirectories: true)
        try Data("half".utf8).write(to: URL(fileURLWithPath: store.folder + "/partial/1-x"))
        // Nobody has said yet that the rows that name them are committed.
        #expect(try store.collectGarbage(needed: []).removedFiles == 0)
        store.release(references.map(\.sha256))
        #expect(try store.collectGarbage(needed: [], dryRun: true).removedFiles == 2)
        #expect(try store.collectGarbage(needed: [abc], isNeeded: { _ in true }).removedFiles == 0)
        let report = try store.collectGarbage(needed: [abc])
        #expect(report == .init(removedFiles: 1, removedBytes: 7, keptFiles: 1))
        #expect(try home.files() == ["artifacts/ba/\(abc)"])
        #expect(try !store.contains(references[1].sha256))
        #expect(try store.collectGarbage(needed: [abc]).removedFiles == 0)
    }
}
