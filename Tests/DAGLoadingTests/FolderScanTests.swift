import DAGDomain
import DAGLoading
import Foundation
import Glibc
import Testing

/// A folder of its own for one test, gone at its end.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "dag-loading-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
        let url = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }
}

@Suite struct FolderScanTests {
    private func file(_ id: String) -> String {
        "{\"dag_id\":\"\(id)\",\"tasks\":[{\"id\":\"t\",\"command\":\"x\"}]}"
    }

    /// What became of each file: its id, or its errors, by its path in the folder.
    private func scan(_ folder: TemporaryFolder) throws -> [String] {
        try DAGFolderScan().load(folder: folder.path).map { file in
            let name = file.path.dropFirst(folder.path.count + 1)
            let errors = file.errors.map(\.description).joined(separator: "; ")
            return "\(name): " + (file.dag?.id.text ?? errors.replacingOccurrences(of: folder.path, with: ""))
        }
    }

    @Test func findsFilesInOrder() throws {
        let folder = try TemporaryFolder()
        try folder.write("b.json", file("b"))
        try folder.write("a/z.json", file("z"))
        try folder.write("a/note.txt", "no")
        try folder.write(".hidden/c.json", file("c"))
        try folder.write(".d.json", file("d"))
        #expect(try scan(folder) == ["a/z.json: z", "b.json: b"])
        let dag = try #require(try DAGFolderScan().load(folder: folder.path).first?.dag)
        #expect(dag.path == folder.path + "/a/z.json")
        #expect(dag.folder == folder.path + "/a")
    }

    @Test func refusesFilesWithOneID() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.json", file("same"))
        try folder.write("b.json", "{\"dag_id\":\"same\"}")
        try folder.write("c.json", file("other"))
        #expect(
            try scan(folder) == [
                "a.json: 1:11: the dag_id \"same\" is also that of /b.json",
                "b.json: 1:11: the dag_id \"same\" is also that of /a.json; 1:1: a DAG needs \"tasks\"",
                "c.json: other",
            ])
    }

    @Test func namesWhatIsNotAFileAndNeverWaits() throws {
        let folder = try TemporaryFolder()
        try folder.write("dir.json/inside.json", file("inside"))
        try folder.write("good.json", file("good"))
        #expect(mkfifo(folder.path + "/fifo.json", 0o600) == 0)
        #expect(symlink("/dev/zero", folder.path + "/zero.json") == 0)
        #expect(symlink("nowhere", folder.path + "/broken.json") == 0)
        #expect(symlink("loop.json", folder.path + "/loop.json") == 0)
        #expect(symlink("good.json", folder.path + "/.link") == 0)
        #expect(symlink(".", folder.path + "/up") == 0)
        let unix = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(unix) }
        #expect(bindSocket(unix, "socket.json", in: folder.path))
        #expect(
            try scan(folder) == [
                "broken.json: 1:1: a symbolic link to nothing", "dir.json: 1:1: this is a folder, not a file",
                "fifo.json: 1:1: this is a FIFO, not a file", "good.json: good",
                "loop.json: 1:1: a symbolic link that leads back to itself",
                "socket.json: 1:1: this is a socket, not a file",
                "up: 1:1: a symbolic link that leads back to a folder above it",
                "zero.json: 1:1: this is a device, not a file",
            ])
    }

    /// Binds by a relative path through `/proc/self/fd`, because a socket's path has at most 107 bytes.
    private func bindSocket(_ socket: Int32, _ name: String, in folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = "/proc/self/fd/\(descriptor)/\(name)"
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    @Test func followsLinksToFilesAndFolders() throws {
        let folder = try TemporaryFolder()
        let elsewhere = try TemporaryFolder()
        try elsewhere.write("sub/far.json", file("far"))
        try elsewhere.write("near.json", file("near"))
        #expect(symlink(elsewhere.path + "/sub", folder.path + "/sub") == 0)
        #expect(symlink(elsewhere.path + "/near.json", folder.path + "/near.json") == 0)
        #expect(try scan(folder) == ["near.json: near", "sub/far.json: far"])
    }

    @Test func reportsAFolderThatIsMissing() throws {
        let error = #expect(throws: DAGFolderScan.FolderError.self) {
            try DAGFolderScan().load(folder: "/nowhere/at/all")
        }
        #expect(error?.description == "cannot read the folder /nowhere/at/all: No such file or directory")
    }

    @Test func refusesLargeFilesUnread() throws {
        let folder = try TemporaryFolder()
        try folder.write("big.json", "")
        #expect(truncate(folder.path + "/big.json", 50_000_000) == 0)
        #expect(
            try scan(folder) == ["big.json: 1:1: the file has 50000000 bytes; a DAG file has at most 16 MiB"])
    }
}
