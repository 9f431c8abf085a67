import CProcess
import DAGDomain
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

/// A supervisor that the pool listens to.
struct WatchedSupervisor: Sendable {
    /// What it has to do, or has done.
    struct Work: Sendable {
        let id: AttemptID
        let record: AttemptRecordFile
        let terminationGrace: Duration
        /// Whether the receiver of events knows of the start.
        var isAnnounced = false
        /// Whether the end was heard before the start was announced.
        var hasEnded = false
    }

    let process: SupervisorProcess
    /// Nil while it is free.
    var work: Work?
    /// Whether its end is heard of by the channel, or else by the pidfd.
    var hasChannel: Bool
    /// It was asked to end, or does: it gets no other attempt.
    var isSpent: Bool
    /// The process has ended and is reaped.
    var isGone = false

    init(_ process: SupervisorProcess, _ work: Work) {
        self.process = process
        self.work = work
        hasChannel = process.channel >= 0
        isSpent = !hasChannel
    }

    /// What is to be watched for news of it.
    var descriptor: Int32 { hasChannel ? process.channel : process.pidfd }
}
