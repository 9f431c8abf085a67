import DAGDomain
import DAGLoading
import JSONText
import SchedulerCore
import StateStore
import Synchronization

/// Everything that a person or a program can ask of the scheduler; the API and the command line stand on it.
///
/// A call that changes something returns after the change is committed.
package final class ControlPlane: Sendable {
    package let store: StateStore
    package let catalog: DAGCatalog
    package let updates: UpdateHub
    package let settings: ServiceSettings
    let engine: SchedulerEngine
    let library: DefinitionLibrary
    package let values: ValueService
    package let tracking: TaskTracking
    let notices: NoticeSender
    private let watchdog: WatchdogLog
    let deliveries = DeliveryClaims()
    private let degradation = Mutex<String?>(nil)

    init(
        engine: SchedulerEngine, store: StateStore, catalog: DAGCatalog, library: DefinitionLibrary,
        updates: UpdateHub, values: ValueService, notices: NoticeSender, watchdog: WatchdogLog,
        tracking: TaskTracking, settings: ServiceSettings
    ) {
        self.tracking = tracking
        self.watchdog = watchdog
        self.values = values
        self.notices = notices
        self.engine = engine
        self.store = store
        self.catalog = catalog
        self.library = library
        self.updates = updates
        self.settings = settings
    }

    package var health: ServiceHealth {
        degradation.withLock { $0 }.map { .degraded($0) } ?? .healthy
    }

    /// What the watchdog has found since this process began.
    package var watchdogReport: WatchdogReport { watchdog.report }

    func setDegradation(_ reason: String?) {
        degradation.withLock { $0 = reason }
    }

    // MARK: Runs

    package func trigger(_ request: TriggerRequest) async throws(ControlPlaneError) -> DAGRun {
        try await requestRun(of: try catalog.triggerable(request.dagID), request)
    }

    /// A run of a DAG file that need not be in the folder; `request.dagID` is not looked at.
    package func runFile(
        _ path: String, _ request: TriggerRequest
    ) async throws(ControlPlaneError) -> DAGRun {
        let file = DAGFolderScan().loadFile(path)
        guard let dag = file.dag else { throw .brokenDAG(file.dagID ?? DAGID(path), file.errors) }
        library.keep(dag)
        try reading { () throws(StateStoreError) in
            try store.recordVersion(of: dag, source: file.source, at: WallClock.now())
        }
        return try await requestRun(of: dag, request)
    }

    private func requestRun(
        of dag: DAG, _ request: TriggerRequest
    ) async throws(ControlPlaneError) -> DAGRun {
        if let runID = request.runID, !runID.isValid {
            throw .invalidRequest(
                "`\(runID)` is not a run id: letters, digits and _ . ~ : + - only, at most 250 of them")
        }
        let run = RunRequest(
            dagID: dag.id, runID: request.runID, type: request.type, trigger: request.trigger,
            logicalDate: request.logicalDate, parameters: try parameters(for: dag, request),
            note: request.note, dag: dag, cacheUse: request.usesCache ? .exceptCleared : .never)
        return try await engine.perform { engine throws(ControlPlaneError) in
            try engine.checkNotTaken(run)
            let decision = engine.handle(.runRequested(run))
            if let refusal = decision.refusal { throw ControlPlaneError(refusal) }
            guard let created = decision.createdRun else {
                throw .invalidRequest("the scheduler made no run")
            }
            return created
        }
    }

    func parameters(
        for dag: DAG, _ request: TriggerRequest
    ) throws(ControlPlaneError) -> JSONObject {
        do throws(ParameterResolution.Failure) {
            return try ParameterResolution(dag.settings.parameters).resolve(
                conf: request.conf, assignments: request.parameterTexts.map { "\($0.name)=\($0.text)" })
        } catch {
            throw .invalidParameters(error.problems)
        }
    }

    package func cancel(dagID: DAGID, runID: RunID, by: String) async throws(ControlPlaneError) -> DAGRun {
        let run = try existingRun(dagID, runID)
        guard !run.state.isFinished else {
            throw .conflict("run `\(runID)` has already ended: \(run.state.rawValue)")
        }
        try await perform(.runCancelled(run.number, by: by))
        return try existingRun(dagID, runID)
    }

    package func markRun(
        dagID: DAGID, runID: RunID, as state: DAGRunState, by: String
    ) async throws(ControlPlaneError) -> DAGRun {
        let run = try existingRun(dagID, runID)
        try await restoringIfFinished(run, [.runMarked(run.number, as: state, by: by)])
        return try existingRun(dagID, runID)
    }

    package func deleteRun(dagID: DAGID, runID: RunID, by: String) async throws(ControlPlaneError) {
        let run = try existingRun(dagID, runID)
        guard run.state.isFinished else {
            throw .conflict("run `\(runID)` is \(run.state.rawValue): cancel it before deleting it")
        }
        guard try !reading({ () throws(StateStoreError) in try store.isPinned(run.number) }) else {
            throw .conflict("run `\(runID)` is pinned: unpin it before deleting it")
        }
        try await engine.perform { engine throws(ControlPlaneError) in
            try reading { () throws(StateStoreError) in
                try engine.store.deleteRun(run.number, at: WallClock.now())
                try engine.store.recordEvent(
                    RecordedEvent(who: by, what: "delete", dagID: dagID, runID: runID), at: WallClock.now())
            }
        }
        RunFolder.remove(settings.home.folder(ofRun: run.number.value))
    }

    // MARK: DAGs and pools

    package func setPaused(_ dagID: DAGID, _ isPaused: Bool, by: String) async throws(ControlPlaneError) {
        guard catalog.entry(dagID) != nil else { throw .unknownDAG(dagID) }
        try await perform(.dagPauseChanged(dagID, isPaused: isPaused))
    }

    /// Deletes the history of a DAG. Its file is the user's; while it is there, the DAG comes back at once as a new one.
    package func deleteDAG(_ dagID: DAGID, by: String) async throws(ControlPlaneError) {
        let runs = try reading { () throws(StateStoreError) in try store.runNumbers(of: dagID) }
        let entry = catalog.entry(dagID)
        guard entry != nil || !runs.isEmpty else { throw .unknownDAG(dagID) }
        try await engine.perform { [settings] engine throws(ControlPlaneError) in
            if engine.machine.hasUnfinishedRuns(of: dagID) {
                throw .conflict("DAG `\(dagID)` has runs that have not ended: cancel them first")
            }
            let source = try reading { () throws(StateStoreError) -> StateStore.DAGSource? in
                guard let dag = entry?.dag else { return nil }
                return try engine.store.dagSource(dag.id, dag.version)
            }
            try reading { () throws(StateStoreError) in
                try engine.store.deleteHistory(of: dagID, at: WallClock.now())
                try engine.store.recordEvent(
                    RecordedEvent(who: by, what: "delete", dagID: dagID), at: WallClock.now())
            }
            guard let dag = entry?.dag, let source else { return }
            try reading { () throws(StateStoreError) in
                try engine.store.recordVersion(of: dag, source: source.bytes, at: WallClock.now())
            }
            engine.handle(.dagRemoved(dagID))
            engine.handle(.assetQueueDropped(dagID, nil, before: nil))
            engine.handle(.retrainForgotten(dagID))
            if settings.answersSchedules || !settings.executesTasks {
                engine.handle(.dagLoaded(dag, pausedAtCreation: settings.pausedAtCreation))
            }
        }
        for run in runs { RunFolder.remove(settings.home.folder(ofRun: run.value)) }
    }

    package func setPool(_ pool: Pool, by: String) async throws(ControlPlaneError) {
        guard pool.name.isValidName else { throw .invalidRequest("`\(pool.name)` is not a pool name") }
        guard pool.slots >= -1 else { throw .invalidRequest("a pool has 0 or more slots (-1 for no limit)") }
        try await perform(.poolChanged(pool))
    }

    package func deletePool(_ name: PoolName, by: String) async throws(ControlPlaneError) {
        try await perform(.poolRemoved(name))
    }

    // MARK: Help

    func perform(_ event: SchedulerEvent) async throws(ControlPlaneError) {
        try await engine.perform { engine throws(ControlPlaneError) in
            if let refusal = engine.handle(event).refusal { throw ControlPlaneError(refusal) }
        }
    }

    func existingRun(_ dagID: DAGID, _ runID: RunID) throws(ControlPlaneError) -> DAGRun {
        let row = try reading { () throws(StateStoreError) in try store.run(dagID, runID) }
        if let row { return row.run }
        let runs = try reading { () throws(StateStoreError) in try store.runNumbers(of: dagID) }
        throw catalog.entry(dagID) != nil || !runs.isEmpty ? .unknownRun(dagID, runID) : .unknownDAG(dagID)
    }
}

/// Whether the scheduler can record what it decides.
package enum ServiceHealth: Hashable, Sendable {
    case healthy
    case degraded(String)
}

/// Runs a question to the database; what goes wrong there is "try again later" for the person who asked.
func reading<Value>(_ body: () throws(StateStoreError) -> Value) throws(ControlPlaneError) -> Value {
    do { return try body() } catch { throw .unavailable(error.sentence) }
}

extension ControlPlaneError {
    package init(_ error: ValueError) {
        self =
            switch error {
            case .database, .system: .unavailable(error.sentence)
            default: .badConfiguration(error.sentence)
            }
    }
}

extension ControlPlane {
    /// Runs a question to the variables and connections.
    package func asking<Value>(
        _ body: (ValueService) throws(ValueError) -> Value
    ) throws(ControlPlaneError) -> Value {
        do { return try body(values) } catch { throw ControlPlaneError(error) }
    }

    /// What must not be shown of a run, or of none.
    package func masker(for run: RunNumber?) throws(ControlPlaneError) -> SecretMasker {
        try asking { (values) throws(ValueError) in try values.masker(for: run) }
    }
}
