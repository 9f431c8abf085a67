import DAGDomain
import JSONText

/// Compares a file with its shape and reports everything that differs: unknown and missing keys, wrong kinds
/// of values, words and numbers out of their range. Whoever reads a value afterwards may pass over a wrong
/// one in silence.
struct ShapeCheck {
    /// What a message calls a value.
    enum Label {
        case whole(String)
        case key(String)
        case element(String)
        case member(String, of: String)

        var text: String {
            switch self {
            case .whole(let title): title
            case .key(let key): "\"\(key)\""
            case .element(let key): "an element of \"\(key)\""
            case .member(let name, let key): "\(name.quotedForMessage) in \"\(key)\""
            }
        }

        /// The key that elements and members of the value are named after.
        var key: String {
            switch self {
            case .whole(let text), .key(let text), .element(let text), .member(let text, _): text
            }
        }
    }

    var diagnostics: DiagnosticList

    mutating func check(_ node: JSONNode, _ shape: Shape, _ label: Label) {
        switch (shape, node.content) {
        case (.anything, _), (.null, .null), (.boolean, .bool), (.number, .integer), (.number, .number):
            break
        case (.later, _):
            report("\(label.text) is not supported yet", node)
        case (.string(let rule), .string(let text)): check(text, rule, label, node.position)
        case (.choice(let words, let later), .string(let text)):
            checkChoice(text, words, later: later, label, node)
        case (.integer(let range), .integer), (.integer(let range), .number):
            checkInteger(node, range, label)
        case (.duration(let allowsZero), .string), (.duration(let allowsZero), .integer),
            (.duration(let allowsZero), .number):
            checkDuration(node, allowsZero: allowsZero, label)
        case (.array(let shape, let minimum, let maximum), .array(let elements)):
            checkCount(elements.count, minimum, maximum, "element", label, node)
            for element in elements { check(element, shape, .element(label.key)) }
        case (.map(let shape, let names, let minimum), .object(let members)):
            checkCount(members.count, minimum, nil, "member", label, node)
            for member in members {
                check(member.key, names, .member(member.key, of: label.key), member.keyPosition)
                check(member.node, shape, .member(member.key, of: label.key))
            }
        case (.object(let name), .object(let members)): checkKeys(members, of: name.table, node)
        case (.matrix, .object(let members)): checkMatrix(members, label, node)
        case (.parameter, .object(let members)):
            if Self.isSchema(members) { checkKeys(members, of: KeyTable.parameterSchema, node) }
        case (.parameter, _): break
        case (.either(let shapes), _):
            if let shape = shapes.first(where: { $0.takesKind(of: node) }) {
                check(node, shape, label)
            } else {
                reportKind(node, shape, label)
            }
        default: reportKind(node, shape, label)
        }
    }

    private mutating func checkMatrix(_ members: [JSONMember], _ label: Label, _ node: JSONNode) {
        checkCount(members.count, 1, nil, "member", label, node)
        for member in members {
            let isSpecial = ["include", "exclude"].contains(member.key)
            if !isSpecial {
                check(member.key, .variable, .member(member.key, of: label.key), member.keyPosition)
            }
            check(
                member.node, isSpecial ? .combinations : .valueList,
                isSpecial ? .key(member.key) : .member(member.key, of: label.key))
        }
    }

    /// Whether a param is declared by a JSON Schema rather than by a plain default.
    static func isSchema(_ members: [JSONMember]) -> Bool {
        members.contains { ["type", "enum", "default"].contains($0.key) }
    }

    private mutating func report(_ message: String, _ node: JSONNode) {
        diagnostics.error(message, at: node.position)
    }

    private mutating func reportKind(_ node: JSONNode, _ shape: Shape, _ label: Label) {
        report("\(label.text) must be \(shape.expectation), found \(node.kind)", node)
    }

