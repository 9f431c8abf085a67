import DAGDomain
import JSONText

/// The kinds of value that a param's schema can ask for (JSON Schema 2020-12, `type`).
enum ParameterKind: String, CaseIterable {
    case string, number, integer, boolean, array, object, null

    static let names = allCases.map(\.rawValue)

    func matches(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.string, .string), (.number, .integer), (.number, .number), (.integer, .integer),
            (.boolean, .bool),
            (.array, .array), (.object, .object), (.null, .null):
            true
        case (.integer, .number(let number)): number.isIntegral
        default: false
        }
    }

    /// The kind with its article.
    var phrase: String {
        switch self {
        case .string: "a string"
        case .number: "a number"
        case .integer: "an integer"
        case .boolean: "a boolean"
        case .array: "an array"
        case .object: "an object"
        case .null: "null"
        }
    }
}

/// What a text can stand for (`format`). `multiline` is Airflow's hint for its form and checks nothing.
enum ParameterFormat: String, CaseIterable {
    case date
    case dateTime = "date-time"
    case multiline

    static let names = allCases.map(\.rawValue)
}

/// Compares values with a param's JSON Schema; the vocabulary is that of `KeyTable.parameterSchema`.
struct ParameterSchema {
    let schema: JSONObject

    /// The kinds the schema allows; nil when it does not say.
    var kinds: [ParameterKind]? {
        switch schema["type"] {
        case .string(let name): ParameterKind(rawValue: name).map { [$0] }
        case .array(let names): names.compactMap { $0.stringValue.flatMap(ParameterKind.init(rawValue:)) }
        default: nil
        }
    }

    /// What is wrong with a value, each as a sentence that starts with `label`; empty when it is right.
    func problems(_ value: JSONValue, _ label: String) -> [String] {
        if let kinds, !kinds.contains(where: { $0.matches(value) }) {
            let wanted = kinds.map(\.phrase).joined(separator: " or ")
            return ["\(label) must be \(wanted), found \(Self.shown(value))"]
        }
        if let allowed = schema["enum"]?.arrayValue, !allowed.contains(where: { Self.areEqual($0, value) }) {
            let list = allowed.map { $0.text() }.joined(separator: ", ")
            return ["\(label) must be one of \(list), found \(Self.shown(value))"]
        }
        if let only = schema["const"], !Self.areEqual(only, value) {
            return ["\(label) must be \(only.text()), found \(Self.shown(value))"]
        }
        switch value {
        case .integer, .number: return numberProblems(value, label)
        case .string(let text): return textProblems(text, label)
        case .array(let elements): return arrayProblems(elements, label)
        case .object(let object): return objectProblems(object, label)
        case .bool, .null: return []
        }
    }

    private func numberProblems(_ value: JSONValue, _ label: String) -> [String] {
        let number = value.doubleValue ?? 0
        let rules: [(key: String, phrase: String, holds: (Double, Double) -> Bool)] = [
            ("minimum", "at least", { $0 >= $1 }), ("maximum", "at most", { $0 <= $1 }),
            ("exclusiveMinimum", "larger than", { $0 > $1 }),
            ("exclusiveMaximum", "smaller than", { $0 < $1 }),
        ]
        return rules.compactMap { rule in
            guard let bound = schema[rule.key], let limit = bound.doubleValue, !rule.holds(number, limit)
            else {
                return nil
            }
            return "\(label) must be \(rule.phrase) \(bound.text()), found \(Self.shown(value))"
        }
    }

    private func textProblems(_ text: String, _ label: String) -> [String] {
        var problems = countProblems(text.unicodeScalars.count, "minLength", "maxLength", "character", label)
        if let pattern = schema["pattern"]?.stringValue, let regex = try? Regex(pattern),
            text.firstMatch(of: regex) == nil
        {
            problems.append("\(label) must match the pattern \(pattern), found \(text.quotedForMessage)")
        }
        let isInstant = (try? Timestamp(rfc3339: text)) != nil
        switch schema["format"]?.stringValue.flatMap(ParameterFormat.init(rawValue:)) {
        case .date where !isInstant || text.utf8.count != 10:
            problems.append("\(label) must be a date such as 2026-01-31, found \(text.quotedForMessage)")
        case .dateTime where !isInstant || text.utf8.count <= 10:
            problems.append(
                "\(label) must be a time such as 2026-01-31T09:30:00Z, found \(text.quotedForMessage)")
        default: break
        }
        return problems
    }

    private func arrayProblems(_ elements: [JSONValue], _ label: String) -> [String] {
        var problems = countProblems(elements.count, "minItems", "maxItems", "element", label)
        if let items = schema["items"]?.objectValue {
            for (index, element) in elements.enumerated() {
                problems += ParameterSchema(schema: items).problems(element, "\(label)[\(index)]")
            }
        }
        if schema["uniqueItems"] == true, Set(elements).count < elements.count {
            problems.append("\(label) has an element twice")
        }
        return problems
    }

    private func objectProblems(_ object: JSONObject, _ label: String) -> [String] {
        var problems: [String] = []
        let properties = schema["properties"]?.objectValue ?? JSONObject()
        for name in schema["required"]?.arrayValue ?? [] {
            guard let name = name.stringValue, object[name] == nil else { continue }
            problems.append("\(label) lacks \(name.quotedForMessage)")
        }
        for (key, value) in object {
            if let property = properties[key]?.objectValue {
                problems += ParameterSchema(schema: property).problems(value, "\(label).\(key)")
            } else if schema["additionalProperties"] == false {
                problems.append("\(label) has the undeclared member \(key.quotedForMessage)")
            }
        }
        return problems
    }

    private func countProblems(
        _ count: Int, _ minimumKey: String, _ maximumKey: String, _ unit: String, _ label: String
    ) -> [String] {
        if let minimum = schema[minimumKey]?.intValue, count < minimum {
            return [
                "\(label) must have at least \(minimum) \(unit)\(minimum == 1 ? "" : "s"), found \(count)"
            ]
        }
        if let maximum = schema[maximumKey]?.intValue, count > maximum {
            return ["\(label) must have at most \(maximum) \(unit)\(maximum == 1 ? "" : "s"), found \(count)"]
        }
        return []
    }

    /// A value for a message: its text if that is short.
    private static func shown(_ value: JSONValue) -> String {
        if let text = value.stringValue { return text.quotedForMessage }
        let text = value.text()
        return text.utf8.count <= 60 ? text : value.kind
    }

    /// JSON Schema's equality: numbers by value, so that 1 is 1.0.
    static func areEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if left == right { return true }
        guard let first = left.doubleValue, let second = right.doubleValue else { return false }
        return first == second && left.intValue == right.intValue
    }
}
