import DAGDomain
import Dispatch
import Foundation
import Logging
import SchedulerCore
import StateStore
import Synchronization

/// Watches what deferred instances wait for, and tells the scheduler when it is there.
///
/// A wait costs an entry in memory, and for a file an inotify watch on a folder: no thread, no process, no slot. After
/// a restart the scheduler asks for every wait again. What is watched is only a hint to look: whether a file is there,
/// or how a run ended, is always asked anew.
final class WaitWatcher: Sendable {
    /// One instance that waits.
    struct Entry: Sendable {
        let tryNumber: Int
        let target: Target
    }

    enum Target: Sendable {
        case file(path: String)
        case run(ExternalRun, before: Timestamp?)
    }

    private let engine: SchedulerEngine
    private let store: StateStore
    private let library: DefinitionLibrary
    private let preparation: AttemptPreparation
    private let logger: Logger
    private let queue = DispatchQueue(label: "orchestrator.waits")
    private let entries = Mutex<[TaskInstanceKey: Entry]>([:])
    private let files = Mutex<PathWatcher?>(nil)

    init(
        engine: SchedulerEngine, store: StateStore, library: DefinitionLibrary,
        preparation: AttemptPreparation,
        logger: Logger
    ) {
        self.engine = engine
        self.store = store
        self.library = library
        self.preparation = preparation
        self.logger = logger
    }

    /// Begins to watch; a person's decision comes by itself.
    func begin(_ key: TaskInstanceKey, tryNumber: Int) {
        queue.async { [self] in
            do {
                let (run, dag) = try library.run(key.run)
                guard let wait = dag.tasks[key.task].flow.wait,
                    let target = try target(of: wait, key, tryNumber, run, dag)
                else { return }
                let entry = Entry(tryNumber: tryNumber, target: target)
                entries.withLock { $0[key] = entry }
                if case .file(let path) = target { try watch(path) }
                look(key)
                if case .file = target { lookAgain(key, tryNumber: tryNumber, after: wait.pokeInterval) }
            } catch let failure as AttemptPreparation.Failure {
                finish(key, tryNumber: tryNumber, .failed(failure.text))
            } catch {
                finish(key, tryNumber: tryNumber, .failed("what it waits for cannot be watched: \(error)"))
            }
        }
    }

    func end(_ key: TaskInstanceKey) {
        queue.async { [self] in entries.withLock { $0[key] = nil } }
    }

    /// Follows a committed batch: runs that others wait for may have ended, or one of their tasks.
    func follow(_ transitions: [Transition]) {
        var changed: Set<RunNumber> = []
        for transition in transitions {
            switch transition {
            case .runChanged(_, let run) where run.state.isFinished: changed.insert(run.number)
            case .instanceChanged(_, let instance, _) where instance.state.isFinished:
                changed.insert(instance.key.run)
            default: break
            }
        }
        guard !changed.isEmpty else { return }
        queue.async { [self, changed] in
            let waiting = entries.withLock { $0 }
            guard !waiting.isEmpty else { return }
            let dags = Set(changed.compactMap { try? library.run($0).run.dagID })
            for (key, entry) in waiting {
                if case .run(let external, _) = entry.target, dags.contains(external.dagID) { look(key) }
            }
        }
    }

    private func target(
        of wait: Wait, _ key: TaskInstanceKey, _ tryNumber: Int, _ run: DAGRun, _ dag: DAG
    ) throws -> Target? {
        switch wait.condition {
        case .file(let template):
            let path = try preparation.text(template, of: key, tryNumber: tryNumber, run: run, dag: dag)
            return .file(path: path.hasPrefix("/") ? path : dag.folder + "/" + path)
        case .externalRun(let external): return .run(external, before: run.logicalDate)
        case .instant, .approval, .poke: return nil
        }
    }

    private func watch(_ path: String) throws {
        let watcher = try files.withLock { files in
            if let watcher = files { return watcher }
            let watcher = try PathWatcher(queue: queue) { [weak self] in self?.lookAtFiles() }
            files = watcher
            return watcher
        }
        watcher.watch(path)
    }

    private func lookAtFiles() {
        for (key, entry) in entries.withLock({ $0 }) {
            guard case .file(let path) = entry.target else { continue }
            files.withLock { $0 }?.watch(path)
            look(key)
        }
    }

    /// Where no event comes from (a network file system), looking now and then has to do.
    private func lookAgain(_ key: TaskInstanceKey, tryNumber: Int, after interval: Duration) {
        let milliseconds =
            Int(clamping: interval.components.seconds) * 1_000
            + Int(interval.components.attoseconds / 1_000_000_000_000_000)
        queue.asyncAfter(deadline: .now() + .milliseconds(max(milliseconds, 100))) { [weak self] in
            guard let self, entries.withLock({ $0[key]?.tryNumber }) == tryNumber else { return }
            lookAtFiles()
            lookAgain(key, tryNumber: tryNumber, after: interval)
        }
    }

    // MARK: Looking

    private func look(_ key: TaskInstanceKey) {
        guard let entry = entries.withLock({ $0[key] }) else { return }
        switch entry.target {
        case .file(let path):
            if FileMatch.exists(path) { finish(key, tryNumber: entry.tryNumber, .met(outputs: [])) }
        case .run(let external, let date):
            do {
                if let outcome = try outcome(of: external, before: date) {
                    finish(key, tryNumber: entry.tryNumber, outcome)
                }
            } catch {
                logger.error("run of \(external.dagID) cannot be looked up: \(error)")
            }
        }
    }

    /// How the run that is waited for stands; nil: go on waiting.
    private func outcome(of external: ExternalRun, before date: Timestamp?) throws -> WaitOutcome? {
        guard let run = try store.externalRun(external, at: date) else { return nil }
        guard external.tasks.isEmpty else { return try outcome(ofTasks: external, in: run) }
        if external.failedStates.contains(run.state) {
            return .failed("run `\(run.runID)` of DAG `\(run.dagID)` is \(run.state.rawValue)")
        }
        return external.allowedStates.contains(run.state) ? .met(outputs: []) : nil
    }

    private func outcome(ofTasks external: ExternalRun, in run: DAGRun) throws -> WaitOutcome? {
        let dag = try library.dag(run.dagID, run.version)
        let instances = try store.loadRun(run.number)?.instances ?? []
        var isMet = true
        for task in external.tasks {
            guard let index = dag.index(of: task) else {
                return .failed("DAG `\(dag.id)` has no task `\(task)`")
            }
            for instance in instances where instance.key.task == index {
                if external.failedStates.contains(.failed), instance.state.isFailure {
                    return .failed(
                        "task `\(task)` of run `\(run.runID)` of DAG `\(dag.id)` is \(instance.state.rawValue)"
                    )
                }
                let isAllowed =
                    instance.state == .success && external.allowedStates.contains(.success)
                    || instance.state.isFailure && external.allowedStates.contains(.failed)
                if !isAllowed { isMet = false }
            }
        }
        return isMet ? .met(outputs: []) : nil
    }

    private func finish(_ key: TaskInstanceKey, tryNumber: Int, _ outcome: WaitOutcome) {
        entries.withLock { $0[key] = nil }
        engine.post(.waitEnded(key, tryNumber: tryNumber, outcome))
    }
}
