import Dispatch
import Glibc
import Synchronization

/// Programs that the process of an attempt starts one after the other, and outlives: it hears that it is to end, lets the one
/// that runs end, and still has its time of grace for what has to be undone.
final class SupervisedChild {
    enum End: Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// It took longer than it may, and was killed.
        case tooLong
        case notStarted(String)

        var isGood: Bool { self == .exited(0) }

        /// `ended with exit code 3`
        var sentence: String {
            switch self {
            case .exited(let code): "ended with exit code \(code)"
            case .signalled(let number): "was ended by signal \(number)"
            case .tooLong: "took too long and was killed"
            case .notStarted(let reason): "could not be started: \(reason)"
            }
        }
    }

    private let ending = DispatchSemaphore(value: 0)
    private let watcher: SignalWatcher

    /// From now on TERM does not end this process; its children get it themselves.
    init() {
        let ending = ending
        watcher = SignalWatcher([SIGTERM]) { _, _ in ending.signal() }
    }

    /// - Returns: whether this process is to end; asked again, the same.
    func isEnding(within interval: Duration = .zero) -> Bool {
        guard ending.wait(timeout: .now() + interval.dispatchInterval) == .success else { return false }
        ending.signal()
        return true
    }

    /// Runs a program with this process's folder and descriptors, and waits for its end.
    func run(_ arguments: [String], _ variables: [String: String], limit: Duration? = nil) -> End {
        var process: pid_t = 0
        let result = Self.spawn(arguments, variables, &process)
        guard result == 0 else { return .notStarted("\(arguments[0]): \(systemErrorText(result))") }
        let child = process
        let ended = DispatchSemaphore(value: 0)
        let status = StatusBox()
        DispatchQueue.global().async {
            status.wait(for: child)
            ended.signal()
        }
        if let limit, ended.wait(timeout: .now() + limit.dispatchInterval) == .timedOut {
            kill(child, SIGKILL)
            ended.wait()
            return .tooLong
        }
        if limit == nil { ended.wait() }
        let signal = status.value & 0x7F
        return signal == 0 ? .exited((status.value >> 8) & 0xFF) : .signalled(signal)
    }

    private static func spawn(
        _ arguments: [String], _ variables: [String: String], _ process: inout pid_t
    ) -> Int32 {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // What is ignored here must not be ignored there.
        var ended = none
        sigaddset(&ended, SIGTERM)
        posix_spawnattr_setsigdefault(&attributes, &ended)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let texts = arguments.map { strdup($0) }
        let entries = variables.map { strdup("\($0.key)=\($0.value)") }
        defer { for text in texts + entries { free(text) } }
        return posix_spawnp(&process, arguments[0], nil, &attributes, texts + [nil], entries + [nil])
    }
}

/// The status of a process that one thread waits for and another one reads afterwards.
private final class StatusBox: Sendable {
    private let status = Atomic<Int32>(0)

    var value: Int32 { status.load(ordering: .acquiring) }

    func wait(for process: pid_t) {
        var found: Int32 = 0
        while waitpid(process, &found, 0) < 0, errno == EINTR {}
        status.store(found, ordering: .releasing)
    }
}

extension Duration {
    fileprivate var dispatchInterval: DispatchTimeInterval {
        let parts = components
        let nanoseconds = parts.attoseconds / 1_000_000_000
        return .nanoseconds(Int(min(parts.seconds, 1_000_000_000)) * 1_000_000_000 + Int(nanoseconds))
    }
}
