import CProcess
import DAGDomain
import Dispatch
import Glibc
import Synchronization

/// The worker pool: starts attempts under supervisors of their own, hears of their ends, and finds them again
/// after a restart of the daemon. It knows nothing of retries, slots or upstreams.
///
/// Preparation and spawning happen on a few Dispatch lanes, ends arrive on one serial queue. Events come from
/// any of these threads; the receiver must not block. Nothing is polled and no thread belongs to a task.
package final class LocalExecutor: Sendable {
    /// How many starts are prepared at once. More does not help: process creation is serial in the kernel.
    static let laneCount = 4
    /// Beyond the grace and the supervisor's own limit for ending a tree: then the supervisor itself is
    /// stuck.
    static let stuckSupervisorLimit = Duration.seconds(20)

    package let runtime: RuntimeDirectory
    let server: SpawnServer
    let encoder: AttemptFileEncoder
    let onEvent: @Sendable (AttemptEvent) -> Void
    let state = Mutex(State())
    let lanes = DispatchQueue(label: "orchestrator.starts", attributes: .concurrent)
    private let ends = DispatchQueue(label: "orchestrator.ends")
    private let watcherSlot = Mutex<ExitWatcher?>(nil)

    struct State {
        var entries: [AttemptID: Entry] = [:]
        var supervisors: [UInt64: WatchedSupervisor] = [:]
        /// Those that have nothing to do; the last one is taken first, so that the others may end.
        var free: [UInt64] = []
        var lastKey: UInt64 = 0
        var waiting: [Job] = []
        var nextWaiting = 0
        var activeLanes = 0
        var isShutDown = false
    }

    /// An attempt that is this pool's business now.
    struct Entry {
        /// Nil until its supervisor is watched.
        var key: UInt64?
        var isToStop = false
    }

    enum Job: Sendable {
        case start(AttemptSpecification)
        case reattach(AttemptID, createdAt: Timestamp?)
    }

    /// - Parameters:
    ///   - runtimeDirectory: where the control files are, in memory if possible.
    ///   - shimPath: the `orchestrator-shim` program.
    ///   - onEvent: called from several threads, at once.
    package init(
        runtimeDirectory: String, shimPath: String, onEvent: @escaping @Sendable (AttemptEvent) -> Void
    ) throws {
        runtime = try RuntimeDirectory(path: runtimeDirectory)
        server = SpawnServer(program: shimPath, runtime: runtime)
        self.onEvent = onEvent
        encoder = AttemptFileEncoder(bootID: Machine.bootID(), openFilesLimit: Machine.raiseOpenFilesLimit())
        let watcher = try ExitWatcher(queue: ends) { [weak self] key in self?.supervisorIsReady(key) }
        watcherSlot.withLock { $0 = watcher }
    }

    deinit { shutdown() }

    /// Starts an attempt. An attempt that is already under way here is left as it is.
    package func start(_ specification: AttemptSpecification) {
        enqueue(.start(specification), for: specification.id)
    }

    /// Finds out what became of attempts that an earlier daemon started; the answers are events.
    ///
    /// `createdAt` is when the attempt was committed. With it a missing record can be explained: never
    /// started, or lost in a restart of the machine.
    package func reattach(_ attempts: [(id: AttemptID, createdAt: Timestamp?)]) {
        for attempt in attempts {
            enqueue(.reattach(attempt.id, createdAt: attempt.createdAt), for: attempt.id)
        }
    }

    package func reattach(_ ids: [AttemptID]) {
        reattach(ids.map { (id: $0, createdAt: nil) })
    }

    /// Ends the attempt's whole process tree: TERM, and KILL after its grace. Unknown attempts are ignored:
    /// their end has been told already.
    package func terminate(_ id: AttemptID) {
        let grace = state.withLock { state -> Duration? in
            guard state.entries[id] != nil else { return nil }
            state.entries[id]?.isToStop = true
            guard let key = state.entries[id]?.key else { return nil }
            state.supervisors[key]?.isSpent = true
            state.supervisors[key]?.process.terminate()
            return state.supervisors[key]?.work?.terminationGrace
        }
        if let grace { killLater(id, after: grace) }
    }

    /// Removes the record of an attempt whose end is safely stored. Attempts under way are left alone.
    package func forget(_ id: AttemptID) {
        guard state.withLock({ $0.entries[id] == nil }) else { return }
        runtime.remove(id)
    }

    /// Whether an attempt is this pool's business now: being started, running, or being looked for.
    package func isUnderWay(_ id: AttemptID) -> Bool {
        state.withLock { $0.entries[id] != nil }
    }

    /// Every attempt that has a record, also those that this pool knows nothing of.
    package func recordsOnDisk() throws -> [AttemptID] {
        try runtime.recordedAttempts()
    }

    /// Stops watching and starting; what runs goes on running. Starts that were not carried out are answered
    /// with `neverStarted` by the next pool. Events that are being delivered may still arrive.
    package func shutdown() {
        state.withLock { state in
            state.isShutDown = true
            state.waiting = []
            state.nextWaiting = 0
            state.entries = [:]
            for supervisor in state.supervisors.values {
                watcher?.remove(supervisor.descriptor)
                if supervisor.work == nil { supervisor.process.end() }
            }
            state.supervisors = [:]
            state.free = []
        }
        watcherSlot.withLock { watcher in
            watcher?.cancel()
            watcher = nil
        }
        server.close()
    }

    var watcher: ExitWatcher? {
        watcherSlot.withLock { $0 }
    }

    /// The same on the caller's thread, for one that may wait for a process to be made.
    package func startHere(_ specification: AttemptSpecification) {
        let isNew = state.withLock { state -> Bool in
            guard !state.isShutDown, state.entries[specification.id] == nil else { return false }
            state.entries[specification.id] = Entry()
            return true
        }
        if isNew { carryOutStart(specification) }
    }

    private func enqueue(_ job: Job, for id: AttemptID) {
        let opensLane = state.withLock { state -> Bool in
            guard !state.isShutDown, state.entries[id] == nil else { return false }
            state.entries[id] = Entry()
            state.waiting.append(job)
            guard state.activeLanes < Self.laneCount else { return false }
            state.activeLanes += 1
            return true
        }
        if opensLane { lanes.async { self.runLane() } }
    }

    private func runLane() {
        while let job = nextJob() {
            switch job {
            case .start(let specification): carryOutStart(specification)
            case .reattach(let id, let createdAt): carryOutReattach(id, createdAt: createdAt)
            }
        }
    }

    private func nextJob() -> Job? {
        state.withLock { state in
            guard state.nextWaiting < state.waiting.count else {
                state.waiting.removeAll(keepingCapacity: state.waiting.count < 4096)
                state.nextWaiting = 0
                state.activeLanes -= 1
                return nil
            }
            state.nextWaiting += 1
            return state.waiting[state.nextWaiting - 1]
        }
    }
}
