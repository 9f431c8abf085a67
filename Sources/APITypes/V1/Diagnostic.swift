extension V1 {
    /// One error of a DAG file, with its place.
    package struct Diagnostic: Codable, Hashable, Sendable {
        package var line: Int
        package var column: Int
        /// JSON pointer (RFC 6901); empty for the whole file.
        package var pointer: String
        package var message: String

        package init(line: Int, column: Int, pointer: String, message: String) {
            self.line = line
            self.column = column
            self.pointer = pointer
            self.message = message
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case line, column, pointer, message
        }
    }

    /// A DAG file that could not be loaded.
    package struct ImportError: Codable, Hashable, Sendable {
        package var path: String
        @Nullable package var dagID: String?
        package var errors: [Diagnostic]

        package init(path: String, dagID: String? = nil, errors: [Diagnostic]) {
            self.path = path
            self.dagID = dagID
            self.errors = errors
        }

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case path, errors
            case dagID = "dag_id"
        }
    }
}
