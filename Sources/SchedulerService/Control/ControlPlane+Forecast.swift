import DAGDomain
import JSONText
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
        do { _ = try ZoneRules(dag.settings.timeZone) } catch {
            throw .invalidRequest("the schedule of `\(dag.id)` cannot be read: \(error)")
        }
        let timetable = Timetable(dag)
        // Only schedules without ticks go by what was answered last.
        let watermark =
            timetable.schedule.hasTicks
            ? nil : try reading { () throws(StateStoreError) in try store.dag(dag.id)?.status.watermark }
        let runs = timetable.upcoming(
            after: after, watermark: watermark, until: until ?? .distantFuture, count: count)
        return runs.map { UpcomingRun(dagID: dag.id, $0, timetable) }
    }
}

extension ControlPlane {
    /// What will run from now on, were everything to go as expected.
    ///
    /// - Parameter days: how far ahead.
    package func forecast(days: Int) async throws(ControlPlaneError) -> PlannedRuns {
        let machine = try await engine.perform { engine throws(ControlPlaneError) in engine.machine }
        var expected: [DAGID: [TaskID: Duration]] = [:]
        for id in machine.loadedDAGs.keys {
            let rows = try reading { () throws(StateStoreError) in try store.taskDurations(of: id) }
            expected[id] = rows.mapValues(\.average)
        }
        var outputs: [DAGID: [TaskID: [String: JSONValue]]] = [:]
        for dag in machine.loadedDAGs.values { outputs[dag.id] = try newestOutputs(of: dag) }
        let now = WallClock.now()
        let request = ForecastRequest(
            expected: expected, outputs: outputs, from: now, until: now + .seconds(86_400 * days))
        return PlannedRuns(Forecast(of: machine, request), request, machine.loadedDAGs)
    }

    /// What the tasks that decisions go by left in the newest successful run; of a mapped task one instance speaks for
    /// all.
    private func newestOutputs(of dag: DAG) throws(ControlPlaneError) -> [TaskID: [String: JSONValue]] {
        let watched = RunPlan.watchedOutputs(of: dag).keys.map { dag.tasks[$0].id }
        guard !watched.isEmpty else { return [:] }
        var filter = RunFilter()
        filter.dagIDs = [dag.id]
        filter.states = [.success]
        filter.limit = 1
        let chosen = filter
        let newest = try reading { () throws(StateStoreError) in try store.runs(chosen).rows.first?.run }
        guard let newest else { return [:] }
        let then = try definition(of: newest)
        let tasks = watched.compactMap { then.index(of: $0) }
        var selections: [Int: TrialSelection] = [:]
        for task in tasks { selections[task] = then.tasks[task].flow.selection }
        let choosing = selections
        let reports = try reading { () throws(StateStoreError) in
            try store.decisiveOutputs(
                of: newest.number, tasks: tasks.sorted(), choosing: choosing)
        }
        var outputs: [TaskID: [String: JSONValue]] = [:]
        for (key, reported) in reports {
            for output in reported {
                outputs[then.tasks[key.task].id, default: [:]][output.name] = output.value
            }
        }
        return outputs
    }
}
