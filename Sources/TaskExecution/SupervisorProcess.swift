import CProcess
import Glibc

/// A process that supervises attempts, one at a time: its descriptor, which no other process can ever take over, and
/// the channel over which one of our own says that it is free and gets its next attempt.
final class SupervisorProcess: Sendable {
    let number: Int32
    let pidfd: Int32
    /// -1 for a supervisor that somebody else started.
    let channel: Int32

    init(number: Int32, pidfd: Int32, channel: Int32 = -1) {
        self.number = number
        self.pidfd = pidfd
        self.channel = channel
    }

    deinit {
        close(pidfd)
        if channel >= 0 { close(channel) }
    }

    /// Gives it the attempt with the control file at `path`; false when it did not get it.
    func assign(_ path: String) -> Bool { cprocess_channel_assign(channel, path) == 0 }

    func news() -> channel_news { cprocess_channel_take(channel) }

    /// Lets a free supervisor end.
    func dismiss() { Glibc.shutdown(channel, Int32(SHUT_RDWR)) }

    /// True when the process has ended. A child of ours is reaped; another daemon's child is init's to reap, and its
    /// descriptor was readable.
    func reap() -> Bool {
        var code: Int32 = 0
        var signalled = false
        return cprocess_pidfd_reap(pidfd, &code, &signalled) != 0
    }

    /// Asks the supervisor to end its task and the task's whole tree.
    func terminate() {
        _ = cprocess_pidfd_signal(pidfd, SIGTERM)
    }

    /// Ends one that has nothing to do.
    func end() { cprocess_child_end(pidfd) }

    func kill() {
        _ = cprocess_pidfd_signal(pidfd, SIGKILL)
    }
}
