import DAGDomain
import JSONText

/// The JSON Schema (2020-12) of DAG files for editors, made from the tables that the loader itself checks
/// with.
///
/// It says everything about shapes. What needs more than a shape stays with the loader: cron expressions,
/// zones, dates, durations, templates, and how tasks refer to each other.
package enum DAGSchema {
    /// The whole document.
    package static let json: JSONObject = {
        var schema: JSONObject = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "orchestrator DAG file",
            "description": "One workflow: its schedule, its params and its tasks.",
        ]
        schema = schema.merging(object(.dag))
        var definitions = JSONObject()
        for name in KeyTable.Name.allCases where name != .dag {
            definitions[name.rawValue] = .object(object(name))
        }
        schema["$defs"] = .object(definitions)
        return schema
    }()

    private static func object(_ name: KeyTable.Name) -> JSONObject {
        let table = name.table
        var properties = JSONObject()
        if name == .dag { properties["$schema"] = ["type": "string"] }
        for key in table.keys {
            for word in key.words {
                var property = schema(of: key.shape)
                property["description"] = .string(
                    word == key.name ? key.description : "The same as \"\(key.name)\". \(key.description)")
                properties[word] = .object(property)
            }
        }
        var rules = table.keys.flatMap { exclusions($0, table) }
        rules += requirements(table) + DAGSchemaRules.rules(of: name)
        var result: JSONObject = [
            "type": "object", "properties": .object(properties), "patternProperties": ["^x-": true],
            "additionalProperties": false,
        ]
        if !rules.isEmpty { result["allOf"] = .array(rules) }
        return result
    }

    private static func schema(of shape: Shape) -> JSONObject {
        switch shape {
        case .string(let rule):
            guard let pattern = rule.pattern else { return ["type": "string"] }
            return ["type": "string", "pattern": .string(pattern)]
        case .choice(let words, _): return ["enum": .array(words.map { .string($0) })]
        case .boolean: return ["type": "boolean"]
        case .null: return ["type": "null"]
        case .integer(let range):
            return [
                "type": "integer", "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ]
        case .number: return ["type": "number"]
        case .duration(let allowsZero):
            let longest = JSONValue.integer(DurationText.maximum.components.seconds)
            let number: JSONValue = [
                "type": "number", (allowsZero ? "minimum" : "exclusiveMinimum"): 0, "maximum": longest,
            ]
            let examples: JSONValue = ["90s", "5m", "1h30m", "PT1H"]
            return ["anyOf": [number, ["type": "string", "minLength": 1, "examples": examples]]]
        case .array(let element, let minimum, let maximum):
            var array: JSONObject = ["type": "array", "items": .object(schema(of: element))]
            if minimum > 0 { array["minItems"] = .integer(Int64(minimum)) }
            if let maximum { array["maxItems"] = .integer(Int64(maximum)) }
            return array
        case .map(let value, let names, let minimum):
            var map: JSONObject = ["type": "object", "additionalProperties": .object(schema(of: value))]
            if let pattern = names.pattern { map["propertyNames"] = ["pattern": .string(pattern)] }
            if minimum > 0 { map["minProperties"] = .integer(Int64(minimum)) }
            return map
        case .matrix:
            return [
                "type": "object", "minProperties": 1,
                "properties": [
                    "include": .object(schema(of: .combinations)),
                    "exclude": .object(schema(of: .combinations)),
                ],
                "additionalProperties": .object(schema(of: .valueList)),
                "propertyNames": ["pattern": .string(TextRule.variable.pattern ?? "")],
            ]
        case .object(let name): return reference(name)
        case .parameter: return parameter
        case .either(let shapes): return ["anyOf": .array(shapes.map { .object(schema(of: $0)) })]
        case .anything: return [:]
        case .later: return ["not": [:]]
        }
    }

    private static func reference(_ name: KeyTable.Name) -> JSONObject {
        ["$ref": .string("#/$defs/\(name.rawValue)")]
    }

    /// A param that is an object with one of three keys is a schema; see `ShapeCheck.isSchema`.
    private static let parameter: JSONObject = [
        "if": [
            "type": "object",
            "anyOf": [["required": ["type"]], ["required": ["enum"]], ["required": ["default"]]],
        ],
        "then": .object(reference(.parameterSchema)),
    ]

    /// Keys that mean the same must not stand side by side.
    private static func exclusions(_ key: KeyRule, _ table: KeyTable) -> [JSONValue] {
        var pairs: [(String, String)] = []
        for (place, word) in key.words.enumerated() {
            for other in key.words[..<place] { pairs.append((other, word)) }
            for conflict in key.conflicts {
                for other in table.rule(for: conflict)?.words ?? [] { pairs.append((word, other)) }
            }
        }
        return pairs.map { ["not": ["required": [.string($0.0), .string($0.1)]]] }
    }

    private static func requirements(_ table: KeyTable) -> [JSONValue] {
        var wanted = table.keys.filter(\.isRequired).map(\.words)
        if !table.needsOneOf.isEmpty {
            wanted.append(table.needsOneOf.flatMap { table.rule(for: $0)?.words ?? [] })
        }
        return wanted.map { words in
            let choices = words.map { word -> JSONValue in ["required": [.string(word)]] }
            return choices.count == 1 ? choices[0] : ["anyOf": .array(choices)]
        }
    }
}
