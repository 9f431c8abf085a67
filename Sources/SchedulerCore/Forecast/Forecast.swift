import DAGDomain
import JSONText

/// What a forecast starts from.
package struct ForecastRequest: Sendable {
    /// How long a task is expected to take; nil when nobody knows.
    package var expected: [DAGID: [TaskID: Duration]]
    /// What tasks left in the newest successful run: conditions and expansions go by it.
    package var outputs: [DAGID: [TaskID: [String: JSONValue]]]
    /// For tasks of which nobody knows.
    package var assumed: Duration
    package var from: Timestamp
    package var until: Timestamp
    /// After so many runs it stops.
    package var maximumRuns: Int

    package init(
        expected: [DAGID: [TaskID: Duration]], outputs: [DAGID: [TaskID: [String: JSONValue]]] = [:],
        assumed: Duration = .seconds(60), from: Timestamp,
        until: Timestamp, maximumRuns: Int = 10_000
    ) {
        self.expected = expected
        self.outputs = outputs
        self.assumed = assumed
        self.from = from
        self.until = until
        self.maximumRuns = maximumRuns
    }
}

/// The limit for which something waits.
package enum ForecastCause: Hashable, Comparable, Sendable, CustomStringConvertible {
    case pool(PoolName)
    case parallelism
    case activeTasks(DAGID)
    case activeRuns(DAGID)
    /// `max_active_tis_per_dag`, `max_active_tis_per_dagrun` or `max_parallel`.
    case task(DAGID, TaskID)
    case group(String)
    case backfill(BackfillID)

    package var description: String {
        switch self {
        case .pool(let name): "pool \(name)"
        case .parallelism: "parallelism"
        case .activeTasks(let dag): "max_active_tasks of \(dag)"
        case .activeRuns(let dag): "max_active_runs of \(dag)"
        case .task(let dag, let task): "limits of task \(task) of \(dag)"
        case .group(let key): "concurrency key \(key)"
        case .backfill(let id): "max_active_runs of backfill \(id.value)"
        }
    }

    package static func < (left: ForecastCause, right: ForecastCause) -> Bool {
        left.description < right.description
    }
}

