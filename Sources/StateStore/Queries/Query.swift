import GRDB
import JSONText

/// The conditions and values of a query that is put together from optional filters. All text in it is ours; what
/// comes from outside is always a bound value.
struct Query {
    private(set) var conditions: [String] = []
    private(set) var values: [(any DatabaseValueConvertible)?] = []

    mutating func add(_ condition: String, _ newValues: (any DatabaseValueConvertible)?...) {
        conditions.append(condition)
        values += newValues
    }

    mutating func add(_ condition: String, _ newValues: [(any DatabaseValueConvertible)?]) {
        conditions.append(condition)
        values += newValues
    }

    /// Any of the texts; nil is no condition, an empty list matches nothing.
    mutating func add(_ column: String, in texts: [String]?) {
        guard let texts else { return }
        if texts.count == 1 {
            add("\(column) = ?", texts[0])
        } else {
            add("\(column) IN (SELECT value FROM json_each(?))", Self.json(texts))
        }
    }

    /// Any of the patterns of SQL's LIKE (`%`, `_`).
    mutating func add(_ column: String, like patterns: [String]?) {
        guard let patterns else { return }
        add(
            "EXISTS (SELECT 1 FROM json_each(?) AS pattern WHERE \(column) LIKE pattern.value)",
            Self.json(patterns))
    }

    /// "WHERE ..." or nothing.
    var clause: String {
        conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    }

    static func json(_ texts: [String]) -> String {
        JSONValue.array(texts.map(JSONValue.string)).text()
    }
}

/// One page of a list, and how many rows the whole list has.
package struct Page<Row: Hashable & Sendable>: Hashable, Sendable {
    package let rows: [Row]
    package let total: Int

    package init(rows: [Row], total: Int) {
        self.rows = rows
        self.total = total
    }
}

extension Database {
    /// A number that the query always gives.
    func fetchCount(_ sql: String, _ values: [(any DatabaseValueConvertible)?] = []) throws -> Int {
        try fetch(sql, values) { try $0.optionalInteger() ?? 0 }.first.map(Int.init) ?? 0
    }
}
