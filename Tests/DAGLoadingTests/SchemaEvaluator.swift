import JSONText

/// A small evaluator of JSON Schema 2020-12, written from the standard and not from the loader: the part of
/// the vocabulary that our schema uses. An unknown keyword is an error, so that the schema cannot outgrow it.
struct SchemaEvaluator {
    struct UnknownKeyword: Error {
        let name: String
    }

    private let root: JSONObject
    private let patterns = PatternCache()

    init(_ root: JSONObject) {
        self.root = root
    }

    func accepts(_ value: JSONValue) throws -> Bool { try accepts(value, .object(root)) }

    private func accepts(_ value: JSONValue, _ schema: JSONValue) throws -> Bool {
        guard let rules = schema.objectValue else { return schema == true }
        for (keyword, rule) in rules {
            if try !holds(keyword, rule, value, rules) { return false }
        }
        return true
    }

    private func holds(_ keyword: String, _ rule: JSONValue, _ value: JSONValue, _ rules: JSONObject) throws
        -> Bool
    {
        switch keyword {
        case "$schema", "$defs", "title", "description", "examples", "then", "else": return true
        case "$ref": return try accepts(value, definition(rule))
        case "type": return hasType(value, rule.stringValue ?? "")
        case "enum": return rule.arrayValue?.contains(value) == true
        case "const": return rule == value
        case "not": return try !accepts(value, rule)
        case "allOf": return try (rule.arrayValue ?? []).allSatisfy { try accepts(value, $0) }
        case "anyOf": return try (rule.arrayValue ?? []).contains { try accepts(value, $0) }
        case "if":
            let branch = try accepts(value, rule) ? rules["then"] : rules["else"]
            return try branch.map { try accepts(value, $0) } ?? true
        case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum":
            return number(keyword, rule.doubleValue ?? 0, value.doubleValue)
        case "minLength":
            return value.stringValue.map { $0.unicodeScalars.count >= (rule.intValue ?? 0) } ?? true
        case "pattern": return try value.stringValue.map { try matches($0, rule) } ?? true
        case "minItems": return value.arrayValue.map { $0.count >= (rule.intValue ?? 0) } ?? true
        case "maxItems": return value.arrayValue.map { $0.count <= (rule.intValue ?? 0) } ?? true
        case "items": return try (value.arrayValue ?? []).allSatisfy { try accepts($0, rule) }
        default: return try holdsForObject(keyword, rule, value.objectValue, rules)
        }
    }

    private func holdsForObject(
        _ keyword: String, _ rule: JSONValue, _ object: JSONObject?, _ rules: JSONObject
    ) throws -> Bool {
        let members = object ?? JSONObject()
        let properties = rules["properties"]?.objectValue ?? JSONObject()
        let patterns = rules["patternProperties"]?.objectValue ?? JSONObject()
        switch keyword {
        case "required":
            guard object != nil else { return true }
            return (rule.arrayValue ?? []).allSatisfy { members[$0.stringValue ?? ""] != nil }
        case "dependentRequired":
            return (rule.objectValue ?? JSONObject()).allSatisfy { key, needed in
                members[key] == nil
                    || needed.arrayValue?.allSatisfy { members[$0.stringValue ?? ""] != nil } == true
            }
        case "properties":
            return try members.allSatisfy { key, value in
                try properties[key].map { try accepts(value, $0) } ?? true
            }
        case "patternProperties":
            return try members.allSatisfy { key, value in
                try patterns.allSatisfy { try !matches(key, .string($0.key)) || accepts(value, $0.value) }
            }
        case "additionalProperties":
            return try members.allSatisfy { key, value in
                let isNamed =
                    try properties[key] != nil || patterns.contains { try matches(key, .string($0.key)) }
                return try isNamed || accepts(value, rule)
            }
        case "propertyNames": return try members.keys.allSatisfy { try accepts(.string($0), rule) }
        case "minProperties": return object.map { $0.count >= (rule.intValue ?? 0) } ?? true
        default: throw UnknownKeyword(name: keyword)
        }
    }

    private func definition(_ reference: JSONValue) throws -> JSONValue {
        let prefix = "#/$defs/"
        guard let text = reference.stringValue, text.hasPrefix(prefix),
            let definition = root["$defs"]?[String(text.dropFirst(prefix.count))]
        else { throw UnknownKeyword(name: "$ref \(reference.text())") }
        return definition
    }

    private func matches(_ text: String, _ pattern: JSONValue) throws -> Bool {
        try text.firstMatch(of: self.patterns.regex(pattern.stringValue ?? "")) != nil
    }

    private func number(_ keyword: String, _ bound: Double, _ value: Double?) -> Bool {
        guard let value else { return true }
        switch keyword {
        case "minimum": return value >= bound
        case "exclusiveMinimum": return value > bound
        case "maximum": return value <= bound
        default: return value < bound
        }
    }

    private func hasType(_ value: JSONValue, _ type: String) -> Bool {
        switch (type, value) {
        case ("string", .string), ("boolean", .bool), ("null", .null), ("array", .array), ("object", .object),
            ("number", .integer), ("number", .number), ("integer", .integer):
            true
        case ("integer", .number(let number)): number.isIntegral
        default: false
        }
    }
}

/// Compiled patterns by their text.
private final class PatternCache {
    private var known: [String: Regex<AnyRegexOutput>] = [:]

    func regex(_ pattern: String) throws -> Regex<AnyRegexOutput> {
        if let regex = known[pattern] { return regex }
        let regex = try Regex(pattern)
        known[pattern] = regex
        return regex
    }
}
