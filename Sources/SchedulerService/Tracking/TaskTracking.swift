import DAGDomain
import JSONText
import StateStore
import Synchronization

/// The tracking runs of tasks: made when a program first speaks to the server, read when its attempt ends. What never
/// speaks costs a digest at its start, and nothing after.
package final class TaskTracking: Sendable {
    /// An attempt that logs, with its run.
    package struct Task: Hashable, Sendable {
        package let attempt: AttemptID
        package let instance: TrackedInstance
        package let runID: String
        /// What the attempt was told; the experiment may have another number.
        package let toldExperiment: Int64
        package let experiment: Int64
    }

    private struct State: Sendable {
        /// Attempts that have spoken in the life of this process.
        var tasks: [AttemptID: Task] = [:]
        /// Attempts that began before it.
        var earlier: Set<AttemptID> = []
        /// The experiment that a program has chosen.
        var chosen: [AttemptID: Int64] = [:]
    }

    private struct Lookup {
        let find: @Sendable (AttemptID) -> AttemptContext?
    }

    package let endpoint: TrackingEndpoint
    private let store: StateStore
    private let state = Mutex(State())
    private let lookup = Mutex<Lookup?>(nil)
    /// So that one attempt's run is made once.
    private let making = Mutex(())

    init(store: StateStore, endpoint: TrackingEndpoint) {
        self.store = store
        self.endpoint = endpoint
    }

    /// - Parameter find: gives the attempts that live.
    func connect(_ find: @escaping @Sendable (AttemptID) -> AttemptContext?) {
        lookup.withLock { $0 = Lookup(find: find) }
    }

    // MARK: From the server

    /// The attempt's run, made now if it is not there; nil when the attempt does not live any more.
    package func task(of attempt: AttemptID) throws -> Task? {
        if let known = state.withLock({ $0.tasks[attempt] }) { return known }
        return try making.withLock { _ in
            if let known = state.withLock({ $0.tasks[attempt] }) { return known }
            guard let instance = try instance(of: attempt), let runID = endpoint.runID(of: instance) else {
                return nil
            }
            let told = TrackingEndpoint.experiment(of: instance.dagID)
            let experiment = try store.beginTaskRun(
                runID, attempt: attempt, of: instance.identity, experiment: told, at: WallClock.now())
            let task = Task(
                attempt: attempt, instance: instance, runID: runID, toldExperiment: told,
                experiment: experiment)
            state.withLock { $0.tasks[attempt] = task }
            return task
        }
    }

    private func instance(of attempt: AttemptID) throws -> TrackedInstance? {
        if let context = lookup.withLock({ $0 })?.find(attempt) { return TrackedInstance(context) }
        // After a restart an attempt may speak before it was taken up.
        guard let identity = try store.liveAttempt(attempt) else { return nil }
        return TrackedInstance(identity)
    }

    /// Remembers which experiment a program asked for.
    package func choose(_ experiment: Int64, for task: Task) {
        state.withLock { $0.chosen[task.attempt] = experiment }
    }

    /// Moves the task's run to the experiment that the program has chosen, as long as nothing is logged on it: the client
    /// refuses a run of another experiment.
    package func followChoice(of task: Task) throws {
        guard let chosen = state.withLock({ $0.chosen[task.attempt] }) else { return }
        try store.moveEmptyRun(task.runID, to: chosen, at: WallClock.now())
    }

    // MARK: From the scheduler

    /// Attempts that this process takes over from an earlier one.
    func tookUp(_ attempts: some Sequence<AttemptID>) {
        state.withLock { $0.earlier.formUnion(attempts) }
    }

    /// Whether an attempt may have logged something.
    func mayHaveLogged(_ attempt: AttemptID) -> Bool {
        state.withLock { $0.tasks[attempt] != nil || $0.earlier.contains(attempt) }
    }

    /// What an attempt that has ended logged; its run is closed if the program did not.
    func logged(
        _ context: AttemptContext, _ outcome: AttemptOutcome, endedAt: Timestamp
    ) throws -> AttemptCollection.Logged {
        let known = state.withLock { $0.tasks[context.attempt]?.runID }
        let instance = TrackedInstance(context).identity
        guard let runID = try known ?? store.taskRun(of: context.attempt, instance) else {
            return AttemptCollection.Logged()
        }
        try store.closeTaskRun(runID, as: TrackingRunStatus(outcome), at: endedAt)
        let parameters = try store.trackingRun(runID)?.params ?? []
        return AttemptCollection.Logged(
            metrics: try store.metrics(ofTaskRun: runID),
            parameters: JSONObject(parameters.map { ($0.key, .string($0.value)) }), runID: runID)
    }

    func forget(_ attempt: AttemptID) {
        state.withLock { state in
            guard !(state.tasks.isEmpty && state.earlier.isEmpty) else { return }
            state.tasks[attempt] = nil
            state.earlier.remove(attempt)
            state.chosen[attempt] = nil
        }
    }
}

extension [Metric] {
    /// The metrics that a program logged, and those of its file; where both have a name and step, the file counts.
    /// The default step of MLflow is 0, which is no step in the file.
    func joined(withFile file: [Metric]) -> [Metric] {
        guard !isEmpty else { return file }
        let taken = Set(file.map(MetricPlace.init))
        return filter { !taken.contains(MetricPlace($0)) } + file
    }
}

private struct MetricPlace: Hashable {
    let name: String
    let step: Int64

    init(_ metric: Metric) {
        name = metric.name
        step = metric.step ?? 0
    }
}

extension TrackingRunStatus {
    fileprivate init(_ outcome: AttemptOutcome) {
        switch outcome {
        case .exited(0), .exited(99), .nothingToDo: self = .finished
        case .exited, .notStarted: self = .failed
        default: self = .killed
        }
    }
}

extension TrackedInstance {
    init(_ context: AttemptContext) {
        self.init(
            run: context.key.run, dagID: context.run.dagID, runID: context.run.runID,
            taskID: context.task.id, mapIndex: context.key.mapIndex)
    }

    init(_ identity: StateStore.TaskRunIdentity) {
        self.init(
            run: identity.run, dagID: identity.dagID, runID: identity.runID, taskID: identity.taskID,
            mapIndex: identity.mapIndex)
    }

    var identity: StateStore.TaskRunIdentity {
        StateStore.TaskRunIdentity(
            run: run, dagID: dagID, runID: runID, taskID: taskID, mapIndex: mapIndex)
    }
}
