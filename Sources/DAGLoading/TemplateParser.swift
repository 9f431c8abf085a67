import DAGDomain

/// Finds the `{{ ... }}` of a text and has each read; `{{ "{{" }}` stands for two braces.
struct TemplateParser {
    /// Why a text is not a template, in a sentence.
    struct Failure: Error {
        let message: String
        /// Where in the text, in Unicode scalars from its beginning.
        let offset: Int
    }

    /// A template with the place of each of its expressions, in Unicode scalars from the text's beginning.
    struct Parsed {
        let text: TemplateText
        let places: [(place: TemplatePlace, offset: Int)]
    }

    static func parse(_ text: String) throws(Failure) -> Parsed {
        guard text.utf8.firstRange(of: "{{".utf8) != nil else {
            return Parsed(text: TemplateText(literal: text), places: [])
        }
        var scan = TemplateScan(text)
        var segments: [TemplateText.Segment] = []
        var places: [(place: TemplatePlace, offset: Int)] = []
        var literal = ""
        while let found = try scan.next() {
            literal += found.before
            var parser = TemplateExpressionParser(found.expression, offset: found.offset)
            let place = try parser.parse()
            if place == TemplatePlace(.text("{{")) {
                literal += "{{"
                continue
            }
            if !literal.isEmpty { segments.append(.literal(literal)) }
            literal = ""
            segments.append(.place(place))
            places.append((place, parser.start))
        }
        literal += scan.rest
        if !literal.isEmpty { segments.append(.literal(literal)) }
        return Parsed(text: TemplateText(segments: segments), places: places)
    }

    /// The first expression of a text in which nothing is filled in, if it looks like one of ours or of
    /// Airflow's: whoever wrote it expects a value. Other braces (`docker inspect -f '{{.State}}'`) are left
    /// alone.
    static func expectedTemplate(in text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return nil }
        var rest = text[...]
        while let start = rest.utf8.firstRange(of: "{{".utf8) {
            rest = rest[start.upperBound...]
            let end = rest.utf8.firstRange(of: "}}".utf8)?.lowerBound ?? rest.endIndex
            let inside = rest[..<end].trimmed
            let word = inside.drop { $0 == "-" || $0 == " " }.prefix {
                $0 == "_" || $0.isLetter || $0.isNumber
            }
            if TemplateVocabulary.roots.contains(String(word)) { return inside.quotedContent }
        }
        return nil
    }

    /// What holds in a task what an expression of a shell string asks for.
    static func variable(for expression: String) -> String {
        let name = expression.prefix { $0 == "_" || $0 == "." || $0.isLetter || $0.isNumber }
        let isPlain = name.count == expression.count
        let parts = name.split(separator: ".").map(String.init)
        let entry = "an \"env\" entry with this template"
        switch parts.first {
        case "params" where parts.count == 2 && isPlain && TextRule.variable.accepts(parts[1]):
            return "\"$ORCHESTRATOR_PARAM_\(parts[1].uppercased())\""
        case "params": return "the file \"$ORCHESTRATOR_PARAMS\", or \(entry)"
        case "outputs", "inputs", "artifacts": return "the file \"$ORCHESTRATOR_INPUTS\", or \(entry)"
        default:
            let known = TemplateVocabulary.name(parts)?.environmentVariable
            guard let variable = known else { return entry }
            return "\"$\(variable)\", or \(entry)"
        }
    }
}

/// Cuts a text into what is before, inside and after each pair of double braces.
private struct TemplateScan {
    private let text: String
    private var place: String.Index

    init(_ text: String) {
        self.text = text
        place = text.startIndex
    }

    /// What no expression has taken.
    var rest: Substring { text[place...] }

    mutating func next() throws(TemplateParser.Failure) -> (
        before: Substring, expression: Substring, offset: Int
    )? {
        guard let start = rest.utf8.firstRange(of: "{{".utf8) else { return nil }
        let inside = text[start.upperBound...]
        guard let end = Self.closing(of: inside) else {
            throw TemplateParser.Failure(
                message: "\"{{\" is not closed by \"}}\"; for two braces as they are write {{ \"{{\" }}",
                offset: text[..<start.lowerBound].unicodeScalars.count)
        }
        let before = text[place..<start.lowerBound]
        place = text.utf8.index(end, offsetBy: 2)
        return (before, inside[..<end], text[..<inside.startIndex].unicodeScalars.count)
    }

    /// Where the `}}` starts that ends an expression: the first that no quotes enclose; where quotes are not closed,
    /// the first of all.
    private static func closing(of inside: Substring) -> Substring.Index? {
        var quote: UInt8?
        var place = inside.startIndex
        while place < inside.endIndex {
            let byte = inside.utf8[place]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if inside[place...].utf8.starts(with: "}}".utf8) {
                return place
            }
            place = inside.utf8.index(after: place)
        }
        return inside.utf8.firstRange(of: "}}".utf8)?.lowerBound
    }
}

extension Substring {
    var trimmed: String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension String {
    /// The text as `quotedForMessage` shows it, without the quotes.
    var quotedContent: String { String(quotedForMessage.dropFirst().dropLast()) }
}
