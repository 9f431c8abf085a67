import JSONText

/// What is demanded of one file that a task leaves or looks at (`checks` of a task).
package struct DataCheck: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        /// A declared artifact of the task, by name.
        case artifact(String)
        /// A path relative to the working directory; may have places to fill in.
        case file(TemplateText)
    }

    /// Comes before the names of the metrics: `orders` of `orders.rows`.
    package let name: String
    package let place: Place
    /// By the ending of the file's name when nil.
    package var format: DataFormat?
    /// Fields of CSV that mean that there is no value, besides empty ones; the reader's own list when nil.
    package var nullWords: [String]?
    package let rules: [DataRule]

    package init(
        name: String, place: Place, format: DataFormat? = nil, nullWords: [String]? = nil, rules: [DataRule]
    ) {
        self.name = name
        self.place = place
        self.format = format
        self.nullWords = nullWords
        self.rules = rules
    }
}

/// How a table is written.
package enum DataFormat: String, Hashable, Sendable, CaseIterable {
    case csv, tsv, jsonl
}

/// The type of a column's values.
package enum ColumnType: String, Hashable, Sendable, CaseIterable {
    case integer, number, boolean, date, timestamp, text
}

/// One demand, or several of one severity, on a table or on one of its columns.
package struct DataRule: Hashable, Sendable {
    package var severity = GateSeverity.error

    // Of the table
    package var minimumRows: Int?
    package var maximumRows: Int?
    /// How far the number of rows may be from that of the last successful run, as a share of that.
    package var maximumRowChange: Double?
    /// Columns that must be there.
    package var columns: [String]?
    /// Whether no other columns may be there.
    package var onlyThese = false
    package var maximumFileAge: Duration?

    // Of the column
    package var column: String?
    package var type: ColumnType?
    /// 0 allows no null.
    package var maximumNullShare: Double?
    package var isUnique = false
    package var minimum: Double?
    package var maximum: Double?
    package var values: [JSONValue]?
    /// How old the newest date of the column may be.
    package var maximumAge: Duration?

    package init() {}
}
