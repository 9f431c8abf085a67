import DAGDomain
import SchedulerCore

/// A second opinion about notices and deadlines: each change that somebody wants to hear of raises as many notices as
/// the file names, in the transaction of the change; nothing else does, and each deadline is missed at most once.
struct NoticeAudit: Sendable {
    private struct Subject: Hashable {
        let run: RunNumber
        let instance: TaskInstanceKey?
        let occasion: NoticeOccasion
    }

    /// Notices that the changes of this commit call for, less those that it has raised.
    private var owed: [Subject: Int] = [:]
    private var missed: Set<Subject> = []

    mutating func willApply(
        _ transition: Transition, to store: SimulatedStore, dag: (DAGRun) -> DAG?
    ) throws(SimulationFailure) {
        switch transition {
        case .noticeRaised(let notice):
            let subject = Subject(run: notice.run, instance: notice.instance, occasion: notice.occasion)
            owed[subject, default: 0] -= 1
            guard case .deadline = notice.occasion else { return }
            guard missed.insert(subject).inserted else {
                throw SimulationFailure("a deadline of run \(notice.run.value) was missed twice")
            }
            // The record of the miss follows in the same commit.
            owed[subject] = nil
        case .instanceChanged(let from, let instance, _):
            guard let run = store.runs[instance.key.run], let dag = dag(run), from != instance.state else {
                return
            }
            if case .byUser? = instance.reason { return }
            let notices = dag.tasks[instance.key.task].notices
            let event: NoticeEvent? =
                switch instance.state {
                case .success: .success
                case .failed: .failure
                case .upForRetry: .retry
                default: nil
                }
            guard let event, let actions = notices[event] else { return }
            let subject = Subject(run: run.number, instance: instance.key, occasion: .event(event))
            owed[subject, default: 0] += actions.count
        case .runChanged(let from, let run):
            try check(run, store: store)
            guard let dag = dag(run), from == .queued || from == .running, from != run.state,
                run.reason != .markedByUser,
                run.state == .success && run.reason?.outcome == nil || run.state == .failed
            else { return }
            let event = run.state == .success ? NoticeEvent.success : .failure
            guard let actions = dag.settings.notices[event] else { return }
            owed[Subject(run: run.number, instance: nil, occasion: .event(event)), default: 0] +=
                actions.count
        default: break
        }
    }

    /// What is judged stays judged, and only once the run has ended nothing is judged any more.
    private func check(_ run: DAGRun, store: SimulatedStore) throws(SimulationFailure) {
        guard let before = store.runs[run.number] else { return }
        let final = before.deadlines.filter { $0.outcome != .open }
        guard final.allSatisfy(run.deadlines.contains) else {
            throw SimulationFailure("run \(run.number.value) judges a deadline twice")
        }
        guard !before.deadlinesAreClosed || run.deadlines == before.deadlines && run.deadlinesAreClosed else {
            throw SimulationFailure("run \(run.number.value) judges a deadline after its end")
        }
    }

    mutating func didCommit() throws(SimulationFailure) {
        for (subject, count) in owed {
            guard case .event(let event) = subject.occasion, event != .execute, event != .skipped else {
                continue
            }
            guard count == 0 else {
                throw SimulationFailure(
                    "\(count) \(event.rawValue) notices of run \(subject.run.value) are missing")
            }
        }
        owed = [:]
    }
}
