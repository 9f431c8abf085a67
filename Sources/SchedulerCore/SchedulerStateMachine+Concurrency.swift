import DAGDomain

/// Runs that exclude each other: `concurrency` of a DAG file.
extension SchedulerStateMachine {
    /// The key that a new run gets; nil when its DAG has no such limit.
    func concurrencyKey(of run: DAGRun, in dag: DAG) -> String? {
        run.redeploys != nil
            ? nil
            : dag.settings.concurrency.map { $0.key?.text(of: run) ?? dag.id.text }
    }

    /// The newest version of a run's DAG decides; without a file, the version that the run is pinned to.
    private func concurrency(of run: DAGRun) -> RunConcurrency? {
        if let dag = dags[run.dagID] { return dag.settings.concurrency }
        return runs[run.number]?.plan.dag.settings.concurrency
    }

    /// Whether the group of a queued run has no room for it.
    func isBlocked(_ number: RunNumber) -> Bool {
        guard let run = runs[number]?.run, let key = run.concurrencyKey,
            let concurrency = concurrency(of: run)
        else { return false }
        return groups[key]?.running.count ?? 0 >= concurrency.limit
    }

    /// What keeps a queued run of a full group; nil when its group is not the reason.
    func groupObstacle(of run: DAGRun) -> Explanation.Cause? {
        guard isBlocked(run.number), let key = run.concurrencyKey else { return nil }
        return .groupIsFull(key, running: groups[key]?.running.count ?? 0)
    }

    /// Does to a run that has just been made, or to those in its way, what its DAG wants when the group is
    /// full. The dates of a backfill all run, so they wait whatever the DAG says.
    mutating func resolveConflict(of number: RunNumber, _ step: inout SchedulerStep) {
        guard let run = runs[number]?.run, run.type != .backfill, let key = run.concurrencyKey,
            let concurrency = concurrency(of: run), let group = groups[key]
        else { return }
        let others = group.running.union(group.waiting).subtracting([number]).sorted()
        guard let newest = others.last, others.count >= concurrency.limit else { return }
        let holder = "run \(runs[newest]?.run.runID.text ?? "") of \(runs[newest]?.run.dagID.text ?? "")"
        let detail = "\(holder) is not finished, and \(key) may have \(concurrency.limit) at a time"
        switch concurrency.onConflict {
        case .queue: break
        case .skip: giveWay(number, .skippedByConcurrency, detail, &step)
        case .cancelNew: giveWay(number, .cancelledByConcurrency, detail, &step)
        case .fail: giveWay(number, .failedByConcurrency, detail, &step)
        case .coalesce:
            for other in group.waiting.subtracting([number]).sorted() {
                giveWay(other, .coalesced, "run \(run.runID) of \(run.dagID) runs in its place", &step)
            }
        case .cancelRunning:
            let open = others.filter { runs[$0].map { !$0.isEnding } ?? false }
            for other in open.prefix(max(0, open.count - concurrency.limit + 1)) {
                supersede(other, by: run, &step)
            }
        }
    }

    private mutating func giveWay(
        _ number: RunNumber, _ reason: RunReason, _ detail: String, _ step: inout SchedulerStep
    ) {
        change(number, &step) { run, step in run.giveWay(reason, detail: detail, &step) }
    }

    private mutating func supersede(_ number: RunNumber, by run: DAGRun, _ step: inout SchedulerStep) {
        let detail = "run \(run.runID) of \(run.dagID) takes its place"
        guard runs[number]?.run.state == .running else {
            return giveWay(number, .superseded, detail, &step)
        }
        let backoff = backoff
        change(number, &step) { active, step in
            active.run.reasonDetail = detail
            active.cancel(by: "run \(run.runID)", backoff: backoff, &step)
        }
    }

    /// Everybody who waits for room in a group may look again.
    mutating func groupHasRoom(_ key: String) {
        for number in groups[key]?.waiting ?? [] {
            guard let run = runs[number]?.run else { continue }
            promotable.insert(run.dagID)
            if let id = run.backfill { promotableBackfills.insert(id) }
        }
    }
}
