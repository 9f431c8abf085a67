import Dispatch
import Glibc
import SchedulerService
import StateStore

/// Taking a home that another process may hold: for a moment (a command that reads), or for good (a daemon).
enum HomeAccess {
    /// A command that reads holds a home for well under a second; a daemon needs not much longer to start.
    private static let patience = DispatchTimeInterval.seconds(5)

    /// Runs `take`. When the home is held by a process that does not answer on `api.sock`, waits until it is free.
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
                guard await isReleased(path) else { throw CommandFailure.held(home: home, by: processID) }
            }
        }
    }

    /// Waits for the lock without taking it. The kernel wakes the thread; one that waits in vain ends with us.
    private static func isReleased(_ lockPath: String) async -> Bool {
        await withCheckedContinuation { continuation in
            let released = DispatchSemaphore(value: 0)
            DispatchQueue.global().async {
                let descriptor = open(lockPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
                guard descriptor >= 0 else { return }
                if flock(descriptor, LOCK_SH) == 0 { released.signal() }
                close(descriptor)
            }
            DispatchQueue.global().async {
                continuation.resume(returning: released.wait(timeout: .now() + patience) == .success)
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
