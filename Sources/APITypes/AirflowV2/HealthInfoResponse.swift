extension AirflowV2 {
    /// How the parts of the daemon are; always sent with status 200.
    package struct HealthInfoResponse: Codable, Hashable, Sendable {
        @Nullable package var dagProcessor: DagProcessorInfoResponse?
        package var metadatabase: BaseInfoResponse
        package var scheduler: SchedulerInfoResponse
        package var triggerer: TriggererInfoResponse

        package init(
            dagProcessor: DagProcessorInfoResponse? = nil, metadatabase: BaseInfoResponse,
            scheduler: SchedulerInfoResponse, triggerer: TriggererInfoResponse
        ) {
            self.dagProcessor = dagProcessor
            self.metadatabase = metadatabase
            self.scheduler = scheduler
            self.triggerer = triggerer
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case metadatabase, scheduler, triggerer
            case dagProcessor = "dag_processor"
        }
    }

    /// The scheduler's health.
    package struct SchedulerInfoResponse: Codable, Hashable, Sendable {
        @Nullable package var latestSchedulerHeartbeat: String?
        @Nullable package var status: String?

        package init(latestSchedulerHeartbeat: String? = nil, status: String? = nil) {
            self.latestSchedulerHeartbeat = latestSchedulerHeartbeat
            self.status = status
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case status
            case latestSchedulerHeartbeat = "latest_scheduler_heartbeat"
        }
    }

    /// Null: this scheduler has no triggerer.
    package struct TriggererInfoResponse: Codable, Hashable, Sendable {
        @Nullable package var latestTriggererHeartbeat: String?
        @Nullable package var status: String?

        package init(latestTriggererHeartbeat: String? = nil, status: String? = nil) {
            self.latestTriggererHeartbeat = latestTriggererHeartbeat
            self.status = status
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case status
            case latestTriggererHeartbeat = "latest_triggerer_heartbeat"
        }
    }

    /// The health of what loads DAG files.
    package struct DagProcessorInfoResponse: Codable, Hashable, Sendable {
        @Nullable package var latestDagProcessorHeartbeat: String?
        @Nullable package var status: String?

        package init(latestDagProcessorHeartbeat: String? = nil, status: String? = nil) {
            self.latestDagProcessorHeartbeat = latestDagProcessorHeartbeat
            self.status = status
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case status
            case latestDagProcessorHeartbeat = "latest_dag_processor_heartbeat"
        }
    }

    /// The database's health.
    package struct BaseInfoResponse: Codable, Hashable, Sendable {
        @Nullable package var status: String?

        package init(status: String? = nil) {
            self.status = status
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case status
        }
    }

    /// The version of the program.
    package struct VersionInfo: Codable, Hashable, Sendable {
        @Nullable package var gitVersion: String?
        package var version: String

        package init(gitVersion: String? = nil, version: String) {
            self.gitVersion = gitVersion
            self.version = version
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case version
            case gitVersion = "git_version"
        }
    }
}
