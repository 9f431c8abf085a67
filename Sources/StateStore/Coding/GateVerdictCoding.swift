import DAGDomain
import JSONText

/// How a gate's verdict is stored: an object with its lines, numbers as JSON numbers and what JSON cannot hold
/// (`nan`, `inf`, `-inf`) as text.
enum GateVerdictCoding {
    static func encode(_ verdict: GateVerdict) -> JSONObject {
        [
            "effect": .string(verdict.effect.rawValue),
            "lines": .array(verdict.lines.map { .object(encode($0)) }),
        ]
    }

    /// - Returns: nil when the object is not one that `encode` makes.
    static func decode(_ object: JSONObject) -> GateVerdict? {
        guard let effect = object["effect"]?.stringValue.flatMap(GateFailureEffect.init(rawValue:)),
            let elements = object["lines"]?.arrayValue
        else { return nil }
        var lines: [GateVerdict.Line] = []
        for element in elements {
            guard let line = element.objectValue.flatMap(decodeLine) else { return nil }
            lines.append(line)
        }
        return GateVerdict(lines: lines, effect: effect)
    }

    private static func encode(_ line: GateVerdict.Line) -> JSONObject {
        var object: JSONObject = ["metric": .string(line.condition.metric), "holds": .bool(line.holds)]
        object["min"] = line.condition.minimum.map(encode)
        object["max"] = line.condition.maximum.map(encode)
        object["equals"] = line.condition.equals.map(encode)
        object["value"] = line.value.map(encode)
        object["baseline"] = line.baseline.map(encode)
        object["note"] = line.note.map(JSONValue.string)
        if line.condition.severity == .warn { object["severity"] = "warn" }
        if let comparison = line.condition.comparison {
            GateComparisonCoding.encode(comparison, into: &object)
        }
        return object
    }

    private static func decodeLine(_ object: JSONObject) -> GateVerdict.Line? {
        guard let metric = object["metric"]?.stringValue, let holds = object["holds"]?.boolValue else {
            return nil
        }
        var numbers: [String: Double] = [:]
        for key in ["min", "max", "equals", "value", "baseline"] {
            guard let stored = object[key] else { continue }
            guard let number = decodeNumber(stored) else { return nil }
            numbers[key] = number
        }
        let severity = object["severity"]?.stringValue.flatMap(GateSeverity.init(rawValue:)) ?? .error
        let condition = GateCondition(
            metric: metric, minimum: numbers["min"], maximum: numbers["max"], equals: numbers["equals"],
            severity: severity, comparison: GateComparisonCoding.decode(object))
        return GateVerdict.Line(
            condition: condition, value: numbers["value"], holds: holds, baseline: numbers["baseline"],
            note: object["note"]?.stringValue)
    }

    static func encode(_ number: Double) -> JSONValue {
        JSONValue(number) ?? .string("\(number)")
    }

    static func decodeNumber(_ value: JSONValue) -> Double? {
        if let text = value.stringValue { Double(text) } else { value.doubleValue }
    }
}
