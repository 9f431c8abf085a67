import CProcess
import DAGDomain
import Dispatch
import Glibc
import Synchronization

extension LocalExecutor {
    func carryOutReattach(_ id: AttemptID, createdAt: Timestamp?) {
        guard RuntimeDirectory.isValidID(id) else { return concludeWithoutRecord(id, createdAt) }
        switch AttemptRecordFile.open(runtime.recordPath(id), id: id) {
        case .file(let record): answer(id, record: record, nothingRan: .neverStarted(id))
        case .unusable(let problem): concludeDamaged(id, problem)
        case .missing:
            if let createdAt, createdAt >= runtime.madeAt { return conclude(id, .neverStarted(id)) }
            concludeWithoutRecord(id, createdAt)
        }
    }

    /// No record, but one was made: after a restart of the machine nothing of it can run. Otherwise somebody removed
    /// the folder while the attempt may still run, so whatever is left of it is ended before anybody hears of it.
    private func concludeWithoutRecord(_ id: AttemptID, _ createdAt: Timestamp?) {
        if let createdAt, createdAt < Machine.bootTime() {
            return conclude(id, .ended(id, AttemptEnd(outcome: .lost(.reboot))))
        }
        lanes.async {
            var end = AttemptEnd(outcome: .lost(.recordMissing))
            end.leftoversEnded = LeftoverSweep.run(id)
            end.endedAt = Machine.now()
            self.conclude(id, .ended(id, end))
        }
    }

    /// Watches a supervisor that somebody else started. The kernel says who holds the lock; asked again after
    /// the descriptor is open, the same answer proves that the descriptor is the holder's.
    func adopt(
        _ holder: Int32, file: AttemptRecordFile, record: AttemptRecord, nothingRan: AttemptEvent
    ) {
        let id = file.id
        guard holder > 0 else { return concludeDamaged(id, "the record is locked by an unknown process") }
        let pidfd = cprocess_pidfd_open(holder)
        guard pidfd >= 0 || errno == ESRCH else { return adoptLater(id, holder, file, nothingRan) }
        let ticks = Machine.startTicks(of: holder)
        guard pidfd >= 0, file.lockHolder() == holder else {
            close(pidfd)
            return answer(id, record: file, nothingRan: nothingRan)
        }
        var start = Machine.now()
        if case .present(let started) = record.started {
            guard started.supervisor == holder, started.supervisorStartTicks == ticks else {
                close(pidfd)
                return concludeDamaged(
                    id, "the record is locked by process \(holder), which did not write it")
            }
            start = started.at
        }
        watch(
            SupervisorProcess(number: holder, pidfd: pidfd),
            WatchedSupervisor.Work(id: id, record: file, terminationGrace: record.terminationGrace),
            since: start)
    }

    /// No descriptor is free now; the supervisor runs on meanwhile.
    private func adoptLater(
        _ id: AttemptID, _ holder: Int32, _ file: AttemptRecordFile, _ nothingRan: AttemptEvent
    ) {
        lanes.asyncAfter(deadline: .now() + .seconds(1)) { [weak self] in
            self?.answer(id, record: file, nothingRan: nothingRan)
        }
    }

    /// The supervisor began and did not record an end. Within one life of the machine it was killed: its
    /// child died with it, and what else is left is ended before anybody hears of it, so that a retry runs
    /// alone.
    func concludeLost(_ id: AttemptID, _ started: AttemptRecord.Started) {
        guard started.bootID == encoder.bootID else {
            return conclude(id, .ended(id, AttemptEnd(outcome: .lost(.reboot), startedAt: started.at)))
        }
        lanes.async {
            var end = AttemptEnd(outcome: .lost(.supervisorKilled), startedAt: started.at)
            end.leftoversEnded = LeftoverSweep.run(id)
            end.endedAt = Machine.now()
            self.conclude(id, .ended(id, end))
        }
    }

    func concludeDamaged(_ id: AttemptID, _ problem: String) {
        lanes.async {
            var end = AttemptEnd(outcome: .lost(.recordDamaged(problem)), endedAt: Machine.now())
            end.leftoversEnded = LeftoverSweep.run(id)
            self.conclude(id, .ended(id, end))
        }
    }
}
