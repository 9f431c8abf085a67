import DAGDomain

/// What those around the machine may look at between two events.
extension SchedulerStateMachine {
    /// Whether a run is in memory; finished ones are not.
    package func holds(_ run: RunNumber) -> Bool {
        runs[run] != nil
    }

    package func instance(_ key: TaskInstanceKey) -> TaskInstance? {
        guard let active = runs[key.run], let row = active.row(of: key) else { return nil }
        return active.instances[row]
    }

    package func isLive(_ attempt: AttemptID) -> Bool { liveAttempts[attempt] != nil }

    package func isPaused(_ dagID: DAGID) -> Bool { statuses[dagID]?.isPaused ?? false }

    package func hasUnfinishedRuns(of dagID: DAGID) -> Bool {
        runs.values.contains { $0.run.dagID == dagID }
    }
}
