import CProcess
import DAGDomain
import Dispatch
import Synchronization

extension LocalExecutor {
    /// Called by the watcher, possibly more than once for the same news.
    func supervisorIsReady(_ key: UInt64) {
        guard let supervisor = state.withLock({ $0.supervisors[key] }) else { return }
        guard supervisor.hasChannel else { return supervisorHasEnded(key, supervisor.process) }
        switch supervisor.process.news() {
        case CHANNEL_SILENT: return
        case CHANNEL_FREE: if noteEnd(of: key, isGone: false) { attemptIsOver(key) }
        default: listenForEnd(of: key)
        }
    }

    /// False while the start is being announced: whoever does that goes on.
    private func noteEnd(of key: UInt64, isGone: Bool) -> Bool {
        state.withLock { state in
            if isGone { state.supervisors[key]?.isGone = true }
            state.supervisors[key]?.work?.hasEnded = true
            return state.supervisors[key]?.work?.isAnnounced ?? true
        }
    }

    /// Frees the supervisor, or takes leave of it, and answers for its attempt.
    func attemptIsOver(_ key: UInt64) {
        let supervisor = state.withLock { state -> WatchedSupervisor? in
            guard let supervisor = state.supervisors[key] else { return nil }
            if let work = supervisor.work { state.entries[work.id]?.key = nil }
            state.supervisors[key]?.work = nil
            if supervisor.isGone {
                state.supervisors[key] = nil
            } else if supervisor.isSpent {
                // A signal for this attempt may still be under way to it.
                supervisor.process.dismiss()
            } else {
                state.free.append(key)
            }
            return supervisor
        }
        guard let work = supervisor?.work else { return }
        let failure = SpawnFailure(step: .supervisorEndedEarly, errno: 0)
        answer(work.id, record: work.record, nothingRan: .spawnFailed(work.id, failure))
    }

    /// The channel is closed: it has ended or is about to, which the pidfd tells.
    private func listenForEnd(of key: UInt64) {
        let process = state.withLock { state -> SupervisorProcess? in
            state.supervisors[key]?.hasChannel = false
            state.supervisors[key]?.isSpent = true
            state.free.removeAll { $0 == key }
            return state.supervisors[key]?.process
        }
        guard let process else { return }
        watcher?.remove(process.channel)
        listen(to: process.pidfd, of: process, key: key)
    }

    private func supervisorHasEnded(_ key: UInt64, _ process: SupervisorProcess) {
        guard process.reap() else { return }
        watcher?.remove(process.pidfd)
        if noteEnd(of: key, isGone: true) { attemptIsOver(key) }
    }

    /// Answers for an attempt that has a record. `nothingRan` is the answer when no supervisor has begun.
    ///
    /// The order matters: the lock is asked before the record is read, because a supervisor writes the end
    /// first and gives the lock back after it.
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
