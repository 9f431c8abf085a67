import DAGDomain
import JSONText

/// Where the values of a condition come from: the params, outputs and names of one run.
package protocol ConditionValues {
    /// Nil when there is no such param.
    func parameter(_ name: String) -> JSONValue?
    /// Nil when the task left no such output: it was skipped, failed, or did not write it.
    func output(of task: TaskID, _ name: String) -> JSONValue?
    /// A text; the logical date in RFC 3339, or null when the run has none.
    func field(_ field: ConditionExpression.RunField) -> JSONValue
}

/// Why a condition has no answer, as a sentence for people.
package struct ConditionError: Error, Hashable, CustomStringConvertible {
    package let message: String

    package init(message: String) {
        self.message = message
    }

    package var description: String { message }
}

/// Works out a `when`.
///
/// Nothing is converted: what cannot be compared is an error, only *equal* is false then. What is missing (a param,
/// an output, a member) is null; a member of null is null, null is false, and nothing is smaller or larger than it.
package enum ConditionEvaluation {
    package static func value(
        _ expression: ConditionExpression, in values: some ConditionValues
    ) throws(ConditionError) -> Bool {
        let result = try Evaluator(values: values).value(of: expression)
        guard let truth = result.truth else {
            throw ConditionError(
                message: "the condition is \(result.told), neither true nor false; compare it with something")
        }
        return truth
    }
}

private struct Evaluator<Values: ConditionValues> {
    let values: Values

    func value(of expression: ConditionExpression) throws(ConditionError) -> JSONValue {
        switch expression {
        case .literal(let value): return value
        case .list(let elements):
            var list: [JSONValue] = []
            for element in elements { list.append(try value(of: element)) }
            return .array(list)
        case .parameter(let name): return values.parameter(name) ?? .null
        case .output(let task, let name): return values.output(of: task, name) ?? .null
        case .run(let field): return values.field(field)
        case .member(let inner, let name): return try member(name, of: inner)
        case .not(let inner): return .bool(!(try truth(of: inner, under: "not")))
        case .and(let left, let right):
            if try !truth(of: left, under: "and") { return false }
            return .bool(try truth(of: right, under: "and"))
        case .or(let left, let right):
            if try truth(of: left, under: "or") { return true }
            return .bool(try truth(of: right, under: "or"))
        case .comparison(let comparison, let left, let right):
            return .bool(try compare(comparison, value(of: left), value(of: right)))
        }
    }

    private func truth(of expression: ConditionExpression, under word: String) throws(ConditionError) -> Bool
    {
        let result = try value(of: expression)
        guard let truth = result.truth else {
            throw ConditionError(message: "\"\(word)\" needs true or false, found \(result.told)")
        }
        return truth
    }

    private func member(_ name: String, of inner: ConditionExpression) throws(ConditionError) -> JSONValue {
        let container = try value(of: inner)
        switch container {
        case .null: return .null
        case .object(let object): return object[name] ?? .null
        case .array(let elements):
            guard let index = Int(name) else {
                throw ConditionError(message: "a list has elements by number, not \(name.quotedForMessage)")
            }
            return elements.indices.contains(index) ? elements[index] : .null
        default:
            throw ConditionError(message: "\(container.told) has no member \(name.quotedForMessage)")
        }
    }

    private func compare(
        _ comparison: ConditionExpression.Comparison, _ left: JSONValue, _ right: JSONValue
    ) throws(ConditionError) -> Bool {
        switch comparison {
        case .equal: left.equals(right)
        case .notEqual: !left.equals(right)
        case .less: try order(comparison, left, right).map { $0 < 0 } ?? false
        case .lessOrEqual: try order(comparison, left, right).map { $0 <= 0 } ?? false
        case .greater: try order(comparison, left, right).map { $0 > 0 } ?? false
        case .greaterOrEqual: try order(comparison, left, right).map { $0 >= 0 } ?? false
        case .isIn: try contains(right, left)
        case .isNotIn: try !contains(right, left)
        }
    }

    /// Negative, zero or positive; nil when one side is null.
    private func order(
        _ comparison: ConditionExpression.Comparison, _ left: JSONValue, _ right: JSONValue
    ) throws(ConditionError) -> Int? {
        if left.isNull || right.isNull { return nil }
        if let order = left.numericOrder(with: right) { return order }
        if let first = left.stringValue, let second = right.stringValue {
            if first == second { return 0 }
            // The order of code points is that of the bytes of UTF-8.
            return first.utf8.lexicographicallyPrecedes(second.utf8) ? -1 : 1
        }
        throw ConditionError(
            message: "\"\(comparison.rawValue)\" cannot compare \(left.told) with \(right.told)")
    }

    private func contains(_ container: JSONValue, _ wanted: JSONValue) throws(ConditionError) -> Bool {
        switch (container, wanted) {
        case (.null, _): return false
        case (.array(let elements), _): return elements.contains { $0.equals(wanted) }
        case (.string(let text), .string(let part)):
            return part.isEmpty || text.utf8.firstRange(of: part.utf8) != nil
        case (.object(let object), .string(let key)): return object[key] != nil
        case (.string, .null), (.object, .null): return false
        default:
            throw ConditionError(message: "\"in\" cannot look for \(wanted.told) in \(container.told)")
        }
    }
}

extension JSONValue {
    /// Null is false; nil for what is neither true nor false.
    fileprivate var truth: Bool? {
        switch self {
        case .null: false
        case .bool(let value): value
        default: nil
        }
    }

    /// Kind and value for a message, the value cut when it is long.
    fileprivate var told: String {
        switch self {
        case .null: return "null"
        case .bool(let value): return "\(value)"
        case .string(let text): return "the text \(text.quotedForMessage)"
        case .integer, .number: return "the number \(text().prefix(40))"
        case .array: return "a list"
        case .object: return "an object"
        }
    }

    /// Equal as JSON values: `1` equals `1.0`, a text never equals a number.
    fileprivate func equals(_ other: JSONValue) -> Bool {
        if let order = numericOrder(with: other) { return order == 0 }
        switch (self, other) {
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
        case (.object(let left), .object(let right)):
            return left.count == right.count
                && left.allSatisfy { member in right[member.key].map { member.value.equals($0) } ?? false }
        default: return self == other
        }
    }

    /// Compares two numbers; integers exactly, also with a number that has a fraction.
    fileprivate func numericOrder(with other: JSONValue) -> Int? {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): return left < right ? -1 : left == right ? 0 : 1
        case (.integer(let left), .number(let right)): return Self.order(left, right.doubleValue)
        case (.number(let left), .integer(let right)): return -Self.order(right, left.doubleValue)
        case (.number(let left), .number(let right)):
            let (left, right) = (left.doubleValue, right.doubleValue)
            return left < right ? -1 : left == right ? 0 : 1
        default: return nil
        }
    }

    private static func order(_ left: Int64, _ right: Double) -> Int {
        let whole = right.rounded(.down)
        guard let integer = Int64(exactly: whole) else { return right < 0 ? 1 : -1 }
        if left != integer { return left < integer ? -1 : 1 }
        return right > whole ? -1 : 0
    }
}
