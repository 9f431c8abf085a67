extension AirflowV2 {
    /// A piece of a log, and where the next one begins.
    package struct TaskInstancesLogResponse: Codable, Hashable, Sendable {
        package var content: [StructuredLogMessage]
        /// Null once the attempt has ended and everything was read.
        @Nullable package var continuationToken: String?

        package init(content: [StructuredLogMessage], continuationToken: String? = nil) {
            self.content = content
            self.continuationToken = continuationToken
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case content
            case continuationToken = "continuation_token"
        }
    }

    /// One line of a log.
    package struct StructuredLogMessage: Codable, Hashable, Sendable {
        package var event: String
        @Nullable package var timestamp: String?

        package init(event: String, timestamp: String? = nil) {
            self.event = event
            self.timestamp = timestamp
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case event, timestamp
        }
    }
}
