extension V1 {
    /// A run that was written into a file.
    package struct RunFile: Codable, Hashable, Sendable {
        package var dagID: String
        package var runID: String
        package var path: String
        package var logs: Int
        package var artifacts: Int
        package var sizeBytes: Int64

        package init(dagID: String, runID: String, path: String, logs: Int, artifacts: Int, sizeBytes: Int64)
        {
            self.dagID = dagID
            self.runID = runID
            self.path = path
            self.logs = logs
            self.artifacts = artifacts
            self.sizeBytes = sizeBytes
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case path, logs, artifacts
            case dagID = "dag_id"
            case runID = "run_id"
            case sizeBytes = "size_bytes"
        }
    }

    /// A file of the machine that the daemon is on.
    package struct PathBody: Codable, Hashable, Sendable {
        /// Absolute.
        package var path: String

        package init(path: String) {
            self.path = path
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case path
        }
    }
}
