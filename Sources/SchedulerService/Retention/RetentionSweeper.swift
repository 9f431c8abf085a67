import ArtifactStore
import DAGDomain
import Dispatch
import Foundation
import JSONText
import Logging
import StateStore
import Synchronization

/// Lets old runs go in the background, as far as the settings say so and nothing needs them.
///
/// A look goes through the DAGs and takes a few runs at a time: the rows between two events of the scheduler, in one short
/// transaction; the folders and contents on a queue of its own. The next few follow when these are done, so that tasks
/// never wait for more than one step. A daemon that is shot between rows and files leaves folders that the next one's
/// first look removes, and contents that `artifacts gc` removes.
final class RetentionSweeper: Sendable {
    /// So many runs are asked for at once, and so many task instances go in one transaction (or one run).
    private static let runsAtOnce = 50
    private static let instancesAtOnce = 2_000
    /// The first look waits until the start is over.
    private static let firstDelay = Duration.seconds(60)

    private struct State {
        var timer: WakeTimer?
        var isStopped = true
        /// What remains of the look that is under way.
        var dags: [DAGID] = []
        var look: RetentionLook?
        var hasTidied = false
    }

    private let settings: RetentionSettings
    private let home: OrchestratorHome
    private let keepsUntold: Bool
    private let engine: SchedulerEngine
    private let store: StateStore
    private let artifacts: ArtifactStore
    private let logger: Logger
    private let queue = DispatchQueue(label: "orchestrator.retention", qos: .utility)
    private let state = Mutex(State())

    init(
        _ retention: RetentionSettings, settings: ServiceSettings, engine: SchedulerEngine, store: StateStore,
        artifacts: ArtifactStore, logger: Logger
    ) {
        self.settings = retention
        home = settings.home
        keepsUntold = settings.openLineage != nil
        self.engine = engine
        self.store = store
        self.artifacts = artifacts
        self.logger = logger
    }

    func start() throws {
        let timer = try WakeTimer(queue: queue) { [weak self] in self?.begin() }
        state.withLock { state in
            state.timer = timer
            state.isStopped = false
        }
        timer.arm(WallClock.now() + min(settings.interval, Self.firstDelay))
    }

    /// Before the scheduler is stopped: no further step begins.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.timer?.cancel()
        }
    }

    /// After the scheduler was stopped: returns when nothing is under way any more.
    func settle() { queue.sync {} }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    // MARK: On the queue

    private func begin() {
        let now = WallClock.now()
        let isFirst = state.withLock { state -> Bool? in
            guard !state.isStopped else { return nil }
            state.timer?.arm(now + settings.interval)
            // The clock was set, or the last look takes longer than the interval.
            guard state.look == nil else { return nil }
            state.look = RetentionLook(at: now)
            defer { state.hasTidied = true }
            return !state.hasTidied
        }
        guard let isFirst else { return }
        do {
            let dags = try store.dagsWithRuns()
            state.withLock { $0.dags = dags.reversed() }
            if isFirst { try tidy() }
            next()
        } catch {
            end("\(error)")
        }
    }

    /// The rule as it is now.
    private var rule: ReleaseRule {
        let age = settings.age.map { WallClock.now() - $0 }
        return ReleaseRule(
            RetentionRule(endedBefore: age, keptRuns: settings.keptRuns ?? 1), keepsUntold: keepsUntold)
    }

    private func next() {
        do {
            while let dag = state.withLock({ $0.isStopped ? nil : $0.dags.last }) {
                let found = try store.releasableRuns(of: dag, rule, limit: Self.runsAtOnce)
                let step = Self.step(found)
                guard step.isEmpty else { return take(step, of: dag, try store.contents(ofRuns: step)) }
                state.withLock { _ = $0.dags.popLast() }
            }
            guard !isStopped else { return }
            if let age = settings.age { forgetAssetEvents(before: WallClock.now() - age) } else { end(nil) }
        } catch {
            end("\(error)")
        }
    }

    private static func step(_ runs: [ReleasableRun]) -> [RunNumber] {
        var instances = 0
        let count = runs.prefix { run in
            defer { instances += run.instances }
            return instances == 0 || instances + run.instances <= instancesAtOnce
        }
        return count.map(\.number)
    }

    private func take(_ runs: [RunNumber], of dag: DAGID, _ contents: Set<String>) {
        let rule = rule
        engine.submit { [self] engine in
            do throws(StateStoreError) {
                let gone = try engine.store.release(runs, of: dag, rule, at: WallClock.now())
                queue.async { [self] in took(gone, of: dag, contents) }
            } catch {
                queue.async { [self] in end(error.sentence) }
            }
        } refused: { [self] error in
            queue.async { [self] in end("\(error)") }
        }
    }

    private func took(_ gone: [RunNumber], of dag: DAGID, _ contents: Set<String>) {
        var bytes: Int64 = 0
        for run in gone {
            let folder = home.folder(ofRun: run.value)
            bytes += RunFolder.bytes(of: folder)
            RunFolder.remove(folder)
        }
        do {
            let collected = try artifacts.collect(contents) { try store.needsContent($0) }
            state.withLock { state in
                state.look?.runs += gone.count
                state.look?.folderBytes += bytes
                state.look?.artifacts += collected.removedFiles
                state.look?.artifactBytes += collected.removedBytes
                // Somebody needs them since they were found: the next look tries again.
                if gone.isEmpty { _ = state.dags.popLast() }
            }
            queue.async { [self] in next() }
        } catch {
            end("artifacts of old runs cannot be removed: \(error)")
        }
    }

    private func forgetAssetEvents(before instant: Timestamp) {
        engine.submit { [self] engine in
            do throws(StateStoreError) {
                let batch = try engine.store.pruneAssets(before: instant, at: WallClock.now())
                queue.async { [self] in
                    state.withLock { $0.look?.assetEvents += batch.result.assetEvents }
                    if batch.isComplete || isStopped { end(nil) } else { forgetAssetEvents(before: instant) }
                }
            } catch {
                queue.async { [self] in end(error.sentence) }
            }
        } refused: { [self] error in
            queue.async { [self] in end("\(error)") }
        }
    }

    private func end(_ problem: String?) {
        let ended = state.withLock { state -> RetentionLook? in
            defer { state.look = nil }
            return state.isStopped ? nil : state.look
        }
        guard var look = ended else { return }
        look.problem = problem
        if let problem { logger.error("old runs cannot be removed now: \(problem)") }
        do {
            let event = RecordedEvent(who: "retention", what: "prune", detail: look.numbers)
            try store.setLastRetention(
                look.json.text(), event: look.hasRemoved ? event : nil, at: WallClock.now())
        } catch {
            logger.error("the look for old runs cannot be recorded: \(error)")
        }
    }

    /// Removes folders of runs whose rows went before a crash.
    private func tidy() throws(StateStoreError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home.runsFolder)) ?? []
        let numbers = names.compactMap { name in Int64(name).flatMap { "\($0)" == name ? $0 : nil } }
        for start in stride(from: 0, to: numbers.count, by: Self.instancesAtOnce) {
            let some = Array(numbers[start..<min(start + Self.instancesAtOnce, numbers.count)])
            for number in try store.removedRuns(among: some) {
                let folder = home.folder(ofRun: number)
                let bytes = RunFolder.bytes(of: folder)
                RunFolder.remove(folder)
                state.withLock { $0.look?.folderBytes += bytes }
            }
        }
    }
}
