import DAGDomain

/// What the worker pool tells about an attempt. For one attempt `.started` always comes before its end.
package enum AttemptEvent: Hashable, Sendable {
    /// The supervisor runs (or, after `reattach`, still runs) and is watched; `processID` is the
    /// supervisor's.
    case started(AttemptID, processID: Int32, at: Timestamp)
    /// The attempt is over. Its record stays until `forget`.
    case ended(AttemptID, AttemptEnd)
    /// Nothing ran; the same attempt may be started again.
    case spawnFailed(AttemptID, SpawnFailure)
    /// Answer to `reattach`: nothing ran and nothing will; the same attempt may be started.
    case neverStarted(AttemptID)
}

/// Why no supervisor could be started: usually a limit of the machine that passes by itself.
package struct SpawnFailure: Error, Hashable, Sendable {
    package let step: Step
    /// 0 when the kernel gave no reason (the supervisor was killed before it began).
    package let errno: Int32

    package enum Step: Hashable, Sendable {
        case writingRecord, startingSupervisor, supervisorEndedEarly
    }

    package init(step: Step, errno: Int32) {
        self.step = step
        self.errno = errno
    }

    package var message: String {
        let reason = errno == 0 ? "" : ": \(Machine.describe(errno))"
        return switch step {
        case .writingRecord: "cannot write the attempt's record\(reason)"
        case .startingSupervisor: "cannot start the supervisor\(reason)"
        case .supervisorEndedEarly: "the supervisor ended before it started anything\(reason)"
        }
    }
}
