extension AirflowV2 {
    /// How many runs of a DAG are in each state.
    package struct DagStatsResponse: Codable, Hashable, Sendable {
        package var dagDisplayName: String
        package var dagID: String
        package var stats: [DagStatsStateResponse]

        package init(dagDisplayName: String, dagID: String, stats: [DagStatsStateResponse]) {
            self.dagDisplayName = dagDisplayName
            self.dagID = dagID
            self.stats = stats
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case stats
            case dagDisplayName = "dag_display_name"
            case dagID = "dag_id"
        }
    }

    /// A state and how many runs are in it.
    package struct DagStatsStateResponse: Codable, Hashable, Sendable {
        package var count: Int
        package var state: DagRunState

        package init(count: Int, state: DagRunState) {
            self.count = count
            self.state = state
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case count, state
        }
    }

    /// The counts of several DAGs.
    package struct DagStatsCollectionResponse: Codable, Hashable, Sendable {
        package var dags: [DagStatsResponse]
        package var totalEntries: Int

        package init(dags: [DagStatsResponse], totalEntries: Int) {
            self.dags = dags
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dags
            case totalEntries = "total_entries"
        }
    }
}
