import DAGDomain
import SchedulerCore
import StateStore

extension ControlPlane {
    /// The coming ticks of one DAG or of all that are not paused, in order of time.
    ///
    /// - Parameters:
    ///   - count: at most so many for each DAG.
    ///   - after: now when nil.
    package func upcomingRuns(
        dagID: DAGID?, count: Int, after: Timestamp?, until: Timestamp?
    ) throws(ControlPlaneError) -> [UpcomingRun] {
        let after = after ?? WallClock.now()
        if let dagID {
            guard let entry = catalog.entry(dagID) else { throw .unknownDAG(dagID) }
            guard let dag = entry.dag else { throw .brokenDAG(dagID, entry.diagnostics) }
            return try upcoming(dag, count, after, until)
        }
        let paused = try pausedDAGs()
        var runs: [UpcomingRun] = []
        for dag in catalog.entries().compactMap(\.dag) where !paused.contains(dag.id) {
            runs += try upcoming(dag, count, after, until)
        }
        return runs.sorted { ($0.logicalDate, $0.dagID) < ($1.logicalDate, $1.dagID) }
    }

    private func pausedDAGs() throws(ControlPlaneError) -> Set<DAGID> {
        var filter = DAGFilter()
        filter.isPaused = true
        filter.limit = .max
        return try reading { () throws(StateStoreError) in
            Set(try store.dags(filter).rows.map(\.status.dagID))
        }
    }

    private func upcoming(
        _ dag: DAG, _ count: Int, _ after: Timestamp, _ until: Timestamp?
    ) throws(ControlPlaneError) -> [UpcomingRun] {
        let zone: ZoneRules
        do { zone = try ZoneRules(dag.settings.timeZone) } catch {
            throw .invalidRequest("the schedule of `\(dag.id)` cannot be read: \(error)")
        }
        let timetable = Timetable(
            schedule: dag.settings.schedule, zone: zone, startDate: dag.settings.startDate,
            endDate: dag.settings.endDate)
        var runs: [UpcomingRun] = []
        var instant = after
        while runs.count < count, let next = timetable.next(after: instant) {
            if let until, next > until { break }
            runs.append(
                UpcomingRun(
                    dagID: dag.id, logicalDate: next, localTime: zone.localText(of: next),
                    daylightSavingMark: timetable.daylightSavingMark(for: next)?.description))
            instant = next
        }
        return runs
    }
}
