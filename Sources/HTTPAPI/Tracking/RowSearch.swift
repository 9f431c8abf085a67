import StateStore

/// A search among rows that are at hand, by the rules of MLflow's own database.
struct RowSearch<Row> {
    enum Value {
        case text(String)
        case number(Double)
    }

    let conditions: [TrackingCondition]
    let order: [TrackingOrder]
    /// What a row has under a name; nil for nothing.
    let value: (Row, TrackingCondition.Field) -> Value?

    /// The rows that fit, in the order that is asked for; rows that it leaves equal keep theirs.
    func rows(_ rows: [Row]) -> [Row] {
        let found = rows.filter { row in conditions.allSatisfy { holds($0, row) } }
        return found.enumerated().sorted { left, right in
            for key in order {
                guard let first = value(left.element, key.field), let second = value(right.element, key.field)
                else { continue }
                if let isBefore = Self.isBefore(first, second) { return isBefore == key.isAscending }
            }
            return left.offset < right.offset
        }.map(\.element)
    }

    private func holds(_ condition: TrackingCondition, _ row: Row) -> Bool {
        let found = value(row, condition.field)
        if found == nil, condition.field == .tag("mlflow.prompt.is_prompt") {
            // What is no prompt does not say so.
            return condition.test == .text(.notEqual, "true") || condition.test == .text(.equal, "false")
        }
        switch (condition.test, found) {
        case (.isAbsent, let found): return found == nil
        case (.isPresent, let found): return found != nil
        case (.number(let sign, let wanted), .number(let number)?):
            return Self.holds(sign, number, wanted)
        case (.text(let sign, let wanted), .text(let text)?): return Self.holds(sign, text, wanted)
        case (.list(let wanted, let isNegated), .text(let text)?): return wanted.contains(text) != isNegated
        default: return false
        }
    }

    /// Nil when they are equal.
    private static func isBefore(_ left: Value, _ right: Value) -> Bool? {
        switch (left, right) {
        case (.text(let left), .text(let right)): left == right ? nil : left < right
        case (.number(let left), .number(let right)): left == right ? nil : left < right
        default: nil
        }
    }

    private static func holds(
        _ sign: TrackingCondition.NumberOperator, _ left: Double, _ right: Double
    ) -> Bool {
        switch sign {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }

    private static func holds(
        _ sign: TrackingCondition.TextOperator, _ text: String, _ wanted: String
    ) -> Bool {
        switch sign {
        case .equal: text == wanted
        case .notEqual: text != wanted
        case .like: LikePattern.matches(Array(wanted), Array(text))
        case .caselessLike: LikePattern.matches(Array(wanted.lowercased()), Array(text.lowercased()))
        }
    }
}
