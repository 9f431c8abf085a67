import DAGDomain
import Dispatch
import JSONText
import LifecycleCore
import Synchronization

/// The runs that attempts have on an MLflow server of the person's own: made before the program starts, read when it has
/// ended. The server's answer is waited for beside the scheduler, and a server that is down holds up nobody for long.
final class ElsewhereRuns: Sendable {
    typealias Failure = TrackingServerFailure

    /// An attempt under way.
    private struct Entry {
        let draft: ElsewhereDraft
        var run: ElsewhereRun?
        /// Of the daemon before: a run may be there that nobody has noted.
        var isEarlier = false
        /// Why it has no run.
        var reason: String?
        var end = JSONObject()
    }

    private struct State {
        var entries: [AttemptID: Entry] = [:]
        var experiments: [String: String] = [:]
        var downUntil: ContinuousClock.Instant?
        var hasNewSteps = false
    }

    private let access: TrackingAccess
    private let endpoint: TrackingEndpoint
    private let state = Mutex(State())

    /// So long no start asks a server that did not answer.
    private static let rest = Duration.seconds(30)
    /// So long the end of a task with a gate waits for a server that does not answer.
    private static let patience = Duration.seconds(60)

    init(access: TrackingAccess, endpoint: TrackingEndpoint) {
        self.access = access
        self.endpoint = endpoint
    }

    // MARK: Starts

    /// Whether an attempt starts a program that may speak to the server.
    func concern(_ context: AttemptContext) -> Bool {
        switch context.task.action {
        case .shell, .arguments: break
        case .performed(let action): if action.kind != .container { return false }
        case .triggerDAG, .none: return false
        }
        return !(context.dag.settings.environment + context.task.environment).contains {
            $0.name == "MLFLOW_TRACKING_URI" || $0.name == "MLFLOW_RUN_ID"
        }
    }

    /// Makes the run of an attempt. Without an answer the attempt starts all the same, and its log says so.
    func begin(_ context: AttemptContext) async {
        let draft = ElsewhereDraft(context)
        let isEarlier = state.withLock { state in
            let known = state.entries[context.attempt]
            if known == nil { state.entries[context.attempt] = Entry(draft: draft) }
            return known?.isEarlier ?? false
        }
        guard self.run(of: context) == nil else { return }
        do throws(Failure) {
            if isDown { throw Failure(.unreachable, "it did not answer a moment ago") }
            let run = try await make(draft, isEarlier: isEarlier)
            run.write(for: context)
            endpoint.tell(run.variables, to: context.attempt)
            state.withLock { $0.entries[context.attempt]?.run = run }
        } catch {
            failed(error)
            state.withLock { state in
                state.experiments[draft.experiment] = nil
                state.entries[context.attempt]?.reason = error.text
            }
            run(context, saying: "the task has no run on the MLflow server: \(error.text)")
        }
    }

    private func make(_ draft: ElsewhereDraft, isEarlier: Bool) async throws(Failure) -> ElsewhereRun {
        let server = try access.server()
        let known = state.withLock { $0.experiments[draft.experiment] }
        let experiment: String
        if let known {
            experiment = known
        } else {
            experiment = try await server.experiment(named: draft.experiment)
            state.withLock { $0.experiments[draft.experiment] = experiment }
        }
        if isEarlier, let found = try await server.run(of: experiment, tagged: [draft.attemptTag]) {
            return ElsewhereRun(id: found, experiment: experiment)
        }
        let id = try await server.createRun(draft.run(in: experiment))
        return ElsewhereRun(id: id, experiment: experiment)
    }

    private func run(_ context: AttemptContext, saying note: String) {
        RunFolder.make(for: context.files)
        LogNote.append(note, to: context.files.log)
    }

    private var isDown: Bool {
        state.withLock { state in state.downUntil.map { $0 > ContinuousClock().now } ?? false }
    }

    private func failed(_ failure: Failure) {
        guard failure.isUnreachable else { return }
        state.withLock { $0.downUntil = ContinuousClock().now + Self.rest }
    }

    /// An attempt that this process takes over from an earlier one.
    func tookUp(_ context: AttemptContext) {
        guard concern(context) else { return }
        let run = ElsewhereRun.read(for: context)
        if let run { endpoint.tell(run.variables, to: context.attempt) }
        let entry = Entry(draft: ElsewhereDraft(context), run: run, isEarlier: true)
        state.withLock { state in
            if state.entries[context.attempt] == nil { state.entries[context.attempt] = entry }
        }
    }

    private func run(of context: AttemptContext) -> ElsewhereRun? {
        state.withLock { $0.entries[context.attempt]?.run }
    }

    // MARK: Ends

    /// Whether something may be there of an attempt that has ended.
    func mayHaveLogged(_ attempt: AttemptID) -> Bool { state.withLock { $0.entries[attempt] != nil } }

