import ArtifactStore
import DAGDomain
import Foundation
import Testing

@Suite(.enabled(if: SmallFileSystem.isPossible, "mounting a small file system needs root"))
struct FullDiskTests {
    @Test func nothingHalfWrittenIsKeptAndRoomMendsIt() throws {
        let disk = try SmallFileSystem(kibibytes: 1024)
        let task = try TemporaryFolder()
        let store = ArtifactStore(home: disk.path)
        try task.write(String(repeating: "x", count: 500_000), to: "model")
        try disk.fill(leaving: 200)
        let declarations = [ArtifactDeclaration(name: "model", path: "model")]
        #expect {
            try store.ingest(folder: task.path, declarations: declarations)
        } throws: { error in
            if case .full? = error as? ArtifactStoreError { true } else { false }
        }
        let left = try FileManager.default.subpathsOfDirectory(atPath: store.folder)
        #expect(left == ["partial"])
        disk.empty()
        let reference = try #require(try store.ingest(folder: task.path, declarations: declarations).first)
        try store.verify(reference.sha256)
    }
}
