import DAGDomain
import Dispatch
import Glibc
import JSONText
import Logging
import SchedulerCore
import StateStore
import Synchronization

/// Watches the files of assets (`watch` in a DAG file), and tells the scheduler of each that is new or has changed.
///
/// What was told is recorded with the event in one transaction, by size, time of change and inode: a restart tells of
/// nothing twice, and of what happened while the daemon was down. Files that are there when a watch is seen for the
/// first time count as known.
final class AssetFileWatcher: Sendable {
    private struct Watch: Hashable {
        let uri: AssetURI
        /// Absolute.
        let pattern: String
        let interval: Duration
        let settling: Duration
    }

    private struct State {
        var watches: [Watch] = []
        /// By asset and path, as the database has them.
        var known: [AssetURI: [String: WatchedFile]] = [:]
        var settling = FileSettling()
        /// On their way to the database.
        var underWay: Set<String> = []
        var isLooking = false
        var isStopped = false
    }

    /// How long a burst of events may grow before the folders are looked at.
    private static let burst = Duration.milliseconds(50)

    private let engine: SchedulerEngine
    private let store: StateStore
    private let catalog: DAGCatalog
    private let logger: Logger
    private let queue = DispatchQueue(label: "orchestrator.asset-files")
    private let state = Mutex(State())
    private let folders = Mutex<WatchedFolders?>(nil)

    init(engine: SchedulerEngine, store: StateStore, catalog: DAGCatalog, logger: Logger) {
        self.engine = engine
        self.store = store
        self.catalog = catalog
        self.logger = logger
    }

    /// Begins to watch; whatever arrives after this has returned is told of.
    func start() {
        queue.sync { takeWatches() }
    }

    /// Takes the watches of the DAG files as they are now.
    func refresh() {
        queue.async { [self] in takeWatches() }
    }

    private func takeWatches() {
        let wanted = wantedWatches()
        let old = state.withLock { $0.watches }
        guard wanted != old else { return }
        do {
            for watch in wanted where !old.contains(watch) { try begin(watch) }
            state.withLock { $0.watches = wanted }
            look()
            for watch in wanted where !old.contains(watch) { lookNowAndThen(watch) }
        } catch {
            logger.error("the files of assets cannot be watched: \(error)")
        }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        queue.sync {}
        folders.withLock { $0 = nil }
    }

    private func wantedWatches() -> [Watch] {
        var watches: Set<Watch> = []
        for dag in catalog.entries().compactMap(\.dag) {
            for asset in dag.settings.scheduleAssets {
                guard let watch = asset.watch else { continue }
                let path = watch.path.hasPrefix("/") ? watch.path : dag.folder + "/" + watch.path
                watches.insert(
                    Watch(
                        uri: asset.uri, pattern: path, interval: watch.interval, settling: watch.settling))
            }
        }
        return watches.sorted { ($0.uri, $0.pattern) < ($1.uri, $1.pattern) }
    }

    private func begin(_ watch: Watch) throws {
        let known = try store.watchedFiles(of: watch.uri)
        state.withLock { $0.known[watch.uri] = known }
        try watchFolder(of: watch.pattern)
        guard try !store.hasWatch(watch.uri, pattern: watch.pattern) else { return }
        let files = Self.files(of: watch.pattern)
        state.withLock { state in
            for file in files { state.known[watch.uri, default: [:]][file.path] = file }
        }
        engine.post(.outsideRecorded(.watchBegan(watch.uri, pattern: watch.pattern, files)))
    }

    private func watchFolder(of pattern: String) throws {
        let folders = try folders.withLock { folders in
            if let folders { return folders }
            let made = try WatchedFolders(queue: queue) { [weak self] in self?.received($0) }
            folders = made
            return made
        }
        folders.watch(pattern)
    }

    // MARK: Looking

    private func received(_ events: [WatchedFolders.Event]) {
        let isFirst = state.withLock { state in
            for event in events { state.settling.take(event) }
            defer { state.isLooking = true }
            return !state.isLooking
        }
        if isFirst { lookAgain(after: Self.burst) }
    }

