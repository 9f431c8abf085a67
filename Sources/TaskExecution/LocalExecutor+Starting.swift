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

    private func spawn(_ specification: AttemptSpecification, record: AttemptRecordFile) throws(SpawnFailure)
    {
        let id = specification.id
        switch try server.spawn(runtime.recordPath(id)) {
        case .started(let process):
            claim(process, record: record, grace: specification.terminationGrace, since: Machine.now())
        case .unknown:
            let failure = SpawnFailure(step: .supervisorEndedEarly, errno: 0)
            answer(id, record: record, nothingRan: .spawnFailed(id, failure))
        }
    }

    /// Without a free descriptor this is tried until it works: the supervisor runs, and nobody else can reap it.
    private func claim(_ process: Int32, record: AttemptRecordFile, grace: Duration, since start: Timestamp) {
        let pidfd = cprocess_pidfd_open(process)
        guard pidfd >= 0 else {
            return lanes.asyncAfter(deadline: .now() + .seconds(1)) { [weak self] in
                self?.claim(process, record: record, grace: grace, since: start)
            }
        }
        watch(
            WatchedSupervisor(
                id: record.id, process: process, pidfd: pidfd, record: record, terminationGrace: grace),
            since: start)
    }

    /// Tells that the attempt runs and begins to listen for its end.
    func watch(_ supervisor: WatchedSupervisor, since start: Timestamp) {
        let id = supervisor.id
        guard let key = admit(supervisor) else { return }
        onEvent(.started(id, processID: supervisor.process, at: start))
        if isToStop(id) {
            supervisor.terminate()
            killLater(id, after: supervisor.terminationGrace)
        }
        listen(to: supervisor, key: key)
    }

    /// Nil after a shutdown: the supervisor goes on unwatched.
    private func admit(_ supervisor: WatchedSupervisor) -> UInt64? {
        state.withLock { state in
            guard !state.isShutDown else { return nil }
            state.lastKey += 1
            state.watched[state.lastKey] = supervisor
            state.entries[supervisor.id]?.key = state.lastKey
            return state.lastKey
        }
    }

    /// The kernel refuses only when it has no memory; the supervisor runs, so this is tried until it works.
    private func listen(to supervisor: WatchedSupervisor, key: UInt64) {
        guard let watcher, watcher.add(supervisor.pidfd, key: key) != 0 else { return }
        lanes.asyncAfter(deadline: .now() + .seconds(1)) { [weak self] in
            self?.listen(to: supervisor, key: key)
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
                state.watched[key]?.kill()
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
