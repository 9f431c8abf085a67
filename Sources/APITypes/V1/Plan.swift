extension V1 {
    /// A run that will be, were everything to go as expected.
    package struct PlannedRun: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        package var runType: String
        @Nullable package var logicalDate: String?
        @Nullable package var dataIntervalStart: String?
        @Nullable package var dataIntervalEnd: String?
        package var runAfter: String
        /// Wall-clock time of the logical date in the DAG's zone, with the offset.
        @Nullable package var localTime: String?
        /// What daylight saving did to the logical date, if anything.
        @Nullable package var daylightSaving: String?
        /// Null when it starts, or ends, after the time looked at.
        @Nullable package var startDate: String?
        @Nullable package var endDate: String?
        /// Seconds from start to end.
        @Nullable package var duration: Double?
        /// What the durations of its tasks are from: `history`, `assumed` or `mixed`.
        package var basis: String
        /// Seconds that it and its tasks wait for a limit, all together.
        package var waited: Double
        package var waits: [PlannedWait]
        /// When it stands still: tasks wait for a limit, and none of them runs.
        package var standstills: [Span]
        /// A sentence for each deadline that it will miss.
        package var missedDeadlines: [String]

        package init(
            dagID: String, runID: String, runType: String, logicalDate: String?, dataIntervalStart: String?,
            dataIntervalEnd: String?, runAfter: String, localTime: String?, daylightSaving: String?,
            startDate: String?, endDate: String?, duration: Double?, basis: String, waited: Double,
            waits: [PlannedWait], standstills: [Span], missedDeadlines: [String] = []
        ) {
            self.dagID = dagID
            self.runID = runID
            self.runType = runType
            self.logicalDate = logicalDate
            self.dataIntervalStart = dataIntervalStart
            self.dataIntervalEnd = dataIntervalEnd
            self.runAfter = runAfter
            self.localTime = localTime
            self.daylightSaving = daylightSaving
            self.startDate = startDate
            self.endDate = endDate
            self.duration = duration
            self.basis = basis
            self.waited = waited
            self.waits = waits
            self.standstills = standstills
            self.missedDeadlines = missedDeadlines
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case duration, basis, waited, waits, standstills
            case dagID = "dag_id"
            case runID = "run_id"
            case runType = "run_type"
            case logicalDate = "logical_date"
            case dataIntervalStart = "data_interval_start"
            case dataIntervalEnd = "data_interval_end"
            case runAfter = "run_after"
            case localTime = "local_time"
            case daylightSaving = "daylight_saving"
            case startDate = "start_date"
            case endDate = "end_date"
            case missedDeadlines = "missed_deadlines"
        }
    }

    package struct Span: Codable, Hashable, Sendable {
        package var start: String
        package var end: String

        package init(start: String, end: String) {
            self.start = start
            self.end = end
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case start, end
        }
    }

    /// Waiting for one limit.
    package struct PlannedWait: Codable, Hashable, Sendable {
        /// `pool NAME`, `parallelism`, `max_active_tasks of DAG`, `max_active_runs of DAG`, ...
        package var cause: String
        package var seconds: Double

        package init(cause: String, seconds: Double) {
            self.cause = cause
            self.seconds = seconds
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case cause, seconds
        }
    }

    /// The forecast.
    package struct Plan: Codable, Hashable, Sendable {
        package var items: [PlannedRun]
        package var totalEntries: Int
        package var from: String
        package var until: String
        /// When there were too many runs to go on.
        @Nullable package var cutAt: String?
        /// Seconds taken for a task that never succeeded before.
        package var assumedDuration: Double
        /// Over all runs, the longest first: the bottlenecks.
        package var waits: [PlannedWait]

        package init(
            items: [PlannedRun], from: String, until: String, cutAt: String?, assumedDuration: Double,
            waits: [PlannedWait]
        ) {
            self.items = items
            totalEntries = items.count
            self.from = from
            self.until = until
            self.cutAt = cutAt
            self.assumedDuration = assumedDuration
            self.waits = waits
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case items, from, until, waits
            case totalEntries = "total_entries"
            case cutAt = "cut_at"
            case assumedDuration = "assumed_duration"
        }
    }
}
