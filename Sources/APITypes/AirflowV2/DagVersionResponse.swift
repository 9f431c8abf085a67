extension AirflowV2 {
    /// One text of a DAG file that runs were pinned to.
    package struct DagVersionResponse: Codable, Hashable, Sendable {
        @Nullable package var bundleName: String?
        @Nullable package var bundleURL: String?
        @Nullable package var bundleVersion: String?
        package var createdAt: String
        package var dagDisplayName: String
        package var dagID: String
        /// Has the form of a UUID.
        package var id: String
        package var versionNumber: Int

        package init(
            bundleName: String? = nil, bundleURL: String? = nil, bundleVersion: String? = nil,
            createdAt: String, dagDisplayName: String, dagID: String, id: String, versionNumber: Int
        ) {
            self.bundleName = bundleName
            self.bundleURL = bundleURL
            self.bundleVersion = bundleVersion
            self.createdAt = createdAt
            self.dagDisplayName = dagDisplayName
            self.dagID = dagID
            self.id = id
            self.versionNumber = versionNumber
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case id
            case bundleName = "bundle_name"
            case bundleURL = "bundle_url"
            case bundleVersion = "bundle_version"
            case createdAt = "created_at"
            case dagDisplayName = "dag_display_name"
            case dagID = "dag_id"
            case versionNumber = "version_number"
        }
    }

    /// The versions of a DAG.
    package struct DAGVersionCollectionResponse: Codable, Hashable, Sendable {
        package var dagVersions: [DagVersionResponse]
        package var totalEntries: Int

        package init(dagVersions: [DagVersionResponse], totalEntries: Int) {
            self.dagVersions = dagVersions
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case dagVersions = "dag_versions"
            case totalEntries = "total_entries"
        }
    }

    /// The text of a DAG file.
    package struct DAGSourceResponse: Codable, Hashable, Sendable {
        @Nullable package var content: String?
        package var dagDisplayName: String
        package var dagID: String
        @Nullable package var versionNumber: Int?

        package init(
            content: String? = nil, dagDisplayName: String, dagID: String, versionNumber: Int? = nil
        ) {
            self.content = content
            self.dagDisplayName = dagDisplayName
            self.dagID = dagID
            self.versionNumber = versionNumber
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case content
            case dagDisplayName = "dag_display_name"
            case dagID = "dag_id"
            case versionNumber = "version_number"
        }
    }
}
