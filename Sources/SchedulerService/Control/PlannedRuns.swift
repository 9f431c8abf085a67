import DAGDomain
import SchedulerCore

/// A forecast, as it is told outside.
package struct PlannedRuns: Sendable {
    package struct Run: Sendable {
        package let run: DAGRun
        /// `history`, `assumed` or `mixed`.
        package let basis: String
        package let localTime: String?
        package let daylightSavingMark: String?
        /// By cause, the longest first.
        package let waits: [Wait]
        /// When it stands still: tasks wait for a limit, and none of them runs.
        package let standstills: [(start: Timestamp, end: Timestamp)]
        /// Deadlines that it will miss, a sentence each.
        package let missedDeadlines: [String]
    }

    package struct Wait: Sendable {
        package let cause: String
        package let duration: Duration
    }

    package let runs: [Run]
    package let from: Timestamp
    package let until: Timestamp
    /// When there were too many runs to go on.
    package let cutAt: Timestamp?
    /// What a task takes that never succeeded before.
    package let assumed: Duration

    init(_ forecast: Forecast, _ request: ForecastRequest, _ dags: [DAGID: DAG]) {
        let timetables = dags.mapValues { Timetable($0) }
        runs = forecast.runs.map { planned in
            let timetable = timetables[planned.run.dagID]
            let date = planned.run.logicalDate
            return Run(
                run: planned.run, basis: planned.basis.rawValue,
                localTime: date.flatMap { timetable?.zone.localText(of: $0) },
                daylightSavingMark: date.flatMap { timetable?.daylightSavingMark(for: $0)?.description },
                waits: Self.sorted(planned.waits),
                standstills: planned.standstills.map { ($0.start, $0.end) },
                missedDeadlines: dags[planned.run.dagID].map {
                    planned.run.toldDeadlines(in: $0).filter { $0.outcome == .missed }.map(\.text)
                } ?? [])
        }
        from = request.from
        until = request.until
        cutAt = forecast.cutAt
        assumed = request.assumed
    }

    private static func sorted(_ waits: [ForecastCause: Duration]) -> [Wait] {
        waits.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { Wait(cause: $0.key.description, duration: $0.value) }
    }
}
