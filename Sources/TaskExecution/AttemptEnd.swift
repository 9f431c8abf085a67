import DAGDomain

/// How the process of an attempt ended, as its supervisor saw it.
package enum ProcessOutcome: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32, coreDumped: Bool)
    /// The supervisor ended it because its execution timeout had passed.
    case timedOut
    /// The supervisor ended it because it was asked to.
    case terminated
    /// The program did not start. `exitCode` is what a shell would say: 127 not found, else 126.
    case notStarted(errno: Int32, exitCode: Int32, message: String)
    case lost(LostReason)
}

/// Why nobody knows how an attempt ended.
package enum LostReason: Hashable, Sendable {
    /// Its supervisor was killed; what it had started has been ended.
    case supervisorKilled
    /// The machine was restarted while it ran.
    case reboot
    case recordMissing
    /// The record is not what the supervisor writes; the text says what was found.
    case recordDamaged(String)
}

/// The end of an attempt and what it used.
package struct AttemptEnd: Hashable, Sendable {
    package var outcome: ProcessOutcome
    /// Nil: nothing was started, or it is not known when.
    package var startedAt: Timestamp?
    /// Nil: not known.
    package var endedAt: Timestamp?
    /// Processor time of the whole tree, as far as its processes were waited for.
    package var userTime: Duration = .zero
    package var systemTime: Duration = .zero
    /// The largest resident size that any one process of the tree had.
    package var peakMemoryBytes: Int64 = 0
    /// Bytes of output that are in the log, and bytes that are not (limit reached, disk full).
    package var logBytes: UInt64 = 0
    package var droppedLogBytes: UInt64 = 0
    /// Processes that outlived the task and were ended, and such that could not be.
    package var leftoversEnded: Int = 0
    package var leftoversAlive: Int = 0

    package init(outcome: ProcessOutcome, startedAt: Timestamp? = nil, endedAt: Timestamp? = nil) {
        self.outcome = outcome
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}
