import DAGDomain
import SchedulerCore

/// Books of its own about `retrain_when`: no run sooner than the cooldown after the last one or beyond the budget, none
/// without a cause that the file names, none of a paused DAG, none because of what a run of the same schedule said, and
/// no tick used twice.
struct RetrainAudit: Sendable {
    private var starts: [DAGID: [Timestamp]] = [:]
    /// Runs of this commit that owe their causes.
    private var owing: [RunNumber: (run: DAGRun, schedule: RetrainSchedule)] = [:]
    /// Ticks of the clock.
    private var used: [DAGID: Set<RetrainFiring>] = [:]

    mutating func willApply(
        _ transition: Transition, to store: SimulatedStore, version: (DAGID, DAGVersionHash) -> DAG?
    ) throws(SimulationFailure) {
        switch transition {
        case .runCreated(let run, _) where run.type == .scheduled:
            guard let schedule = version(run.dagID, run.version)?.settings.retraining else { return }
            try check(run, schedule, store)
            owing[run.number] = (run, schedule)
        case .retrainStarted(let number, let firings):
            guard let (run, schedule) = owing.removeValue(forKey: number) else {
                throw SimulationFailure("causes of run \(number.value), which nothing caused")
            }
            try check(firings, of: run, schedule, store)
        default: break
        }
    }

    private mutating func check(
        _ run: DAGRun, _ schedule: RetrainSchedule, _ store: SimulatedStore
    ) throws(SimulationFailure) {
        let earlier = starts[run.dagID] ?? []
        if let last = earlier.max(), run.queuedAt - last < schedule.cooldown {
            throw SimulationFailure("run \(run.runID) starts \(run.queuedAt - last) after the last one")
        }
        if let budget = schedule.budget {
            let window = run.queuedAt - budget.period.length
            guard earlier.count(where: { $0 > window }) < budget.runs else {
                throw SimulationFailure("run \(run.runID) is beyond the budget of \(budget.text)")
            }
        }
        guard let status = store.statuses[run.dagID], status.isActive, !status.isPaused else {
            throw SimulationFailure("run \(run.runID) of a DAG that is paused or gone")
        }
        starts[run.dagID] = earlier + [run.queuedAt]
    }

    private mutating func check(
        _ firings: [RetrainFiring], of run: DAGRun, _ schedule: RetrainSchedule, _ store: SimulatedStore
    ) throws(SimulationFailure) {
        let clauses = Dictionary(schedule.condition.clauses.map { ($0.text, $0) }) { first, _ in first }
        guard schedule.condition.isMet(by: { text in firings.contains { $0.clause == text } }) else {
            throw SimulationFailure("run \(run.runID) starts against its condition")
        }
        for firing in firings {
            guard let clause = clauses[firing.clause] else {
                throw SimulationFailure("\(firing.clause) is no clause of \(run.dagID)")
            }
            if firing.source == nil, !used[run.dagID, default: []].insert(firing).inserted {
                throw SimulationFailure("\(firing.sentence) starts two runs")
            }
            if let metric = clause.metric, !(firing.value.map { metric.isBroken(by: $0) } ?? false) {
                throw SimulationFailure("\(firing.sentence) is within its bound")
            }
            guard case .task(run.dagID, let runID, _, _)? = firing.source, clause.metric?.dagID == nil else {
                continue
            }
            let origin = store.runs.values.first { $0.dagID == run.dagID && $0.runID == runID }
            guard origin?.type != .scheduled else {
                throw SimulationFailure("run \(run.runID) is started by a run of its own schedule: a loop")
            }
        }
    }

    func didCommit() throws(SimulationFailure) {
        if let run = owing.values.first?.run { throw SimulationFailure("run \(run.runID) has no cause") }
    }
}
