import DAGDomain
import SchedulerCore
import StateStore

/// The loop of the engine with the real machine and the real store, and processes that take no time.
///
/// Batches are formed as the engine forms them: what the actions of one commit bring about is in the mailbox when
/// the next batch is taken. Here that is the start and the end of every attempt.
final class EngineLoop {
    private var machine: SchedulerStateMachine
    private let store: StateStore
    private let workload: Workload
    private let clock = ContinuousClock()
    private var inbox: [SchedulerEvent] = []
    private var microseconds: Int64 = 1_767_225_600_000_000
    private var lap = Lap()

    init(home: String, parallelism: Int) throws {
        workload = try Workload(width: parallelism)
        store = try StateStore.open(home: home, options: StateStore.OpeningOptions(now: .epoch))
        let configuration = SchedulerConfiguration(parallelism: parallelism)
        machine = SchedulerStateMachine(configuration: configuration, seed: 1)
        try store.recordVersion(of: workload.dag, source: Array("{}".utf8), at: .epoch)
        inbox = [
            .dagLoaded(workload.dag, pausedAtCreation: false),
            .poolChanged(Pool(name: .defaultPool, slots: max(128, parallelism), description: "")),
        ]
        try turn()
    }

    var unfinishedRuns: Int { machine.snapshot.runs.count }

    /// Requests a run and works until nothing is left to do.
    func finishRun() throws {
        inbox = [.runRequested(RunRequest(dagID: workload.dag.id, trigger: .commandLine))]
        while !inbox.isEmpty { try turn() }
    }

    func takeLap() -> Lap {
        defer { lap = Lap() }
        return lap
    }

    func close() throws {
        try store.close()
    }

    private func turn() throws {
        let now = tick()
        var transitions: [Transition] = []
        var actions: [SchedulerAction] = []
        let events = inbox
        inbox = []
        lap.deciding += clock.measure {
            for event in events {
                let decision = machine.handle(event, at: now)
                transitions += decision.transitions
                actions += decision.actions
            }
            let decision = machine.dispatch(at: now)
            transitions += decision.transitions
            actions += decision.actions
        }
        lap.committing += try clock.measure { try store.commit(transitions, at: now) }
        count(transitions)
        for case .start(let attempt, _) in actions {
            let ended = tick()
            inbox.append(.attemptStarted(attempt, processID: 1, at: now))
            inbox.append(
                .attemptFinished(
                    AttemptReport(attempt: attempt, outcome: .exited(0), startDate: now, endDate: ended)))
        }
    }

    private func count(_ transitions: [Transition]) {
        var rows = 0
        for transition in transitions {
            switch transition {
            case .runCreated(_, let instances): rows += 2 + instances.count
            case .instanceChanged(_, let instance, _):
                rows += 1
                lap.taskTransitions += 1
                if instance.state.isFinished { lap.finishedInstances += 1 }
            case .reportRecorded(_, let report):
                rows += report.outputs.count + report.metrics.count + report.artifacts.count
            default: rows += 1
            }
        }
        if rows > 0 { lap.rowsOfBatches.append(rows) }
    }

    /// A clock that never stands still and never disturbs the measurement.
    private func tick() -> Timestamp {
        microseconds += 1
        return Timestamp(microsecondsSinceEpoch: microseconds)
    }
}
