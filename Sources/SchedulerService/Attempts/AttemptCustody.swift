import DAGDomain
import Synchronization

/// Who looks after a live attempt in this process: by this the watchdog tells one that was lost on the way.
final class AttemptCustody: Sendable {
    private enum Stage {
        /// Handed over to be started or found again.
        case taken
        /// Its process has ended; what it left is being read.
        case ended
    }

    private let stages = Mutex<[AttemptID: Stage]>([:])

    func take(_ id: AttemptID) {
        stages.withLock { $0[id] = .taken }
    }

    func hasEnded(_ id: AttemptID) {
        stages.withLock { if $0[id] != nil { $0[id] = .ended } }
    }

    func release(_ id: AttemptID) {
        stages.withLock { $0[id] = nil }
    }

    /// Those that were never handed over, and those that run and that the worker pool has lost sight of.
    func abandoned(among attempts: [Attempt], isUnderWay: (AttemptID) -> Bool) -> [Attempt] {
        stages.withLock { stages in
            attempts.filter { attempt in
                switch stages[attempt.id] {
                case nil: true
                case .ended?: false
                case .taken?: attempt.state == .running && !isUnderWay(attempt.id)
                }
            }
        }
    }
}
