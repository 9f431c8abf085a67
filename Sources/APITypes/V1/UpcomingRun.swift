extension V1 {
    /// A run that a schedule will ask for.
    package struct UpcomingRun: Codable, Hashable, Sendable {
        package var dagID: String
        package var logicalDate: String
        package var dataIntervalStart: String
        package var dataIntervalEnd: String
        /// When it starts: at its logical date, or when its interval is over, plus the DAG's jitter.
        package var runAfter: String
        /// Wall-clock time of the logical date in the DAG's zone, with the offset.
        package var localTime: String
        /// What daylight saving did to this tick, if anything.
        @Nullable package var daylightSaving: String?

        package init(
            dagID: String, logicalDate: String, dataIntervalStart: String, dataIntervalEnd: String,
            runAfter: String, localTime: String, daylightSaving: String? = nil
        ) {
            self.dagID = dagID
            self.logicalDate = logicalDate
            self.dataIntervalStart = dataIntervalStart
            self.dataIntervalEnd = dataIntervalEnd
            self.runAfter = runAfter
            self.localTime = localTime
            self.daylightSaving = daylightSaving
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dagID = "dag_id"
            case logicalDate = "logical_date"
            case dataIntervalStart = "data_interval_start"
            case dataIntervalEnd = "data_interval_end"
            case runAfter = "run_after"
            case localTime = "local_time"
            case daylightSaving = "daylight_saving"
        }
    }
}
