import JSONText
import Yams

/// A value of a YAML 1.2 file, with the line it begins on. Only `true` and `false` are booleans, as DVC reads files.
struct YAMLValue {
    indirect enum Content {
        case null
        case bool(Bool)
        /// As it was written.
        case number(String)
        case text(String)
        case list([YAMLValue])
        case map([(key: String, value: YAMLValue)])
    }

    let content: Content
    let line: Int

    /// Aliases may repeat a part many times; more values than this are refused.
    private static let maximumValues = 200_000

    init(_ content: Content, line: Int) {
        self.content = content
        self.line = line
    }

    /// - Throws: `ImportFailure` for what is no YAML, or is too large once its aliases are filled in.
    static func parse(_ text: String) throws(ImportFailure) -> YAMLValue {
        do {
            var left = maximumValues
            guard let node = try Yams.compose(yaml: text) else { return YAMLValue(.null, line: 1) }
            return try value(node, &left)
        } catch let failure as ImportFailure {
            throw failure
        } catch {
            let lines = "\(error)".split(separator: "\n").map(String.init)
            throw ImportFailure(lines.filter { !$0.contains("^") }.joined(separator: " "))
        }
    }

    private static func value(_ node: Node, _ left: inout Int) throws(ImportFailure) -> YAMLValue {
        left -= 1
        let line = node.mark?.line ?? 0
        guard left > 0 else {
            throw ImportFailure(line: line, column: nil, "more than \(maximumValues) values")
        }
        switch node {
        case .scalar(let scalar): return YAMLValue(content(scalar), line: line)
        case .sequence(let sequence):
            var values: [YAMLValue] = []
            for element in sequence { values.append(try value(element, &left)) }
            return YAMLValue(.list(values), line: line)
        case .mapping(let mapping):
            var members: [(key: String, value: YAMLValue)] = []
            var merged: [(key: String, value: YAMLValue)] = []
            for (key, element) in mapping {
                let read = try value(element, &left)
                if key.string == "<<" {
                    merged += read.mergeable
                } else {
                    members.append((key.string ?? "", read))
                }
            }
            for member in merged where !members.contains(where: { $0.key == member.key }) {
                members.append(member)
            }
            return YAMLValue(.map(members), line: line)
        case .alias: throw ImportFailure(line: line, column: nil, "an alias without its anchor")
        }
    }

    private static func content(_ scalar: Node.Scalar) -> Content {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any else { return .text(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        return isNumber(text.utf8) ? .number(text) : .text(text)
    }

    /// Decimal integers and floating-point numbers. (Not a regular expression: Swift compiles a literal at each use.)
    private static func isNumber(_ text: String.UTF8View) -> Bool {
        var rest = text[...]
        func digits() -> Int {
            let count = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
            rest = rest.dropFirst(count)
            return count
        }
        func skip(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = skip("+-")
        var count = digits()
        if skip(".") { count += digits() }
        guard count > 0 else { return false }
        if skip("eE") {
            _ = skip("+-")
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private var mergeable: [(key: String, value: YAMLValue)] {
        switch content {
        case .map(let members): members
        case .list(let elements): elements.flatMap(\.mergeable)
        default: []
        }
    }
}

extension YAMLValue {
    subscript(key: String) -> YAMLValue? { members?.first { $0.key == key }?.value }

    var members: [(key: String, value: YAMLValue)]? {
        if case .map(let members) = content { members } else { nil }
    }

    var elements: [YAMLValue]? {
        if case .list(let elements) = content { elements } else { nil }
    }

    var text: String? {
        if case .text(let text) = content { text } else { nil }
    }

    var isTrue: Bool {
        if case .bool(true) = content { true } else { false }
    }

    var isComposite: Bool { members != nil || elements != nil }

    var json: JSONValue {
        switch content {
        case .null: .null
        case .bool(let value): .bool(value)
        case .number(let text): (try? JSONValue.parse(text)) ?? .string(text)
        case .text(let text): .string(text)
        case .list(let elements): .array(elements.map(\.json))
        case .map(let members): .object(JSONObject(members.map { ($0.key, $0.value.json) }))
        }
    }

    /// As DVC puts it into a text; nil for lists and maps.
    var inserted: String? {
        switch content {
        case .null: "None"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): Self.number(text)
        case .text(let text): text
        case .list, .map: nil
        }
    }

    /// Python writes the number, not its text: `1e-3` is `0.001`.
    private static func number(_ text: String) -> String {
        if let whole = Int64(text) { return "\(whole)" }
        guard text.contains(where: { ".eE".contains($0) }), let value = Double(text), value.isFinite else {
            return text
        }
        return "\(value)"
    }
}
