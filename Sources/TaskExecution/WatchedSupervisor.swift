import CProcess
import DAGDomain
import Glibc

/// A supervisor that runs or has just ended: its descriptor, which no other process can ever take over, and
/// its record.
final class WatchedSupervisor: Sendable {
    let id: AttemptID
    let process: Int32
    let pidfd: Int32
    let record: AttemptRecordFile
    let terminationGrace: Duration

    init(
        id: AttemptID, process: Int32, pidfd: Int32, record: AttemptRecordFile, terminationGrace: Duration
    ) {
        self.id = id
        self.process = process
        self.pidfd = pidfd
        self.record = record
        self.terminationGrace = terminationGrace
    }

    deinit { close(pidfd) }

    /// True when the supervisor has ended. A child of ours is reaped; another daemon's child is init's to
    /// reap, and its descriptor was readable.
    func reap() -> Bool {
        var code: Int32 = 0
        var signalled = false
        return cprocess_pidfd_reap(pidfd, &code, &signalled) != 0
    }

    /// Asks the supervisor to end the task and its whole tree.
    func terminate() {
        _ = cprocess_pidfd_signal(pidfd, SIGTERM)
    }

    func kill() {
        _ = cprocess_pidfd_signal(pidfd, SIGKILL)
    }
}
