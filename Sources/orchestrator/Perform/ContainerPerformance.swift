import Glibc
import JSONText
import Synchronization

/// Runs a container by podman or docker, ends it when the attempt is ended, and removes it.
final class ContainerPerformance: Sendable {
    private let engine: String
    private let line: ContainerCommandLine
    private let stopSeconds: Int64
    private let stop = Mutex<pid_t?>(nil)

    init(_ specification: JSONValue, environment: [String: String]) throws(CommandFailure) {
        line = ContainerCommandLine(specification, environment: environment)
        stopSeconds = specification["stop_seconds"]?.intValue ?? 3
        engine = try Self.engine(
            specification["engine"]?.stringValue ?? "auto", path: environment["PATH"] ?? "/usr/bin:/bin")
    }

    private static func engine(_ choice: String, path: String) throws(CommandFailure) -> String {
        let names = choice == "auto" ? ["podman", "docker"] : [choice]
        for name in names {
            for folder in path.split(separator: ":") where access("\(folder)/\(name)", X_OK) == 0 {
                return "\(folder)/\(name)"
            }
        }
        throw CommandFailure(
            .failed,
            "a container needs \(names.joined(separator: " or ")), which the PATH of the task does not have",
            hint: "Debian, Ubuntu: apt-get install podman catatonit; Fedora: dnf install podman")
    }

    /// - Returns: the exit code of the container's program; 125 is the engine's own failure.
    func perform() throws(CommandFailure) -> Int32 {
        for file in line.files {
            let descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .inputOutput("cannot write \(file)", errno) }
            close(descriptor)
        }
        // TERM goes to the engine too; this process lives on to see the end of the container.
        let watcher = SignalWatcher([SIGTERM]) { [self] _, _ in
            let process = try? start(["stop", "-t", "\(stopSeconds)", line.name], isQuiet: true)
            stop.withLock { $0 = process }
        }
        defer { withExtendedLifetime(watcher) {} }
        let code = try wait(for: start(line.arguments))
        if let process = stop.withLock({ $0 }) { _ = try? wait(for: process) }
        // `--rm` has done it, unless the engine was killed.
        if let process = try? start(["rm", "--force", line.name], isQuiet: true) {
            _ = try? wait(for: process)
        }
        return code
    }

    // MARK: The engine

    private func start(_ arguments: [String], isQuiet: Bool = false) throws(CommandFailure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if isQuiet {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        }
        // What is ignored here must not be ignored there.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var process: pid_t = 0
        let variables = line.environment.map { "\($0.key)=\($0.value)" }
        let result = Self.withTexts([engine] + arguments) { arguments in
            Self.withTexts(variables) { posix_spawn(&process, engine, &actions, &attributes, arguments, $0) }
        }
        guard result == 0 else { throw .inputOutput("cannot start \(engine)", result) }
        return process
    }

    private func wait(for process: pid_t) throws(CommandFailure) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            if errno != EINTR { throw .inputOutput("cannot wait for \(engine)", errno) }
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    private static func withTexts<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
