import JSONText

/// What is in a table that was kept as an artifact, read once for each content.
package struct DatasetFacts: Hashable, Sendable {
    package struct Column: Hashable, Sendable {
        package let name: String
        /// The narrowest type that all values have (`integer`, `number`, ...), or of Parquet the declared one; nil
        /// where no value shows it.
        package let type: String?

        package init(name: String, type: String?) {
            self.name = name
            self.type = type
        }
    }

    /// What can be read, by the ending of the artifact's path.
    package enum Format: String, Hashable, Sendable, CaseIterable {
        case csv, tsv, jsonl, parquet

        package init?(path: String) {
            let name = path.lowercased()
            if name.hasSuffix(".ndjson") {
                self = .jsonl
            } else if let format = Self.allCases.first(where: { name.hasSuffix("." + $0.rawValue) }) {
                self = format
            } else {
                return nil
            }
        }
    }

    package let format: Format
    /// Nil when the file is too large to be counted, or not readable.
    package var rows: Int64?
    package var columns: [Column]
    /// Why it could not be read, or not to its end.
    package var problem: String?

    package init(format: Format, rows: Int64? = nil, columns: [Column] = [], problem: String? = nil) {
        self.format = format
        self.rows = rows
        self.columns = columns
        self.problem = problem
    }

    package var columnsJSON: JSONValue {
        .array(
            columns.map { ["name": .string($0.name), "type": $0.type.map(JSONValue.string) ?? .null] })
    }

    package static func columns(_ value: JSONValue?) -> [Column] {
        (value?.arrayValue ?? []).compactMap { column in
            column["name"]?.stringValue.map { Column(name: $0, type: column["type"]?.stringValue) }
        }
    }

    package var json: JSONObject {
        [
            "format": .string(format.rawValue), "rows": rows.map(JSONValue.integer) ?? .null,
            "columns": columnsJSON, "problem": problem.map(JSONValue.string) ?? .null,
        ]
    }

    package init?(_ json: JSONObject) {
        guard let format = json["format"]?.stringValue.flatMap(Format.init(rawValue:)) else { return nil }
        self.init(
            format: format, rows: json["rows"]?.intValue, columns: Self.columns(json["columns"]),
            problem: json["problem"]?.stringValue)
    }
}
