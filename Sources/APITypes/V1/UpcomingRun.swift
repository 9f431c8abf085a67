extension V1 {
    /// A run that a schedule will ask for.
    package struct UpcomingRun: Codable, Hashable, Sendable {
        package var dagID: String
        package var logicalDate: String
        /// Wall-clock time in the DAG's zone, with the offset.
        package var localTime: String
        /// What daylight saving did to this tick, if anything.
        @Nullable package var daylightSaving: String?

        package init(dagID: String, logicalDate: String, localTime: String, daylightSaving: String? = nil) {
            self.dagID = dagID
            self.logicalDate = logicalDate
            self.localTime = localTime
            self.daylightSaving = daylightSaving
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dagID = "dag_id"
            case logicalDate = "logical_date"
            case localTime = "local_time"
            case daylightSaving = "daylight_saving"
        }
    }
}
