import CProcess
import Glibc

/// A process that a test started. Its standard output and error go to files, so that nobody has to read along; the
/// output can be a named pipe, for a line that the test waits for.
final class ChildProcess {
    /// How a process ended.
    enum Ending: Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    let processID: Int32
    /// Readable when the process has ended.
    let descriptor: Int32
    private(set) var ending: Ending?

    init(
        _ program: String, _ arguments: [String], environment: [String: String], folder: String,
        output: String = "/dev/null", errors: String = "/dev/null"
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o644)
        var processID: pid_t = 0
        // env(1) changes the folder and becomes the program: the C library's call for it is hidden from Swift.
        let result = Self.withCStrings(["env", "-C", folder, program] + arguments) { argv in
            Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(&processID, "/usr/bin/env", &actions, nil, argv, environment)
            }
        }
        guard result == 0 else { throw HarnessError("cannot start \(program): errno \(result)") }
        self.processID = processID
        descriptor = cprocess_pidfd_open(processID)
        guard descriptor >= 0 else { throw HarnessError("cannot watch process \(processID): errno \(errno)") }
    }

    deinit {
        if ending == nil {
            kill(processID, SIGKILL)
            var status: Int32 = 0
            waitpid(processID, &status, 0)
        }
        close(descriptor)
    }

    var isRunning: Bool { (try? wait(milliseconds: 0)) == nil }

    func signal(_ number: Int32) {
        if ending == nil { kill(processID, number) }
    }

    @discardableResult
    func wait(seconds: Int = 180) throws -> Ending {
        guard let ending = try wait(milliseconds: Int32(seconds * 1000)) else {
            throw HarnessError("process \(processID) has not ended within \(seconds) s")
        }
        return ending
    }

    /// Nil when it has not ended in this time.
    func wait(milliseconds: Int32) throws -> Ending? {
        if let ending { return ending }
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waited, 1, milliseconds) > 0 else { return nil }
        var status: Int32 = 0
        guard waitpid(processID, &status, 0) == processID else {
            throw HarnessError("cannot reap process \(processID): errno \(errno)")
        }
        // wait(2): the low seven bits hold the signal, 0 for an exit; the next byte holds the code.
        let signal = status & 0x7F
        ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
        return ending
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