/// The runs that will be, were everything to go as expected: the scheduler itself on a clock that jumps from
/// one thing to the next, with tasks that take as long as they usually do and all succeed.
package struct Forecast: Sendable {
    package struct Run: Sendable {
        package var run: DAGRun
        /// How much of it goes by what tasks took before.
        package var basis: Basis
        /// How long it and its tasks wait, all together, by the limit that they wait for.
        package var waits: [ForecastCause: Duration] = [:]
        /// When it stands still: tasks wait for a limit, and none of them runs.
        package var standstills: [Standstill] = []
    }

    package struct Standstill: Hashable, Sendable {
        package let start: Timestamp
        package var end: Timestamp
    }

    package enum Basis: String, Sendable {
        case history, assumed, mixed
    }

    /// In the order of their making; runs that are unfinished now come first.
    package private(set) var runs: [Run] = []
    /// Whether it ended early, at the limit of runs, and when.
    package private(set) var cutAt: Timestamp?

    private var machine: SchedulerStateMachine
    private let request: ForecastRequest
    private var places: [RunNumber: Int] = [:]
    private var ends = PriorityQueue<End>()
    private var now: Timestamp
    /// Runs that tasks asked for so far, to tell them apart by their ids.
    private var triggered = 0

    /// Something that ends by itself: an attempt, or a wait that is watched outside.
    private struct End: Comparable {
        let at: Timestamp
        let attempt: AttemptID
        let key: TaskInstanceKey
        /// Of a wait.
        var tryNumber: Int?

        static func < (left: End, right: End) -> Bool {
            (left.at, left.key, left.attempt) < (right.at, right.key, right.attempt)
        }
    }

    /// - Parameter machine: the scheduler as it is now, with the DAGs of its folder; it is a copy.
    package init(of machine: SchedulerStateMachine, _ request: ForecastRequest) {
        self.machine = machine
        self.request = request
        now = request.from
        step(takeUnfinished())
        while let next = next(), next <= request.until {
            wait(until: next)
            now = max(now, next)
            step(dueEvents())
            guard runs.count < request.maximumRuns else {
                cutAt = now
                break
            }
        }
        if cutAt == nil { wait(until: request.until) }
    }

    private func next() -> Timestamp? {
        [machine.nextWake(), ends.first?.at].compactMap { $0 }.min()
    }

    // MARK: Now

    /// Attempts that run now end when they will have taken as long as usual, at once if they have.
    private mutating func takeUnfinished() -> [SchedulerEvent] {
        var events: [SchedulerEvent] = []
        for entry in machine.snapshot.runs {
            add(entry.run)
            for attempt in entry.liveAttempts {
                let start = attempt.startDate ?? now
                let end = max(now, start + duration(of: attempt.instance))
                events.append(.attemptStarted(attempt.id, processID: 0, at: start))
                ends.insert(End(at: end, attempt: attempt.id, key: attempt.instance))
            }
        }
        return events
    }

    private mutating func add(_ run: DAGRun) {
        places[run.number] = runs.count
        let dag = machine.dag(ofRun: run.number)
        let known = dag?.tasks.count { request.expected[run.dagID]?[$0.id] != nil || $0.role == .noop } ?? 0
        let basis: Basis = known == 0 ? .assumed : known == dag?.tasks.count ? .history : .mixed
        runs.append(Run(run: run, basis: basis))
    }

    private func duration(of key: TaskInstanceKey) -> Duration {
        guard let dag = machine.dag(ofRun: key.run) else { return request.assumed }
        return request.expected[dag.id]?[dag.tasks[key.task].id] ?? request.assumed
    }

    // MARK: One step

    private mutating func dueEvents() -> [SchedulerEvent] {
        var events: [SchedulerEvent] = []
        while let end = ends.first, end.at <= now {
            _ = ends.removeFirst()
            if let tryNumber = end.tryNumber {
                events.append(.waitEnded(end.key, tryNumber: tryNumber, .met(outputs: [])))
            } else {
                events.append(ended(end.attempt, of: end.key, .exited(0)))
            }
        }
        return events
    }

    /// A branch follows all its ways, a short circuit goes on.
    private func ended(
        _ attempt: AttemptID, of key: TaskInstanceKey, _ outcome: AttemptOutcome
    ) -> SchedulerEvent {
        var outputs: [TaskOutput] = []
        if outcome == .exited(0), let dag = machine.dag(ofRun: key.run) {
            outputs = expectedOutputs(of: key, in: dag)
            switch dag.tasks[key.task].role {
            case .branch:
                let ways = dag.graph.downstream[key.task].map { JSONValue.string(dag.tasks[$0].id.text) }
                outputs.append(TaskOutput(name: ControlOutput.branch, value: .array(ways)))
            case .shortCircuit:
                outputs.append(TaskOutput(name: ControlOutput.proceed, value: .bool(true)))
            default: break
            }
        }
        return .attemptFinished(
            AttemptReport(
                attempt: attempt, outcome: outcome, startDate: nil, endDate: now, outputs: outputs))
    }

    /// What decisions will ask of a task: what it left last. Without that, an expansion has one instance.
    private func expectedOutputs(of key: TaskInstanceKey, in dag: DAG) -> [TaskOutput] {
        let decided: Set<String> = [ControlOutput.branch, ControlOutput.proceed]
        let names = machine.watchedOutputs(of: key).subtracting(decided)
        guard !names.isEmpty else { return [] }
        let id = dag.tasks[key.task].id
        let known = request.outputs[dag.id]?[id] ?? [:]
        let mapped = Set(
            dag.mappings.values.flatMap(\.outputs).filter { $0.task == id }.map(\.name))
        return names.sorted().compactMap { name in
            let standIn = mapped.contains(name) ? Optional(JSONValue.array([.object(JSONObject())])) : .none
            let value: JSONValue? = known[name] ?? standIn
            return value.map { TaskOutput(name: name, value: $0) }
        }
    }

    /// What the events lead to at this instant, and what that leads to in turn.
    private mutating func step(_ first: [SchedulerEvent]) {
        var events = first
        repeat {
            var actions: [SchedulerAction] = []
            for event in events {
                let decision = machine.handle(event, at: now)
                take(decision)
                actions += decision.actions
            }
            let decision = machine.dispatch(at: now)
            take(decision)
            events = (actions + decision.actions).flatMap { perform($0) }
        } while !events.isEmpty
    }

    private mutating func take(_ decision: SchedulerDecision) {
        for transition in decision.transitions {
            switch transition {
            case .runCreated(let run, _): add(run)
            case .runChanged(_, let run):
                if let place = places[run.number] { runs[place].run = run }
            default: break
            }
        }
    }

    /// - Returns: what happens at once.
    private mutating func perform(_ action: SchedulerAction) -> [SchedulerEvent] {
        switch action {
        case .start(let id, let key):
            let started = SchedulerEvent.attemptStarted(id, processID: 0, at: now)
            guard case .triggerDAG(let trigger)? = machine.dag(ofRun: key.run)?.tasks[key.task].action else {
                ends.insert(End(at: now + duration(of: key), attempt: id, key: key))
                return [started]
            }
            triggered += 1
            let runID = RunID("manual__\(now.runIDText)_\(triggered)")
            let request = RunRequest(dagID: trigger.dagID, runID: runID, trigger: .task, parent: key)
            let report = AttemptReport(
                attempt: id, outcome: .exited(0), startDate: now, endDate: now,
                outputs: [TaskOutput(name: TriggerDAGAction.runIDOutput, value: .string(runID.text))])
            return [started, .runRequested(request), .attemptFinished(report)]
        case .terminate(let id):
            let key = ends.elements.first { $0.attempt == id }?.key
            return key.map { [ended(id, of: $0, .terminated)] } ?? []
        case .await(let key, let tryNumber):
            ends.insert(
                End(at: now + duration(of: key), attempt: AttemptID(""), key: key, tryNumber: tryNumber))
            return []
        case .findPreviousRun(let number, _, _): return [.previousRunFound(number, nil)]
        // Everything takes as long as usual, so nothing takes longer.
        case .stopAwaiting, .findAverages: return []
        }
    }

    /// Nothing changes until then: whoever waits now has waited all the time.
    private mutating func wait(until instant: Timestamp) {
        guard instant > now else { return }
        for (number, cause) in machine.waiting {
            guard let place = places[number] else { continue }
            runs[place].waits[cause, default: .zero] += instant - now
            if machine.isStandingStill(number) { runs[place].standStill(from: now, until: instant) }
        }
    }
}

