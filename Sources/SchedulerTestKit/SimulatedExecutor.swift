import DAGDomain
import SchedulerCore

/// The world of processes: it goes on when the scheduler crashes, and it keeps a record of every attempt, as
/// the supervisors do. News travel as events that can get lost.
package struct SimulatedExecutor: Sendable {
    /// The truth about one attempt that was spawned.
    package struct Process: Sendable {
        package let instance: TaskInstanceKey
        package let startDate: Timestamp
        var endsAt: Timestamp
        var outcome: AttemptOutcome
        package fileprivate(set) var report: AttemptReport?
    }

    package private(set) var processes: [AttemptID: Process] = [:]
    /// Events on their way to the scheduler.
    private var outbox: [SchedulerEvent] = []

    package init() {}

    package var running: [AttemptID] {
        processes.filter { $0.value.report == nil }.keys.sorted()
    }

    package var nextEnd: Timestamp? {
        processes.values.filter { $0.report == nil }.map(\.endsAt).min()
    }

    package mutating func takeEvents() -> [SchedulerEvent] {
        defer { outbox = [] }
        return outbox
    }

    /// A failed spawn, or that the cache had something, is known only to the daemon that tried or looked.
    package mutating func forgetWhatNobodyRecorded() {
        outbox.removeAll { $0.isSpawnFailure || $0.isServed }
    }

    /// - Returns: whether a process was started.
    package mutating func start(
        _ id: AttemptID, instance: TaskInstanceKey, task: TaskDefinition, options: SimulationOptions,
        at now: Timestamp,
        using generator: inout SeededGenerator
    ) -> Bool {
        if generator.chance(options.spawnFailure) {
            outbox.append(.spawnFailed(id, reason: "fork: Cannot allocate memory"))
            return false
        }
        // A supervisor that finds a record of its attempt does not run the program again.
        guard processes[id] == nil else { return false }
        if task.cache != nil, task.role == .task, generator.chance(50) {
            outbox.append(.attemptFinished(Self.served(id, at: now)))
            return false
        }
        processes[id] = Process(
            instance: instance, startDate: now, endsAt: now + .seconds(generator.number(0...40)),
            outcome: Self.outcome(failure: options.failure, using: &generator))
        outbox.append(.attemptStarted(id, processID: 1, at: now))
        return true
    }

    private static func served(_ id: AttemptID, at now: Timestamp) -> AttemptReport {
        let (run, tryNumber) = (RunID("earlier"), 1)
        var report = AttemptReport(
            attempt: id, outcome: .cached(run: run, tryNumber: tryNumber), startDate: now, endDate: now)
        report.cache = CacheRecord(
            tryNumber: 1, key: "key", components: [], answer: .served, text: "", sourceRun: run,
            sourceTry: tryNumber)
        return report
    }

    private static func outcome(failure: Int, using generator: inout SeededGenerator) -> AttemptOutcome {
        guard generator.chance(failure) else { return generator.chance(8) ? .exited(99) : .exited(0) }
        return generator.pick([
            .exited(1), .exited(2), .exited(3), .signalled(9), .timedOut,
            .notStarted(exitCode: 127, "no such program"),
            .lost("record is gone"),
        ])
    }

    package mutating func terminate(
        _ id: AttemptID, at now: Timestamp, using generator: inout SeededGenerator
    ) {
        guard var process = processes[id], process.report == nil else { return }
        // Some end by themselves just before they would have been ended.
        guard generator.chance(80) else { return }
        process.outcome = .terminated
        process.endsAt = now + .seconds(generator.number(0...5))
        processes[id] = process
    }

    /// The supervisor and its whole record are gone.
    package mutating func kill(_ id: AttemptID, at now: Timestamp) {
        processes[id]?.outcome = .lost("supervisor was killed")
        processes[id]?.endsAt = now
    }

    /// Ends what is due by now.
    package mutating func advance(
        to now: Timestamp, gates: (TaskInstanceKey) -> Gate?, using generator: inout SeededGenerator
    ) {
        for id in running {
            guard var process = processes[id], process.endsAt <= now else { continue }
            var report = AttemptReport(
                attempt: id, outcome: process.outcome, startDate: process.startDate,
                endDate: max(process.endsAt, process.startDate))
            if process.outcome == .exited(0) {
                Self.fill(&report, gate: gates(process.instance), using: &generator)
            }
            process.report = report
            processes[id] = process
            outbox.append(.attemptFinished(report))
        }
    }

    private static func fill(
        _ report: inout AttemptReport, gate: Gate?, using generator: inout SeededGenerator
    ) {
        if generator.chance(5) { report.problem = "artifact missing" }
        if gate == nil, generator.chance(30) {
            report.metrics = [
                Metric(name: WorkloadGenerator.metric, value: generator.pick([0.1, 0.9, .nan, .infinity]))
            ]
        }
        guard let gate, let condition = gate.conditions.first else { return }
        let value = generator.pick([0.7, 0.9])
        report.metrics = [Metric(name: condition.metric, value: value)]
        let line = GateVerdict.Line(condition: condition, value: value, holds: value >= 0.8)
        report.verdict = GateVerdict(lines: [line], effect: gate.onFailure)
    }

    /// What a scheduler that has just started learns of its live attempts, from their records.
    package func reconcile(_ attempts: [Attempt]) -> [SchedulerEvent] {
        attempts.flatMap { attempt -> [SchedulerEvent] in
            guard let process = processes[attempt.id] else {
                return [.spawnFailed(attempt.id, reason: "the scheduler was restarted")]
            }
            if let report = process.report { return [.attemptFinished(report)] }
            return attempt.state == .starting
                ? [.attemptStarted(attempt.id, processID: 1, at: process.startDate)] : []
        }
    }
}

extension SchedulerEvent {
    fileprivate var isServed: Bool {
        if case .attemptFinished(let report) = self, case .cached = report.outcome { true } else { false }
    }

    var isSpawnFailure: Bool {
        if case .spawnFailed = self { true } else { false }
    }
}
