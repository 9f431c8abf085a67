import JSONText

/// What became of a file: DAGs in our format, and all that a person must know about them.
package struct ImportResult: Sendable {
    package let dags: [ImportedDAG]
    package let notes: [ImportNote]

    package init(dags: [ImportedDAG], notes: [ImportNote]) {
        self.dags = dags
        self.notes = notes
    }
}

/// A DAG file's content, and the id that it carries.
package struct ImportedDAG: Sendable {
    package let id: String
    package let json: JSONObject

    package init(id: String, json: JSONObject) {
        self.id = id
        self.json = json
    }
}

/// Why a file could not be read at all.
package struct ImportFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// 1-based; nil where the whole file is meant.
    package let line: Int?
    package let column: Int?
    package let message: String

    package init(line: Int? = nil, column: Int? = nil, _ message: String) {
        self.line = line
        self.column = column
        self.message = message
    }

    /// `3:7: message`
    package var description: String {
        let place = [line, column].compactMap { $0 }.map { "\($0):" }.joined()
        return place.isEmpty ? message : place + " " + message
    }
}