extension Forecast.Run {
    fileprivate mutating func standStill(from start: Timestamp, until end: Timestamp) {
        if let last = standstills.last, last.end >= start {
            standstills[standstills.count - 1].end = end
        } else {
            standstills.append(Forecast.Standstill(start: start, end: end))
        }
    }
}

extension SchedulerStateMachine {
    fileprivate func isStandingStill(_ number: RunNumber) -> Bool {
        runs[number].map { $0.run.state == .running && $0.active == 0 } ?? false
    }

    fileprivate func dag(ofRun number: RunNumber) -> DAG? { runs[number]?.plan.dag }

    fileprivate func watchedOutputs(of key: TaskInstanceKey) -> Set<String> {
        runs[key.run]?.plan.watchedOutputs[key.task] ?? []
    }

    /// Everything that could go on but for a limit, by its run: task instances without slots and queued runs.
    fileprivate var waiting: [(RunNumber, ForecastCause)] {
        var result: [(RunNumber, ForecastCause)] = []
        for key in slots.waiting.keys {
            guard let active = runs[key.run], let row = active.row(of: key) else { continue }
            let definition = active.definition(row)
            let cause: ForecastCause
            if slots.limits[.run(key.run)]?.isReached == true {
                cause = .activeTasks(active.run.dagID)
            } else if active.limits(row).contains(where: { slots.limits[$0]?.isReached == true }) {
                cause = .task(active.run.dagID, definition.id)
            } else if slots.active >= slots.parallelism {
                cause = .parallelism
            } else {
                cause = .pool(definition.pool)
            }
            result.append((key.run, cause))
        }
        for (id, queue) in backfills {
            result += queue.waiting.map { ($0, groupCause(of: $0) ?? .backfill(id)) }
        }
        for (id, queue) in queues {
            result += queue.waiting.map { ($0, groupCause(of: $0) ?? .activeRuns(id)) }
        }
        return result
    }

    private func groupCause(of number: RunNumber) -> ForecastCause? {
        isBlocked(number) ? runs[number]?.run.concurrencyKey.map { .group($0) } : nil
    }
}
