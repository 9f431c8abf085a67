import DAGDomain
import Foundation
import Testing

@testable import SchedulerService

/// What is read of a repository, held to what git itself says of it.
@Suite struct GitFolderTests {
    /// A repository with one committed file, `work/a.txt`.
    private final class Repository {
        let folder: String

        init() throws {
            folder = NSTemporaryDirectory() + "orchestrator-git-" + UUID().uuidString
            try FileManager.default.createDirectory(
                atPath: folder + "/work", withIntermediateDirectories: true)
            try git("init", "--quiet", "--initial-branch", "main")
            try write("one\n", to: "work/a.txt")
            try git("add", ".")
            try commit()
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        @discardableResult
        func git(_ arguments: String...) throws -> String {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["git", "-C", folder] + arguments
            process.environment = [
                "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1",
            ]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let text = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "git \(arguments)")
            return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }

        func commit() throws {
            try git(
                "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", "x")
        }

        func write(_ text: String, to name: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
        }

        func state(of name: String = "work") -> GitState? { GitFolder.state(of: folder + "/" + name) }
    }

    @Test func theCommitIsGitsAndACleanFolderIsClean() throws {
        let repository = try Repository()
        let state = try #require(repository.state())
        #expect(state.commit == (try repository.git("rev-parse", "HEAD")) && state.isDirty == false)
        #expect(GitFolder.state(of: repository.folder)?.isDirty == false)
        #expect(GitFolder.state(of: "/proc") == nil)
    }

    @Test func aChangedFileIsToldAndATouchedOneIsNot() throws {
        let repository = try Repository()
        try repository.write("two\n", to: "work/a.txt")
        #expect(repository.state()?.isDirty == true)
        try repository.write("one\n", to: "work/a.txt")
        #expect(repository.state()?.isDirty == false)
        try FileManager.default.removeItem(atPath: repository.folder + "/work/a.txt")
        #expect(repository.state()?.isDirty == true)
    }

    @Test func whatIsStagedAndNotCommittedIsTold() throws {
        let repository = try Repository()
        try repository.write("new\n", to: "work/b.txt")
        #expect(repository.state()?.isDirty == false, "a file that is not tracked does not count")
        try repository.git("add", "work/b.txt")
        #expect(repository.state()?.isDirty == true)
        try repository.commit()
        #expect(repository.state()?.isDirty == false)
        try repository.write("three\n", to: "work/a.txt")
        try repository.git("add", "work/a.txt")
        #expect(repository.state()?.isDirty == true)
    }

    @Test func anotherFolderDoesNotCount() throws {
        let repository = try Repository()
        try FileManager.default.createDirectory(
            atPath: repository.folder + "/other", withIntermediateDirectories: true)
        try repository.write("x\n", to: "other/c.txt")
        try repository.git("add", ".")
        try repository.commit()
        try repository.write("y\n", to: "other/c.txt")
        #expect(repository.state()?.isDirty == false && repository.state(of: "other")?.isDirty == true)
    }

    @Test func packedAndDetachedHeadsAndWorktreesAreFound() throws {
        let repository = try Repository()
        let commit = try repository.git("rev-parse", "HEAD")
        try repository.git("pack-refs", "--all")
        #expect(repository.state()?.commit == commit)
        try repository.git("checkout", "--quiet", "--detach")
        #expect(repository.state()?.commit == commit)
        try repository.git("worktree", "add", "--quiet", "-b", "side", "tree")
        let inside = repository.state(of: "tree/work")
        #expect(inside?.commit == commit && inside?.isDirty == false)
    }

    @Test func aDamagedRepositoryIsNoState() throws {
        let repository = try Repository()
        try repository.write("DIRC garbage", to: ".git/index")
        #expect(repository.state()?.isDirty == nil && repository.state() != nil)
        try repository.write("ref: ../../etc/passwd\n", to: ".git/HEAD")
        #expect(repository.state() == nil)
    }

    @Test func lockFilesAreFoundByTheirUsualNamesOrAsDeclared() throws {
        let repository = try Repository()
        try repository.write("numpy==2.4.6\n", to: "work/requirements.txt")
        let found = try LockFileScan.find(in: repository.folder + "/work", declared: [])
        #expect(found.map(\.path) == ["requirements.txt"] && found.first?.sizeBytes == 13)
        #expect(found.first?.sha256.count == 64)
        let declared = try LockFileScan.find(in: repository.folder + "/work", declared: ["a.txt"])
        #expect(declared.map(\.path) == ["a.txt"])
        #expect(throws: LockFileScan.Failure.self) {
            try LockFileScan.find(in: repository.folder + "/work", declared: ["none.lock"])
        }
    }
}
