/// What was seen of one column of a table.
package struct ColumnSample: Hashable, Sendable {
    package enum Values: Hashable, Sendable {
        case numbers(NumberSample)
        /// How often each text occurs.
        case categories([String: Int])
        /// Texts, too many different ones to compare (an id, a free text).
        case tooManyCategories

        /// How many values there are to compare.
        package var count: Int {
            switch self {
            case .numbers(let sample): sample.count
            case .categories(let counts): counts.values.reduce(0, +)
            case .tooManyCategories: 0
            }
        }
    }

    package let name: String
    package let values: Values
    package let rows: Int
    package let missing: Int

    package init(name: String, values: Values, rows: Int, missing: Int) {
        self.name = name
        self.values = values
        self.rows = rows
        self.missing = missing
    }

    package var missingShare: Double { rows == 0 ? 0 : Double(missing) / Double(rows) }

    /// The values as categories, if they are few: numbers with up to 20 different ones are.
    var categories: [String: Int]? {
        switch values {
        case .categories(let counts): return counts
        case .tooManyCategories: return nil
        case .numbers(let sample):
            guard !sample.hasMoreDifferentValues(than: 20) else { return nil }
            return Dictionary(sample.runs.map { ("\($0.value)", $0.count) }, uniquingKeysWith: +)
        }
    }
}