    /// What an attempt that has ended logged. Where a gate or a version needs it, a silent server is asked for a while.
    ///
    /// - Parameter isGood: whether the program ended well, so that its gate is judged.
    func logged(_ context: AttemptContext, isGood: Bool) async -> AttemptCollection.Logged {
        guard let run = run(of: context) else {
            let reason = state.withLock { $0.entries[context.attempt]?.reason }
            return AttemptCollection.Logged(
                unanswered: reason.map { "the task could not be given a run there: \($0)" }
                    ?? "the task has no run there")
        }
        let clock = ContinuousClock()
        let isNeeded = isGood && (context.task.wholeGate != nil || context.task.model != nil)
        let end = clock.now + (isNeeded ? Self.patience : .zero)
        var pause = Duration.seconds(1)
        while true {
            do throws(Failure) {
                return try await answer(about: run)
            } catch {
                failed(error)
                if !error.isUnreachable || clock.now + pause > end {
                    self.run(
                        context, saying: "what was logged on the MLflow server cannot be read: \(error.text)")
                    return AttemptCollection.Logged(runID: run.id, unanswered: error.text)
                }
            }
            await Self.wait(pause)
            pause = min(pause * 2, .seconds(10))
        }
    }

    private func answer(about run: ElsewhereRun) async throws(Failure) -> AttemptCollection.Logged {
        guard let row = try await access.server().run(run.id) else {
            throw Failure(.refused(404, ""), "the run \(run.id) is not there any more")
        }
        var logged = AttemptCollection.Logged(runID: run.id)
        logged.metrics = (row["data"]?["metrics"]?.arrayValue ?? []).compactMap(Metric.init(tracked:))
        logged.parameters = JSONObject(
            (row["data"]?["params"]?.arrayValue ?? []).compactMap { pair in
                (pair["key"]?.stringValue).map { ($0, pair["value"] ?? .null) }
            })
        return logged
    }

    private static func wait(_ pause: Duration) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + pause.inSeconds) { continuation.resume() }
        }
    }

    /// What the run is told with the end of its attempt.
    ///
    /// - Parameter metrics: of the task's file.
    func ended(_ context: AttemptContext, at instant: Timestamp, metrics: [Metric]) {
        let milliseconds = instant.microsecondsSinceEpoch / 1_000
        let end: JSONObject = [
            "ended_at": .integer(milliseconds),
            "metrics": .array(metrics.map { $0.tracked(at: milliseconds) }),
        ]
        state.withLock { $0.entries[context.attempt]?.end = end }
    }

    // MARK: Commits

    /// What the server is to be told of changes that are about to be committed.
    func steps(for transitions: [Transition], at now: Timestamp) -> [TrackingStep] {
        var steps: [TrackingStep] = []
        for transition in transitions {
            switch transition {
            case .attemptChanged(let from, let attempt)
            where attempt.state.isFinished && !from.isFinished:
                if let step = step(for: attempt, now) { steps.append(step) }
            case .modelChanged(let change, _, _): steps += change.trackingSteps
            default: continue
            }
        }
        if !steps.isEmpty { state.withLock { $0.hasNewSteps = true } }
        return steps
    }

    /// Whether steps have been noted since the last time.
    func takeNews() -> Bool {
        state.withLock { state in
            defer { state.hasNewSteps = false }
            return state.hasNewSteps
        }
    }

    private func step(for attempt: Attempt, _ now: Timestamp) -> TrackingStep? {
        guard let entry = state.withLock({ $0.entries[attempt.id] }) else { return nil }
        let metrics = entry.end["metrics"]?.arrayValue ?? []
        guard entry.run != nil || entry.isEarlier || !metrics.isEmpty else { return nil }
        var detail = entry.draft.json.merging(entry.end)
        detail["run_id"] = entry.run.map { .string($0.id) }
        detail["search"] = entry.isEarlier && entry.run == nil ? true : nil
        if detail["ended_at"] == nil {
            detail["ended_at"] = .integer((attempt.endDate ?? now).microsecondsSinceEpoch / 1_000)
        }
        detail["status"] = .string(attempt.state.trackingStatus)
        return .run(attempt.id, detail)
    }

    func forget(_ attempt: AttemptID) {
        let wasThere = state.withLock { $0.entries.removeValue(forKey: attempt) != nil }
        if wasThere { endpoint.forget(attempt) }
    }
}

extension AttemptState {
    /// MLflow's word for the end.
    fileprivate var trackingStatus: String {
        switch self {
        case .succeeded, .skipped: "FINISHED"
        case .cancelled: "KILLED"
        case .failed, .timedOut, .lost: "FAILED"
        case .starting, .running: "RUNNING"
        }
    }
}
