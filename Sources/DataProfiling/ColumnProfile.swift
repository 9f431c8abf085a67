import DAGDomain

/// What was found in one column.
package struct ColumnProfile: Hashable, Sendable {
    package let name: String
    package let rows: Int
    package var nulls = 0

    // With `statistics`
    package var counts: [ColumnType: Int] = [:]
    /// Numbers that are not finite: they are in no other statistic.
    package var infinite = 0
    package var minimum: Double?
    package var maximum: Double?
    package var mean: Double?
    package var standardDeviation: Double?
    package var newest: Timestamp?

    // With what each needs
    package var duplicates: Int?
    package var mistyped = 0
    package var unexpected = 0
    /// The first few values that were mistyped or unexpected, each with its row (1 is the first below the header).
    package var examples: [Example] = []
    package var sample: ColumnValues?

    package struct Example: Hashable, Sendable {
        package let row: Int
        package let value: String
    }

    package init(name: String, rows: Int) {
        self.name = name
        self.rows = rows
    }

    package var values: Int { rows - nulls }
    package var nullShare: Double { rows == 0 ? 0 : Double(nulls) / Double(rows) }

    /// Values that are no numbers, when there are some that are.
    package var notNumbers: Int { values - (counts[.integer] ?? 0) - (counts[.number] ?? 0) }

    /// The narrowest type that all values have; nil without values.
    package var type: ColumnType? {
        let present = Set(counts.filter { $0.value > 0 }.keys)
        if present.isEmpty { return nil }
        if present.count == 1 { return present.first }
        if present.isSubset(of: [.integer, .number]) { return .number }
        return present.isSubset(of: [.date, .timestamp]) ? .timestamp : .text
    }
}

/// The values of a column, for a comparison of distributions.
package enum ColumnValues: Hashable, Sendable {
    /// Integers that fit 64 bits, exactly.
    case integers([Int64])
    case numbers([Double])
    case categories([String: Int])
    case tooManyCategories
}

/// What was found in a table.
package struct TableProfile: Hashable, Sendable {
    package let rows: Int
    package let columns: [ColumnProfile]
    /// Whether only the beginning was read.
    package let isPartial: Bool
    package let sizeBytes: Int64
    package let modified: Timestamp

    package func column(_ name: String) -> ColumnProfile? { columns.first { $0.name == name } }
}