    private mutating func check(_ text: String, _ rule: TextRule, _ label: Label, _ position: JSONPosition) {
        if rule.accepts(text) { return }
        if text.isEmpty {
            diagnostics.error("\(label.text) is empty; expected \(rule.expectation)", at: position)
        } else if case .member = label {
            diagnostics.error("the name \(label.text) must be \(rule.expectation)", at: position)
        } else {
            let quoted = text.quotedForMessage
            diagnostics.error("\(label.text) must be \(rule.expectation), found \(quoted)", at: position)
        }
    }

    private mutating func checkChoice(
        _ text: String, _ words: [String], later: [String], _ label: Label, _ node: JSONNode
    ) {
        if words.contains(text) { return }
        if later.contains(text) {
            return report("\(label.text): \(text.quotedForMessage) is not supported yet", node)
        }
        let all = words.map { "\"\($0)\"" }.joined(separator: ", ")
        let hint =
            NearestWord.find(text, in: words).map { "did you mean \"\($0)\"?" } ?? "expected one of \(all)"
        report("\(label.text) has the unknown value \(text.quotedForMessage); \(hint)", node)
    }

    private mutating func checkInteger(_ node: JSONNode, _ range: ClosedRange<Int64>, _ label: Label) {
        let value = node.value
        if let integer = value.intValue, range.contains(integer) { return }
        let isIntegral = if case .number(let number) = value { number.isIntegral } else { true }
        let found = value.text().prefix(40)
        guard isIntegral, let size = value.doubleValue else {
            return report("\(label.text) must be an integer, found \(found)", node)
        }
        let limit =
            size < Double(range.lowerBound) ? "at least \(range.lowerBound)" : "at most \(range.upperBound)"
        report("\(label.text) must be \(limit), found \(found)", node)
    }

    private mutating func checkDuration(_ node: JSONNode, allowsZero: Bool, _ label: Label) {
        do throws(DurationTextError) {
            if try Duration(node) == .zero, !allowsZero {
                report("\(label.text) must be longer than zero", node)
            }
        } catch {
            report("\(label.text): \(error)", node)
        }
    }

    private mutating func checkCount(
        _ count: Int, _ minimum: Int, _ maximum: Int?, _ what: String, _ label: Label, _ node: JSONNode
    ) {
        if count < minimum {
            report("\(label.text) is empty; it needs at least one \(what)", node)
        } else if let maximum, count > maximum {
            report("\(label.text) has \(count) \(what)s, at most \(maximum) are allowed", node)
        }
    }
}

extension Duration {
    /// Reads the value of a duration key; zero when it is neither a number nor a text.
    init(_ node: JSONNode) throws(DurationTextError) {
        switch node.content {
        case .string(let text): self = try DurationText.parse(text)
        case .integer(let seconds): self = try Duration(secondsText: "\(seconds)")
        case .number(let number): self = try Duration(secondsText: number.text)
        default: self = .zero
        }
    }
}

extension Shape {
    /// Whether the kind of JSON value fits, whatever its content.
    func takesKind(of node: JSONNode) -> Bool {
        switch (self, node.content) {
        case (.anything, _), (.later, _), (.parameter, _), (.null, .null),
            (.boolean, .bool),
            (.string, .string), (.choice, .string), (.duration, .string), (.integer, .integer),
            (.integer, .number),
            (.number, .integer), (.number, .number), (.duration, .integer), (.duration, .number),
            (.array, .array),
            (.map, .object), (.object, .object), (.matrix, .object):
            true
        case (.either(let shapes), _): shapes.contains { $0.takesKind(of: node) }
        default: false
        }
    }

    /// What kind of value is wanted, for a message.
    var expectation: String {
        switch self {
        case .string, .choice: "a string"
        case .boolean: "a boolean"
        case .null: "null"
        case .integer: "an integer"
        case .number: "a number"
        case .duration: "a duration (seconds, or a text such as \"5m\")"
        case .array: "an array"
        case .map, .object, .matrix: "an object"
        case .anything, .later, .parameter: "a value"
        case .either(let shapes):
            shapes.count < 2
                ? shapes.map(\.expectation).joined()
                : shapes.dropLast().map(\.expectation).joined(separator: ", ")
                    + " or \(shapes[shapes.count - 1].expectation)"
        }
    }
}
