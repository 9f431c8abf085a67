import DAGDomain
import DAGLoading
import Dispatch
import Logging
import SchedulerCore
import StateStore
import Synchronization

/// Keeps the catalog, the database and the scheduler in step with the DAG folder.
///
/// The folder is read on one queue of its own. A good file's text is recorded before the scheduler hears of it; a
/// broken file leaves its last good version in force; a file that is gone stops its schedule.
final class DefinitionReader: Sendable {
    private let folder: String?
    private let store: StateStore
    private let library: DefinitionLibrary
    private let catalog: DAGCatalog
    private let logger: Logger
    private let queue = DispatchQueue(label: "orchestrator.definitions")
    private let watcher = Mutex<DAGFolderWatcher?>(nil)
    private let announced = Mutex<[DAGID: DAGVersionHash]>([:])

    init(
        folder: String?, store: StateStore, library: DefinitionLibrary, catalog: DAGCatalog, logger: Logger
    ) {
        self.folder = folder
        self.store = store
        self.library = library
        self.catalog = catalog
        self.logger = logger
    }

    /// Reads the folder into catalog and database.
    func read() throws {
        guard let folder else { return }
        let files = try DAGFolderScan().load(folder: folder)
        let known = try lastGoodVersions()
        var entries: [DAGCatalog.Entry] = []
        for file in files {
            if let dag = file.dag {
                try record(dag, file.source)
                library.keep(dag)
                entries.append(
                    DAGCatalog.Entry(path: file.path, dagID: dag.id, dag: dag, diagnostics: []))
            } else {
                entries.append(broken(file, known))
            }
        }
        catalog.replace(entries)
        try store.setImportErrors(
            entries.filter(\.isBroken).map { entry in
                ImportErrorRow(
                    path: entry.path, message: entry.diagnostics.map(\.description).joined(separator: "\n"),
                    at: WallClock.now())
            }, at: WallClock.now())
    }

    /// Tells the scheduler of every definition that is new, changed or gone since it was last told.
    func announce(to engine: SchedulerEngine, pausedAtCreation: Bool) throws {
        var events: [SchedulerEvent] = []
        let present = catalog.entries().compactMap(\.dag)
        let active = try store.loadUnfinished().state.statuses.filter(\.isActive).map(\.dagID)
        announced.withLock { announced in
            for dag in present where announced[dag.id] != dag.version {
                announced[dag.id] = dag.version
                events.append(.dagLoaded(dag, pausedAtCreation: pausedAtCreation))
            }
            let ids = Set(present.map(\.id))
            for gone in Set(active).union(announced.keys).subtracting(ids) {
                announced[gone] = nil
                events.append(.dagRemoved(gone))
            }
        }
        for event in events { engine.post(event) }
    }

    /// - Parameter onChange: called when the scheduler has been told of changed files.
    func watch(
        _ engine: SchedulerEngine, pausedAtCreation: Bool, onChange: @escaping @Sendable () -> Void
    ) throws {
        guard let folder else { return }
        let watcher = try DAGFolderWatcher(root: folder, queue: queue) { [weak self] in
            guard let self else { return }
            do {
                try read()
                try announce(to: engine, pausedAtCreation: pausedAtCreation)
                onChange()
            } catch {
                // The last good definitions stay in force; the next change tries again.
                logger.error("the DAG folder \(folder) cannot be read: \(error)")
            }
        }
        self.watcher.withLock { $0 = watcher }
    }

    func stop() {
        watcher.withLock { watcher in
            watcher?.cancel()
            watcher = nil
        }
        queue.sync {}
    }

    /// Records the text of a good version, unless the scheduler already knows it.
    private func record(_ dag: DAG, _ source: [UInt8]) throws {
        if announced.withLock({ $0[dag.id] }) == dag.version, catalog.entry(path: dag.path) != nil { return }
        try store.recordVersion(of: dag, source: source, at: WallClock.now())
    }

    /// The entry of a broken file: with the version that was good last, found by its path or its id.
    private func broken(_ file: DAGFile, _ known: [String: DAG]) -> DAGCatalog.Entry {
        let last = catalog.entry(path: file.path)?.dag ?? known[file.path]
        return DAGCatalog.Entry(
            path: file.path, dagID: file.dagID ?? last?.id, dag: last,
            diagnostics: file.errors)
    }

    /// The active definitions of the database by path: what was good when the last daemon ran.
    private func lastGoodVersions() throws -> [String: DAG] {
        var known: [String: DAG] = [:]
        guard catalog.entries().isEmpty else { return known }
        for status in try store.loadUnfinished().state.statuses where status.isActive {
            guard let dag = try? library.dag(status.dagID, status.version) else { continue }
            known[dag.path] = dag
        }
        return known
    }
}
