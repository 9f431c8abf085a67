import ArtifactStore
import CProcess
import DAGDomain
import Dispatch
import Glibc
import Logging
import SchedulerCore
import StateStore
import Synchronization

/// Puts the rooms together: one home, one database, one scheduler, one worker pool. The daemon is this with a server
/// beside it; a foreground `run` is this without schedules.
package final class ServiceHost: Sendable {
    package let controlPlane: ControlPlane
    package let openingReport: StateStore.OpeningReport
    private let settings: ServiceSettings
    private let lock: Mutex<HomeLock?>
    private let store: StateStore
    private let engine: SchedulerEngine
    private let runner: AttemptRunner
    private let definitions: DefinitionReader
    private let notices: NoticeSender
    private let assetFiles: AssetFileWatcher
    private let datasets: DatasetExaminer
    private let openLineage: OpenLineageSender?
    private let elsewhere: ElsewhereTracking?
    private let retention: RetentionSweeper?

    /// Takes the home, opens its database, reads the DAG folder and the unfinished runs. Nothing runs yet.
    ///
    /// - Parameter onFatal: told when the host cannot go on; it must end the process.
    /// - Throws: `HomeLock.Failure`, `StateStoreError`, `HomeError`, `HostError`.
    package init(
        settings: ServiceSettings, logger: Logger, onFatal: @escaping @Sendable (any Error) -> Void
    ) throws {
        self.settings = settings
        guard !settings.executesTasks || access(settings.shimPath, X_OK) == 0 else {
            throw HostError.supervisorMissing(path: settings.shimPath)
        }
        lock = Mutex(try HomeLock.acquire(home: settings.home.path))
        let store = try StateStore.open(
            home: settings.home.path, options: StateStore.OpeningOptions(now: WallClock.now()))
        self.store = store
        openingReport = store.openingReport
        let library = DefinitionLibrary(store: store)
        let catalog = DAGCatalog()
        let updates = UpdateHub()
        let values = ValueService(store: store, settings: settings)
        // A task must not find out in the middle of a run that the key is gone.
        if settings.executesTasks { try values.check() }
        definitions = DefinitionReader(
            folder: settings.dagFolder, store: store, library: library, catalog: catalog, logger: logger)
        try definitions.read()
        let degradation = DegradationRelay()
        let watchdog = WatchdogLog(interval: settings.watchdogInterval)
        let place = settings.trackingElsewhere
        let endpoint = TrackingEndpoint(elsewhere: place) {
            place.flatMap { (try? $0.credentials(values)) ?? nil }
        }
        let artifacts = ArtifactStore(home: settings.home.path)
        elsewhere = ElsewhereTracking(
            settings, store: store, artifacts: artifacts, values: values, endpoint: endpoint, logger: logger)
        engine = try SchedulerEngine(
            store: store,
            configuration: EngineConfiguration(
                executesTasks: settings.executesTasks, notesLineage: settings.openLineage != nil,
                trackingSteps: elsewhere?.steps,
                restore: { try Restoration.machine(from: store, library, settings) },
                restoreModels: { try Restoration.models(from: store) }, onFatal: onFatal,
                onDegraded: { reason in
                    degradation.set(reason)
                    if let reason { logger.error("\(reason)") } else { logger.notice("writing works again") }
                },
                watchdogInterval: settings.watchdogInterval,
                onLook: { found, instant, cost in
                    watchdog.add(found, at: instant, cost: cost)
                    for finding in found {
                        let end = finding.isRepaired ? "set going again" : "and still is"
                        logger.error("watchdog: \(finding.sentence); \(end)")
                    }
                }))
        let tracking = TaskTracking(store: store, endpoint: endpoint)
        notices = NoticeSender(
            settings: settings, store: store, library: library, values: values, logger: logger)
        datasets = DatasetExaminer(settings: settings, store: store, artifacts: artifacts, logger: logger)
        openLineage = settings.openLineage.map { target in
            OpenLineageSender(
                target, settings: settings, store: store, library: library, values: values, logger: logger)
        }
        controlPlane = ControlPlane(
            engine: engine, store: store, catalog: catalog, library: library, updates: updates,
            values: values, notices: notices, watchdog: watchdog, tracking: tracking, settings: settings)
        degradation.connect(controlPlane)
        runner = try AttemptRunner(
            engine: engine, settings: settings, store: store, library: library,
            artifacts: artifacts, values: values,
            triggering: RunTriggering(engine: engine, catalog: catalog, values: values), updates: updates,
            notices: notices, datasets: datasets, tracking: tracking, elsewhere: elsewhere,
            openLineage: openLineage, logger: logger)
        retention = settings.retention.flatMap { [engine] retention in
            guard settings.answersSchedules, settings.executesTasks else { return nil }
            return RetentionSweeper(
                retention, settings: settings, engine: engine, store: store, artifacts: artifacts,
                logger: logger)
        }
        assetFiles = AssetFileWatcher(engine: engine, store: store, catalog: catalog, logger: logger)
        if settings.answersSchedules || !settings.executesTasks {
            try definitions.announce(to: engine, pausedAtCreation: settings.pausedAtCreation)
        }
    }

    /// Begins to schedule: looks after unfinished attempts, then starts what may start and watches the DAG folder.
    package func start() throws {
        runner.reconcile()
        try engine.activate(performer: runner)
        if settings.executesTasks {
            try notices.start()
            datasets.start()
            openLineage?.start()
            elsewhere?.delivery.start()
            try retention?.start()
        }
        if settings.answersSchedules {
            try definitions.watch(engine, pausedAtCreation: settings.pausedAtCreation) { [assetFiles] in
                assetFiles.refresh()
            }
            assetFiles.start()
        }
        // What reading every DAG file and every text of the database took is not needed again.
        cprocess_return_freed_memory()
    }

    /// Gives each notice that is due a chance, for a process that lives for one run only: those of a daemon are sent by
    /// the next one. Blocks until they have been tried, half a minute at most; small tables of the run have then been
    /// looked into.
    package func settleNotices() {
        notices.settle(within: .seconds(30))
        datasets.settle()
        openLineage?.settle()
        elsewhere?.delivery.settle()
    }

    /// Takes no more work, leaves tasks running, and closes the database. The next host finds them again.
    ///
    /// - Throws: `StateStoreError` when the clean stop could not be recorded; the next start will check the database.
    package func stop() throws {
        definitions.stop()
        assetFiles.stop()
        retention?.stop()
        engine.stop()
        retention?.settle()
        notices.stop()
        datasets.stop()
        openLineage?.stop()
        elsewhere?.delivery.stop()
        runner.shutdown()
        controlPlane.updates.close()
        try store.close()
        lock.withLock { $0 = nil }
    }
}
