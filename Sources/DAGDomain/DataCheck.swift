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

    /// Its texts with places to fill in.
    package var templates: [TemplateText] {
        let references = rules.compactMap(\.driftReference)
        guard case .file(let path) = place else { return references }
        return [path] + references
    }

    /// The same with other texts.
    package func replacing<Failure: Error>(
        _ change: (TemplateText) throws(Failure) -> TemplateText
    ) throws(Failure) -> DataCheck {
        var place = place
        if case .file(let path) = place { place = .file(try change(path)) }
        var changed: [DataRule] = []
        for var rule in rules {
            if let reference = rule.driftReference { rule.driftReference = try change(reference) }
            changed.append(rule)
        }
        return DataCheck(name: name, place: place, format: format, nullWords: nullWords, rules: changed)
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
    /// The table with which the columns are compared, all or those of `columns`; may have places to fill in.
    package var driftReference: TemplateText?
    package var maximumPSI: Double?
    package var maximumDriftShare: Double?

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