    private func lookAgain(after delay: Duration) {
        let milliseconds = max(1, Int(clamping: delay.microseconds / 1_000 + 1))
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in self?.look() }
    }

    /// Where no event comes from, looking now and then has to do.
    private func lookNowAndThen(_ watch: Watch) {
        let milliseconds = max(100, Int(clamping: watch.interval.microseconds / 1_000))
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in
            guard let self, state.withLock({ $0.watches.contains(watch) && !$0.isStopped }) else { return }
            look()
            lookNowAndThen(watch)
        }
    }

    private func look() {
        let watches = state.withLock { state in
            state.isLooking = false
            return state.isStopped ? [] : state.watches
        }
        var next: Timestamp?
        for watch in watches {
            // A folder may have been made meanwhile.
            try? watchFolder(of: watch.pattern)
            if let instant = look(at: watch) { next = min(next ?? .distantFuture, instant) }
        }
        if let next { lookAgain(after: max(.milliseconds(1), next - WallClock.now())) }
    }

    /// - Returns: when a file that is not complete yet should be looked at again.
    private func look(at watch: Watch) -> Timestamp? {
        let files = Self.files(of: watch.pattern)
        let now = WallClock.now()
        let (complete, gone, next) = state.withLock { state in
            let known = state.known[watch.uri] ?? [:]
            let changed = files.filter {
                known[$0.path] != $0 && !state.underWay.contains(Self.place(watch.uri, $0.path))
            }
            let found = state.settling.complete(changed, settling: watch.settling, now: now)
            for file in found.files { state.underWay.insert(Self.place(watch.uri, file.path)) }
            return (found.files, Self.gone(known, watches: state.watches, of: watch.uri), found.lookAgain)
        }
        for file in complete { tell(file, of: watch.uri) }
        if !gone.isEmpty {
            engine.post(.outsideRecorded(.filesGone(watch.uri, paths: gone)))
            state.withLock { state in for path in gone { state.known[watch.uri]?[path] = nil } }
        }
        return next
    }

    private static func place(_ uri: AssetURI, _ path: String) -> String { "\(uri)\u{0}\(path)" }

    private static func gone(
        _ known: [String: WatchedFile], watches: [Watch], of uri: AssetURI
    ) -> [String] {
        known.keys.filter { access($0, F_OK) != 0 && errno == ENOENT }.sorted()
    }

    /// The event and the state of the file are one commit.
    private func tell(_ file: WatchedFile, of uri: AssetURI) {
        let extra: JSONObject = [
            "path": .string(file.path), "size": .integer(file.sizeBytes),
            "modified": .string(Timestamp(microsecondsSinceEpoch: file.modified / 1_000).rfc3339),
        ]
        let emission = AssetEmission(asset: uri, extra: extra, source: "file \(file.path)")
        Task { [self] in
            do throws(ControlPlaneError) {
                try await engine.perform { engine throws(ControlPlaneError) in
                    engine.handle(.assetEmitted(emission))
                    engine.handle(.outsideRecorded(.fileSeen(uri, file)))
                }
                told(file, of: uri, isRecorded: true)
            } catch {
                logger.error("the update of \(uri) by \(file.path) is not recorded yet: \(error.sentence)")
                told(file, of: uri, isRecorded: false)
                queue.async { self.lookAgain(after: .seconds(1)) }
            }
        }
    }

    private func told(_ file: WatchedFile, of uri: AssetURI, isRecorded: Bool) {
        state.withLock { state in
            state.underWay.remove(Self.place(uri, file.path))
            guard isRecorded else { return }
            state.known[uri, default: [:]][file.path] = file
            state.settling.forget(file.path)
        }
        // It may have changed again meanwhile.
        if isRecorded { queue.async { [weak self] in self?.look() } }
    }

    /// The regular files of a path or pattern.
    private static func files(of pattern: String) -> [WatchedFile] {
        FileMatch.paths(pattern).compactMap { path in
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            return WatchedFile(
                path: path, sizeBytes: Int64(status.st_size),
                modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec),
                inode: UInt64(status.st_ino))
        }
    }
}
