import DAGDomain
import SchedulerCore
import SchedulerTestKit

/// Drives one machine by hand: events go in, and the rows that its transitions would leave are kept by name.
struct MachineHarness {
    var machine: SchedulerStateMachine
    var now = Timestamp(secondsSinceEpoch: 1_767_225_600)  // 2026-01-01T00:00:00Z
    private(set) var instances: [TaskInstanceKey: TaskInstance] = [:]
    private(set) var runs: [RunNumber: DAGRun] = [:]
    private(set) var attempts: [AttemptID: Attempt] = [:]
    private(set) var transitions: [Transition] = []
    private(set) var actions: [SchedulerAction] = []
    private(set) var refusal: SchedulerRefusal?
    private(set) var dags: [DAGID: DAG] = [:]

    init(_ dags: DAG..., parallelism: Int = 32) {
        machine = SchedulerStateMachine(
            configuration: SchedulerConfiguration(parallelism: parallelism), seed: 1)
        for dag in dags { send(.dagLoaded(dag, pausedAtCreation: false)) }
    }

    init(configuration: SchedulerConfiguration) {
        machine = SchedulerStateMachine(configuration: configuration, seed: 1)
    }

    /// Sends events as one batch.
    mutating func send(_ events: SchedulerEvent..., taken: Set<ScheduledRunKey> = []) {
        for event in events {
            if case .dagLoaded(let dag, _) = event { dags[dag.id] = dag }
            if case .runRestored(_, let dag, _, _) = event { dags[dag.id] = dag }
            if case .runRepinned(_, let dag, _, _) = event { dags[dag.id] = dag }
            let decision = machine.handle(event, at: now)
            refusal = decision.refusal
            take(decision)
        }
        take(machine.dispatch(at: now, taken: taken))
    }

    mutating func take(_ decision: SchedulerDecision) {
        for transition in decision.transitions {
            switch transition {
            case .runCreated(let run, let created):
                runs[run.number] = run
                for instance in created { instances[instance.key] = instance }
            case .runChanged(_, let run): runs[run.number] = run
            case .runRepinned(let repinning, _):
                runs[repinning.run.number] = repinning.run
                instances = instances.filter { $0.key.run != repinning.run.number }
                for instance in repinning.instances { instances[instance.key] = instance }
            case .instancesMapped(let placeholder, let made, let replaces, _):
                if replaces { instances[placeholder] = nil }
                for instance in made { instances[instance.key] = instance }
            case .instanceChanged(_, let instance, _): instances[instance.key] = instance
            case .attemptCreated(let attempt), .attemptChanged(_, let attempt): attempts[attempt.id] = attempt
            default: break
            }
        }
        transitions += decision.transitions
        actions += decision.actions
    }

    mutating func advance(_ seconds: Int64) {
        now = now + .seconds(seconds)
        send(.timeReached)
    }

    /// Requests a run and returns its number.
    @discardableResult
    mutating func trigger(_ dag: String, runID: String? = nil) -> RunNumber {
        send(
            .runRequested(
                RunRequest(dagID: DAGID(dag), runID: runID.map { RunID($0) }, trigger: .commandLine)))
        return runs.keys.max() ?? RunNumber(0)
    }

    func key(_ task: String, _ run: Int64 = 1) -> TaskInstanceKey {
        let dag = runs[RunNumber(run)].flatMap { dags[$0.dagID] }
        return TaskInstanceKey(run: RunNumber(run), task: dag?.index(of: TaskID(task)) ?? -1)
    }

    func instance(_ task: String, _ run: Int64 = 1) -> TaskInstance? { instances[key(task, run)] }

    func state(_ task: String, _ run: Int64 = 1) -> TaskInstanceState? { instance(task, run)?.state }

    func runState(_ run: Int64 = 1) -> DAGRunState? { runs[RunNumber(run)]?.state }

    func attempt(_ task: String, _ run: Int64 = 1) -> AttemptID {
        instance(task, run)?.attempt ?? AttemptID("none")
    }

    mutating func start(_ task: String, _ run: Int64 = 1) {
        send(.attemptStarted(attempt(task, run), processID: 100, at: now))
    }

    mutating func finish(
        _ task: String, _ run: Int64 = 1, _ outcome: AttemptOutcome = .exited(0), verdict: GateVerdict? = nil,
        problem: String? = nil
    ) {
        send(
            .attemptFinished(
                AttemptReport(
                    attempt: attempt(task, run), outcome: outcome, startDate: now, endDate: now,
                    verdict: verdict,
                    problem: problem)))
    }

    /// The tasks that hold an attempt, by name, in the order of their runs and files.
    var activeTasks: [String] {
        instances.values.filter { $0.state.isActive }.sorted { $0.key < $1.key }.compactMap { instance in
            runs[instance.key.run].flatMap { dags[$0.dagID] }?.tasks[instance.key.task].id.text
        }
    }
}

extension InstancePlace: ExpressibleByIntegerLiteral {
    /// All instances of a task.
    public init(integerLiteral task: Int) {
        self.init(task: task)
    }
}
