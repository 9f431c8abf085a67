import DAGDomain

/// Looks at a run that is about to start: whether its DAG, or its backfill, may have one more.
struct BackfillAudit {
    let store: SimulatedStore

    func check(starting run: DAGRun, limit: Int, groupLimit: Int?) throws(SimulationFailure) {
        if let key = run.concurrencyKey, let groupLimit {
            let group = store.unfinishedRuns.count { $0.concurrencyKey == key && $0.state == .running }
            guard group < groupLimit else {
                throw SimulationFailure("\(group + 1) runs with the key \(key) at once")
            }
        }
        let running = store.unfinishedRuns.filter { $0.dagID == run.dagID && $0.state == .running }
        if let backfill = active(run) {
            let count = running.count { $0.backfill == backfill.id }
            guard !backfill.isPaused, count < backfill.maximumActiveRuns else {
                throw SimulationFailure("run \(run.runID) starts against its backfill")
            }
            let place = place(of: run, in: backfill)
            let earlier =
                groupLimit != nil
                ? nil
                : store.unfinishedRuns.first { other in
                    other.backfill == backfill.id && other.state == .queued
                        && self.place(of: other, in: backfill) < place
                }
            if let earlier {
                throw SimulationFailure("run \(run.runID) starts before \(earlier.runID)")
            }
        } else if run.type != .backfill {
            let count = running.count { active($0) == nil && $0.type != .backfill }
            guard count < limit else { throw SimulationFailure("\(count + 1) runs of \(run.dagID) at once") }
        }
    }

    private func active(_ run: DAGRun) -> Backfill? {
        run.backfill.flatMap { store.backfills[$0] }.flatMap { $0.completedAt == nil ? $0 : nil }
    }

    private func place(of run: DAGRun, in backfill: Backfill) -> Int64 {
        let date = (run.logicalDate ?? run.runAfter).microsecondsSinceEpoch
        return backfill.isReversed ? -date : date
    }
}
