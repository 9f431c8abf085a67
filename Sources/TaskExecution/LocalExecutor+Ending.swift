import DAGDomain
import Dispatch
import Synchronization

extension LocalExecutor {
    /// Called by the watcher, possibly more than once for the same end.
    func supervisorIsReady(_ key: UInt64) {
        guard let supervisor = state.withLock({ $0.watched[key] }), supervisor.reap() else { return }
        watcher?.remove(supervisor.pidfd)
        state.withLock { state in
            state.watched[key] = nil
            state.entries[supervisor.id]?.key = nil
        }
        let failure = SpawnFailure(step: .supervisorEndedEarly, errno: 0)
        answer(supervisor.id, record: supervisor.record, nothingRan: .spawnFailed(supervisor.id, failure))
    }

    /// Answers for an attempt that has a record. `nothingRan` is the answer when no supervisor has begun.
    ///
    /// The order matters: the lock is asked before the record is read, because a supervisor writes the end
    /// first and gives the lock back by ending.
    func answer(_ id: AttemptID, record file: AttemptRecordFile, nothingRan: AttemptEvent) {
        let holder = file.lockHolder()
        let record = file.read()
        if let problem = record.headerProblem { return concludeDamaged(id, problem) }
        if case .present(let end) = record.ended { return conclude(id, .ended(id, end)) }
        if holder != 0 { return adopt(holder, file: file, record: record, nothingRan: nothingRan) }
        if case .damaged(let problem) = record.ended { return concludeDamaged(id, problem) }
        switch record.started {
        case .damaged(let problem): concludeDamaged(id, problem)
        case .present(let started): concludeLost(id, started)
        case .absent:
            file.revoke() ? conclude(id, nothingRan) : answer(id, record: file, nothingRan: nothingRan)
        }
    }
}
