import DAGDomain
import Dispatch
import SchedulerService
import StateStore
import Synchronization

/// What the routes stand on: the control plane, and a place to wait for the database.
struct Backend: Sendable {
    let controlPlane: ControlPlane
    private let watchers = SharedWatcher()

    /// Reading the database blocks a thread, which must not be one of Swift's concurrency.
    private static let queue = DispatchQueue(
        label: "orchestrator.api.read", qos: .userInitiated, attributes: .concurrent)

    init(controlPlane: ControlPlane) {
        self.controlPlane = controlPlane
    }

    /// Tells when logs grow; made when first asked for, nil when the system has none left.
    var watcher: FileWatcher? { watchers.get() }

    var store: StateStore { controlPlane.store }

    /// Runs `body`, which asks the database, on a thread that may wait.
    func reading<Value: Sendable>(
        _ body: @escaping @Sendable (Backend) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Self.queue.async { continuation.resume(with: Result { try body(self) }) }
        }
    }

    // MARK: What a path names; inside `reading` only

    func run(_ dagID: DAGID, _ runID: RunID) throws -> RunRow {
        if let row = try store.run(dagID, runID) { return row }
        try requireDAG(dagID)
        throw ControlPlaneError.unknownRun(dagID, runID)
    }

    /// A run with its definition and all its task instances.
    func runView(_ dagID: DAGID, _ runID: RunID) throws -> RunView {
        try RunView(row: try run(dagID, runID), backend: self)
    }

    /// One task instance; the run it belongs to is known.
    func instance(_ row: RunRow, _ taskID: TaskID, mapIndex: Int) throws -> InstanceRow {
        guard let instance = try store.instance(of: row.run.number, taskID, mapIndex: mapIndex) else {
            throw ControlPlaneError.unknownTask(row.run.dagID, taskID)
        }
        return instance
    }

    /// A DAG that was only ever run by its path has runs and no entry.
    func requireDAG(_ dagID: DAGID) throws {
        let isKnown =
            try controlPlane.catalog.entry(dagID) != nil || store.dag(dagID) != nil
            || !store.runCounts(of: [dagID]).isEmpty
        guard isKnown else { throw ControlPlaneError.unknownDAG(dagID) }
    }

    /// A DAG that has been loaded at least once; one whose first file is broken is told as such.
    func dagRow(_ dagID: DAGID) throws -> DAGRow {
        if let row = try store.dag(dagID) { return row }
        guard let entry = controlPlane.catalog.entry(dagID), entry.isBroken else {
            throw ControlPlaneError.unknownDAG(dagID)
        }
        throw ControlPlaneError.brokenDAG(dagID, entry.diagnostics)
    }

    /// The newest good definition; of a DAG whose file is gone, the one its last run was pinned to.
    func definition(_ row: DAGRow) throws -> DAG? {
        if let dag = controlPlane.catalog.entry(row.status.dagID)?.dag { return dag }
        var filter = RunFilter()
        filter.dagIDs = [row.status.dagID]
        filter.limit = 1
        guard let last = try store.runs(filter).rows.first else { return nil }
        return try controlPlane.definition(of: last.run)
    }
}

private final class SharedWatcher: Sendable {
    private let watcher = Mutex<FileWatcher?>(nil)

    func get() -> FileWatcher? {
        watcher.withLock { watcher in
            if watcher == nil { watcher = FileWatcher() }
            return watcher
        }
    }
}
