import DAGDomain
import Dispatch
import Glibc
import LifecycleCore
import Logging
import SchedulerCore
import StateStore
import Synchronization

/// Follows the metrics of trials while they run, and asks the scheduler to stop those that their task's `early_stopping`
/// gives up. Files are watched by inotify; nobody looks at them without an event.
final class TrialWatch: Sendable {
    /// A trial that runs.
    private struct Live {
        let key: TaskInstanceKey
        let rule: EarlyStoppingRule
        let metric: String
        let path: String
        let watch: Int32
        /// As far as the file has been read: whole lines only.
        var offset = 0
        var lines = 0
        /// The last step for which the rule was asked.
        var judgedStep: Int64?
        var isGivenUp = false
    }

    /// The trials of one mapped task in one run.
    private struct Group: Hashable {
        let run: RunNumber
        let task: Int
    }

    private struct State {
        var live: [AttemptID: Live] = [:]
        var curves: [Group: [Int: TrialCurve]] = [:]
    }

    private let engine: SchedulerEngine
    private let store: StateStore
    private let logger: Logger
    private let queue = DispatchQueue(label: "orchestrator.trials")
    private let state = Mutex(State())
    /// Made when the first trial begins.
    private let watcher = Mutex<PathWatcher?>(nil)

    init(engine: SchedulerEngine, store: StateStore, logger: Logger) {
        self.engine = engine
        self.store = store
        self.logger = logger
    }

    // MARK: Trials that come and go

    /// To be called before the process starts, or when it is found to be running.
    ///
    /// - Parameter isNew: whether nothing of it was read before. Of what an earlier daemon may have judged only the newest
    ///   point is judged again: it may have been written when nobody looked.
    func begin(_ context: AttemptContext, isNew: Bool) {
        guard let stopping = context.task.flow.earlyStopping, context.isMapped else { return }
        queue.async { [self] in
            do { try follow(context, stopping, isNew: isNew) } catch {
                logger.error("the metrics of \(context.key) cannot be followed: \(error)")
            }
        }
    }

    func end(_ attempt: AttemptID) {
        queue.async { [self] in
            guard let live = state.withLock({ $0.live[attempt] }) else { return }
            // What it wrote last counts for the others.
            read(attempt, judging: .nothing)
            state.withLock { _ = $0.live.removeValue(forKey: attempt) }
            watcher.withLock { $0?.forget(live.watch) }
        }
    }

    func follow(_ transitions: [Transition]) {
        for transition in transitions {
            switch transition {
            case .attemptChanged(_, let attempt) where attempt.state.isFinished: end(attempt.id)
            case .reportsForgotten(let key):
                queue.async { [self] in
                    state.withLock { $0.curves[Group(run: key.run, task: key.task)]?[key.mapIndex] = nil }
                }
            case .runChanged(_, let run) where run.state.isFinished:
                queue.async { [self] in
                    state.withLock { state in state.curves = state.curves.filter { $0.key.run != run.number }
                    }
                }
            default: break
            }
        }
    }

    private func follow(_ context: AttemptContext, _ stopping: EarlyStopping, isNew: Bool) throws {
        let path = context.files.metrics
        // A file that is there can be watched itself, and not the whole folder with the logs in it.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw HostError.system("open \(path)", errno) }
        close(descriptor)
        let watch = try watcher.withLock { (watcher: inout PathWatcher?) throws -> Int32 in
            if let watcher { return watcher.follow(path) }
            let made = try PathWatcher(queue: queue) { [weak self] in self?.readAll() }
            watcher = made
            return made.follow(path)
        }
        let group = Group(run: context.key.run, task: context.key.task)
        if state.withLock({ $0.curves[group] == nil }) {
            let ended = try endedTrials(group, stopping)
            state.withLock { $0.curves[group] = ended }
        }
        let live = Live(
            key: context.key, rule: EarlyStoppingRule(stopping), metric: stopping.metric,
            path: path, watch: watch)
        state.withLock { $0.live[context.attempt] = live }
        read(context.attempt, judging: isNew ? .all : .newest)
    }

    /// What the trials that have ended reported: after a restart they are in the database only.
    private func endedTrials(_ group: Group, _ stopping: EarlyStopping) throws -> [Int: TrialCurve] {
        var curves: [Int: TrialCurve] = [:]
        for instance in try store.loadRun(group.run)?.instances ?? []
        where instance.key.task == group.task && instance.state.isFinished && instance.tryNumber > 0 {
            let reported = try store.metrics(of: instance.key).filter { $0.name == stopping.metric }
            curves[instance.key.mapIndex] = TrialCurve(
                reported.enumerated().map { place, metric in
                    TrialCurve.Point(step: metric.step ?? Int64(place + 1), value: metric.value)
                })
        }
        return curves
    }

    // MARK: Reading

    private func readAll() {
        for attempt in state.withLock({ $0.live.keys.sorted { $0.text < $1.text } }) {
            read(attempt, judging: .all)
        }
    }

    /// Which of the points that are read may end the trial.
    private enum Judging {
        case all, newest, nothing

        func includes(_ place: Int, of count: Int) -> Bool {
            switch self {
            case .all: true
            case .newest: place == count - 1
            case .nothing: false
            }
        }
    }

    private func read(_ attempt: AttemptID, judging: Judging) {
        guard var live = state.withLock({ $0.live[attempt] }) else { return }
        let group = Group(run: live.key.run, task: live.key.task)
        guard let points = newPoints(&live), !points.isEmpty else {
            state.withLock { $0.live[attempt]?.offset = live.offset }
            return
        }
        var verdict: String?
        state.withLock { state in
            var curve = state.curves[group]?[live.key.mapIndex] ?? TrialCurve()
            let others = (state.curves[group] ?? [:]).filter { $0.key != live.key.mapIndex }.map(\.value)
            for (place, point) in points.enumerated() {
                curve.add(point)
                if judging.includes(place, of: points.count), verdict == nil, !live.isGivenUp {
                    verdict = live.rule.verdict(on: curve, after: live.judgedStep, others: others)
                }
                live.judgedStep = max(live.judgedStep ?? point.step, point.step)
            }
            live.isGivenUp = live.isGivenUp || verdict != nil
            state.curves[group, default: [:]][live.key.mapIndex] = curve
            state.live[attempt] = live
        }
        if let verdict { engine.post(.trialStopped(attempt, reason: verdict)) }
    }

    /// The points of the whole lines that have been appended; nil when nothing can be read.
    private func newPoints(_ live: inout Live) -> [TrialCurve.Point]? {
        let descriptor = open(live.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > live.offset,
            status.st_size <= MetricsFile.sizeLimitBytes
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) - live.offset)
        let count = pread(descriptor, &bytes, bytes.count, off_t(live.offset))
        guard count > 0, let end = bytes[..<count].lastIndex(of: 0x0A) else { return nil }
        live.offset += end + 1
        var points: [TrialCurve.Point] = []
        for line in bytes[..<end].split(separator: 0x0A) {
            // A line that is wrong fails the task when it has ended; here it says nothing.
            guard let parsed = try? MetricsFile.parse(Array(line)), let metric = parsed.first,
                metric.name == live.metric
            else { continue }
            live.lines += 1
            points.append(TrialCurve.Point(step: metric.step ?? Int64(live.lines), value: metric.value))
        }
        return points
    }
}
