import CProcess
import DAGDomain
import Dispatch
import Glibc
import Synchronization

extension LocalExecutor {
    /// Record, supervisor, event, watch: in this order, so that every crash in between leaves something that
    /// `reattach` understands, and nobody hears of an end before the start.
    func carryOutStart(_ specification: AttemptSpecification) {
        let id = specification.id
        if isToStop(id) {
            return conclude(id, .ended(id, AttemptEnd(outcome: .terminated, endedAt: Machine.now())))
        }
        do {
            let bytes = try encoder.encode(specification)
            let record = try createRecord(id, bytes)
            try spawn(specification, record: record)
        } catch let problem as AttemptSpecificationProblem {
            let outcome = ProcessOutcome.notStarted(
                errno: problem.errorNumber, exitCode: 126, message: problem.message)
            conclude(id, .ended(id, AttemptEnd(outcome: outcome, endedAt: Machine.now())))
        } catch let failure as SpawnFailure {
            runtime.remove(id)
            conclude(id, .spawnFailed(id, failure))
        } catch AttemptRecordFile.CreationProblem.taken(let record) {
            answer(id, record: record, nothingRan: .neverStarted(id))
        } catch AttemptRecordFile.CreationProblem.unusable(let problem) {
            conclude(id, .ended(id, AttemptEnd(outcome: .lost(.recordDamaged(problem)))))
        } catch AttemptRecordFile.CreationProblem.failed(let errno) {
            conclude(id, .spawnFailed(id, SpawnFailure(step: .writingRecord, errno: errno)))
        } catch {
            conclude(id, .spawnFailed(id, SpawnFailure(step: .writingRecord, errno: EINVAL)))
        }
    }

    /// A folder that somebody removed is made again, so that a running daemon heals.
    private func createRecord(_ id: AttemptID, _ bytes: [UInt8]) throws -> AttemptRecordFile {
        let path = runtime.recordPath(id)
        do {
            return try AttemptRecordFile.create(path, id: id, bytes: bytes)
        } catch AttemptRecordFile.CreationProblem.failed(let number) {
            guard number == ENOENT else { throw AttemptRecordFile.CreationProblem.failed(errno: number) }
            _ = try RuntimeDirectory(path: runtime.path)
            return try AttemptRecordFile.create(path, id: id, bytes: bytes)
        }
    }

    /// By a supervisor that is free, or else by a new one.
    private func spawn(_ specification: AttemptSpecification, record: AttemptRecordFile) throws(SpawnFailure)
    {
        let work = WatchedSupervisor.Work(
            id: specification.id, record: record, terminationGrace: specification.terminationGrace)
        let path = runtime.recordPath(work.id)
        if let (key, process) = assign(work, path) {
            return announce(work.id, key, process, since: Machine.now())
        }
        switch try server.spawn(path) {
        case .started(let process, let channel): claim(process, channel, work, since: Machine.now())
        case .unknown:
            let failure = SpawnFailure(step: .supervisorEndedEarly, errno: 0)
            answer(work.id, record: record, nothingRan: .spawnFailed(work.id, failure))
        }
    }

    /// Sending does not block; under the lock it is one step with the note of who has the attempt now.
    private func assign(
        _ work: WatchedSupervisor.Work, _ path: String
    ) -> (UInt64, SupervisorProcess)? {
        state.withLock { state in
            while let key = state.free.popLast() {
                guard let process = state.supervisors[key]?.process else { continue }
                guard process.assign(path) else {
                    // It has ended or is about to; the watcher will say so.
                    state.supervisors[key]?.isSpent = true
                    continue
                }
                state.supervisors[key]?.work = work
                state.entries[work.id]?.key = key
                return (key, process)
            }
            return nil
        }
    }

    /// Without a free descriptor this is tried until it works: the supervisor runs, and nobody else can reap it.
    private func claim(
        _ process: Int32, _ channel: Int32, _ work: WatchedSupervisor.Work, since start: Timestamp
    ) {
        let pidfd = cprocess_pidfd_open(process)
        guard pidfd >= 0 else {
            return lanes.asyncAfter(deadline: .now() + .seconds(1)) { [weak self] in
                self?.claim(process, channel, work, since: start)
            }
        }
        watch(SupervisorProcess(number: process, pidfd: pidfd, channel: channel), work, since: start)
    }

    /// Begins to listen to a supervisor that has an attempt.
    func watch(_ process: SupervisorProcess, _ work: WatchedSupervisor.Work, since start: Timestamp) {
        let supervisor = WatchedSupervisor(process, work)
        guard let key = admit(supervisor) else { return }
        announce(work.id, key, process, since: start)
        listen(to: supervisor.descriptor, of: process, key: key)
    }

    /// Nil after a shutdown: the supervisor goes on unwatched.
    private func admit(_ supervisor: WatchedSupervisor) -> UInt64? {
        state.withLock { state in
            guard !state.isShutDown else { return nil }
            state.lastKey += 1
            state.supervisors[state.lastKey] = supervisor
            if let work = supervisor.work { state.entries[work.id]?.key = state.lastKey }
            return state.lastKey
        }
    }

    /// Tells that the attempt runs. An end that was heard of meanwhile is told after it.
    private func announce(
        _ id: AttemptID, _ key: UInt64, _ process: SupervisorProcess, since start: Timestamp
    ) {
        onEvent(.started(id, processID: process.number, at: start))
        let (hasEnded, graceOfStop) = state.withLock { state -> (Bool, Duration?) in
            guard var supervisor = state.supervisors[key], supervisor.work?.id == id else {
                return (false, nil)
            }
            let isToStop = state.entries[id]?.isToStop == true
            if isToStop {
                supervisor.isSpent = true
                supervisor.process.terminate()
            }
            supervisor.work?.isAnnounced = true
            state.supervisors[key] = supervisor
            return (
                supervisor.work?.hasEnded ?? false, isToStop ? supervisor.work?.terminationGrace : nil
            )
        }
        if let graceOfStop { killLater(id, after: graceOfStop) }
        if hasEnded { attemptIsOver(key) }
    }

    /// The kernel refuses only when it has no memory; the supervisor runs, so this is tried until it works.
    ///
    /// - Parameter process: owns the descriptor and keeps it open until then.
    func listen(to descriptor: Int32, of process: SupervisorProcess, key: UInt64) {
        guard let watcher, watcher.add(descriptor, key: key) != 0 else { return }
        lanes.asyncAfter(deadline: .now() + .seconds(1)) { [weak self] in
            self?.listen(to: descriptor, of: process, key: key)
        }
    }

    func isToStop(_ id: AttemptID) -> Bool {
        state.withLock { $0.entries[id]?.isToStop ?? false }
    }

    /// For the supervisor that cannot do its work (stopped, stuck): its end is what remains.
    func killLater(_ id: AttemptID, after grace: Duration) {
        let limit = grace + Self.stuckSupervisorLimit
        lanes.asyncAfter(deadline: .now() + limit.inSeconds) { [weak self] in
            self?.state.withLock { state in
                guard let key = state.entries[id]?.key else { return }
                state.supervisors[key]?.process.kill()
            }
        }
    }

    /// The attempt is no longer this pool's business once the event is out.
    func conclude(_ id: AttemptID, _ event: AttemptEvent) {
        let isWanted = state.withLock { state in
            state.entries[id] = nil
            return !state.isShutDown
        }
        if isWanted { onEvent(event) }
    }
}
