extension V1 {
    /// The text of one version of a DAG file.
    package struct DAGFileSource: Codable, Hashable, Sendable {
        package var dagID: String
        /// Its hash.
        package var version: String
        package var path: String
        package var content: String

        package init(dagID: String, version: String, path: String, content: String) {
            self.dagID = dagID
            self.version = version
            self.path = path
            self.content = content
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case version, path, content
            case dagID = "dag_id"
        }
    }
}
