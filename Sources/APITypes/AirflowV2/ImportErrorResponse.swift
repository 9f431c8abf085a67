extension AirflowV2 {
    /// A DAG file that could not be loaded.
    package struct ImportErrorResponse: Codable, Hashable, Sendable {
        @Nullable package var bundleName: String?
        package var filename: String
        package var importErrorID: Int
        /// Every error of the file, one a line.
        package var stackTrace: String
        package var timestamp: String

        package init(
            bundleName: String? = nil, filename: String, importErrorID: Int, stackTrace: String,
            timestamp: String
        ) {
            self.bundleName = bundleName
            self.filename = filename
            self.importErrorID = importErrorID
            self.stackTrace = stackTrace
            self.timestamp = timestamp
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case filename, timestamp
            case bundleName = "bundle_name"
            case importErrorID = "import_error_id"
            case stackTrace = "stack_trace"
        }
    }

    /// The files that could not be loaded.
    package struct ImportErrorCollectionResponse: Codable, Hashable, Sendable {
        package var importErrors: [ImportErrorResponse]
        package var totalEntries: Int

        package init(importErrors: [ImportErrorResponse], totalEntries: Int) {
            self.importErrors = importErrors
            self.totalEntries = totalEntries
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case importErrors = "import_errors"
            case totalEntries = "total_entries"
        }
    }
}
