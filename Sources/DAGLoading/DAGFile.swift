import DAGDomain

/// What became of one file of the DAG folder.
package struct DAGFile: Sendable {
    package let path: String
    /// SHA-256 of the bytes; nil when the file could not be read.
    package let version: DAGVersionHash?
    /// The id as far as it could be read, also of a broken file.
    package let dagID: DAGID?
    /// The definition; nil exactly when there are errors.
    package let dag: DAG?
    /// Where the id stands, as line, column and pointer.
    private let idPlace: Diagnostic?
    /// In the order of the text.
    package let errors: [Diagnostic]
    package let warnings: [Diagnostic]
    /// The text of a good file, exactly as it was read; empty for others.
    package let source: [UInt8]

    init(
        path: String, version: DAGVersionHash? = nil, dagID: DAGID? = nil, idPlace: Diagnostic? = nil,
        dag: DAG? = nil, errors: [Diagnostic] = [], warnings: [Diagnostic] = [], source: [UInt8] = []
    ) {
        self.path = path
        self.version = version
        self.dagID = dagID
        self.idPlace = idPlace
        self.dag = errors.isEmpty ? dag : nil
        self.errors = errors
        self.warnings = warnings
        self.source = errors.isEmpty ? source : []
    }

    /// The same file, refused because of its id.
    func refusingID(_ message: String) -> DAGFile {
        let error = Diagnostic(
            line: idPlace?.line ?? 1, column: idPlace?.column ?? 1, pointer: idPlace?.pointer ?? "",
            message: message)
        return DAGFile(
            path: path, version: version, dagID: dagID, idPlace: idPlace, errors: [error] + errors,
            warnings: warnings)
    }
}
