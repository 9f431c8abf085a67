import DAGDomain

extension SchedulerStateMachine {
    /// Counts the failed runs of a DAG in a row, in the order in which they end, and pauses it when there are
    /// as many as `max_consecutive_failed_dag_runs`. Runs of backfills and cancelled runs do not count.
    mutating func countFailures(_ run: DAGRun, _ step: inout SchedulerStep) {
        guard run.type != .backfill, run.backfill == nil, run.state != .cancelled,
            let limit = dags[run.dagID]?.settings.maximumConsecutiveFailedRuns,
            var status = statuses[run.dagID]
        else { return }
        status.consecutiveFailures = run.state == .failed ? status.consecutiveFailures + 1 : 0
        if status.consecutiveFailures >= limit, !status.isPaused {
            status.isPaused = true
            let failed =
                limit == 1
                ? "run \(run.runID) failed"
                : "\(status.consecutiveFailures) runs in a row failed, the last one \(run.runID)"
            status.pauseReason = "\(failed) (max_consecutive_failed_dag_runs is \(limit))"
            step.decision.transitions.append(
                .noted(
                    dagID: run.dagID, runID: run.runID, event: "pause", text: status.pauseReason ?? "",
                    at: step.now))
        }
        record(status, &step)
        armSchedule(of: run.dagID)
        armAssets(of: run.dagID)
        armRetraining(of: run.dagID)
    }
}
