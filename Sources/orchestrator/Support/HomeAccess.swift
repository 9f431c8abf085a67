import Dispatch
import Glibc
import SchedulerService
import StateStore

/// Taking a home that another process may hold: for a moment (a command that reads), or for good (a daemon).
enum HomeAccess {
    /// A command that reads holds a home for well under a second; a daemon needs not much longer to start.
    private static let patience = 20
    private static let step = DispatchTimeInterval.milliseconds(250)

    /// Runs `take`. When the home is held by a process that does not answer on `api.sock`, waits until it is
    /// free.
    ///
    /// - Returns: nil when the holder answers: then it can be asked instead.
    /// - Throws: a failure with the holder's number when it neither answers nor ends.
    static func taking<Value: ~Copyable>(
        _ home: String, _ take: () throws -> Value
    ) async throws -> Value? {
        while true {
            do {
                return try take()
            } catch HomeLock.Failure.held(let path, let processID) {
                if UnixSocket.isAnswered(home + "/api.sock") { return nil }
                switch await change(of: home, lockPath: path) {
                case .released: continue
                case .answers: return nil
                case .none: throw CommandFailure.held(home: home, by: processID)
                }
            }
        }
    }

    private enum Change { case released, answers, none }

    /// Waits until the lock is free or its holder answers. The kernel wakes the thread that waits for the
    /// lock; one that waits in vain ends with us. A socket cannot be waited for, so it is tried now and then.
    private static func change(of home: String, lockPath: String) async -> Change {
        await withCheckedContinuation { continuation in
            let released = DispatchSemaphore(value: 0)
            DispatchQueue.global().async {
                let descriptor = open(lockPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
                guard descriptor >= 0 else { return }
                let isFree = flock(descriptor, LOCK_SH) == 0
                // First: a shared lock of our own would keep us from taking it.
                close(descriptor)
                if isFree { released.signal() }
            }
            DispatchQueue.global().async {
                for _ in 0..<patience {
                    if released.wait(timeout: .now() + step) == .success {
                        return continuation.resume(returning: .released)
                    }
                    if UnixSocket.isAnswered(home + "/api.sock") {
                        return continuation.resume(returning: .answers)
                    }
                }
                continuation.resume(returning: .none)
            }
        }
    }
}

extension CommandFailure {
    static func held(home: String, by processID: Int32?) -> CommandFailure {
        let holder = processID.map { "process \($0)" } ?? "another process"
        return CommandFailure(
            .homeLocked, "the home \(home) is held by \(holder)",
            hint: "stop it (`kill \(processID.map(String.init) ?? "PID")`), or use another home with --home")
    }
}
