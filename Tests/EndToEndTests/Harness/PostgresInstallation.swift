import Glibc

/// A PostgreSQL server of a test, on a unix socket in a folder of its own: not below the test's, which the server's
/// user may not be allowed to enter.
final class PostgresInstallation {
    let url: String
    private let programs: String
    private let folder: String

    init() throws {
        programs = try Self.programs()
        folder = try Files.temporaryFolder()
        url = "postgres://tester@\(folder.replacing("/", with: "%2F"))/postgres"
        if geteuid() == 0 { try run("/usr/bin/chown", ["postgres", folder], asServer: false) }
        try run(
            programs + "/initdb",
            [
                "-D", folder + "/db", "-U", "tester", "-A", "trust", "--no-sync", "--locale=C",
                "--encoding=UTF8",
            ])
        let settings = [
            "listen_addresses=''", "unix_socket_directories=\(folder)", "fsync=off",
            "dynamic_shared_memory_type=mmap",
        ]
        try run(
            programs + "/pg_ctl",
            [
                "-D", folder + "/db", "-w", "-l", folder + "/server.log",
                "-o", settings.map { "-c \($0)" }.joined(separator: " "), "start",
            ])
    }

    func stop() {
        try? run(programs + "/pg_ctl", ["-D", folder + "/db", "-m", "immediate", "stop"])
        Files.removeTree(folder)
    }

    private static func programs() throws -> String {
        let folders = Files.names("/usr/lib/postgresql").map { "/usr/lib/postgresql/\($0)/bin" }
        guard let found = folders.first(where: { access($0 + "/initdb", X_OK) == 0 }) else {
            throw HarnessError(
                "no PostgreSQL server below /usr/lib/postgresql; scripts/setup-tests installs one")
        }
        return found
    }

    /// - Parameter asServer: the server refuses to run as root, and becomes the user that its package made.
    private func run(_ program: String, _ arguments: [String], asServer: Bool = true) throws {
        var words = [program] + arguments
        if asServer, geteuid() == 0 {
            words = ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] + words
        }
        let output = try Files.temporaryFolder()
        defer { Files.removeTree(output) }
        let process = try ChildProcess(
            words[0], Array(words.dropFirst()), environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
            folder: "/", output: output + "/lines", errors: output + "/lines")
        guard try process.wait(seconds: 60) == .exited(0) else {
            throw HarnessError("\(words.joined(separator: " ")): \(Files.text(output + "/lines"))")
        }
    }
}
