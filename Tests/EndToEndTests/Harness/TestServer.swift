import Glibc
import JSONText

/// A server of `Servers` that a test talks to; it ends with the test.
final class TestServer {
    let folder: String
    let port: Int
    private let process: ChildProcess

    /// - Parameter name: of the file, without `.py`.
    convenience init(_ name: String, _ installation: Installation, _ arguments: String...) throws {
        try self.init(name, installation, arguments)
    }

    init(_ name: String, _ installation: Installation, _ arguments: [String], folder given: String? = nil)
        throws
    {
        let folder = given ?? installation.path("\(name)-\(arguments.joined())")
        self.folder = folder
        try Files.makeFolder(folder)
        let script = Programs.project + "/Tests/EndToEndTests/Servers/\(name).py"
        let errors = folder + "/errors"
        process = try ChildProcess(
            Self.python, [script, folder] + arguments,
            environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"],
            folder: "/", output: errors, errors: errors)
        let server = process
        port = try Waiting(folders: [folder]).until("the port of \(name)") {
            guard server.isRunning else { throw HarnessError("\(name) ended: \(Files.text(errors))") }
            return Files.exists(folder + "/port") ? Int(Files.text(folder + "/port")) : nil
        }
    }

    deinit {
        process.signal(SIGKILL)
    }

    /// What `scripts/setup-tests` has made, else what the machine has.
    private static var python: String {
        let own = Programs.project + "/.cache/tests/bin/python"
        return Files.exists(own) ? own : "/usr/bin/python3"
    }

    /// The lines of one of its files as JSON, when there are so many.
    func lines(_ name: String, atLeast count: Int) throws -> [JSONValue] {
        try Waiting(folders: [folder]).until("\(count) lines in \(name) of \(folder)") {
            let lines = try Files.lines("\(folder)/\(name)").map { try JSONValue.parse($0) }
            return lines.count >= count ? lines : nil
        }
    }
}
