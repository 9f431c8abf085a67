import DAGDomain
import JSONText

/// Reads what stands between two pairs of braces: a name or a quoted text, then filters.
///
///     expression = (name | text) *("|" filter)
///     filter     = name ["(" [argument *("," argument)] ")"]
///     argument   = text | integer | "true" | "false" | "none"
struct TemplateExpressionParser {
    private let scalars: [Unicode.Scalar]
    private let shown: String
    /// Of the expression in its text.
    private let offset: Int
    private var position = 0
    /// Where the name stands, in scalars from the text's beginning.
    private(set) var start = 0

    init(_ expression: Substring, offset: Int) {
        scalars = Array(expression.unicodeScalars)
        shown = "{{ \(expression.trimmed.quotedContent) }}"
        self.offset = offset
    }

    mutating func parse() throws(TemplateParser.Failure) -> TemplatePlace {
        skipBlanks()
        start = offset + position
        let reference = try parseReference()
        skipBlanks()
        var filters: [TemplateFilter] = []
        while take("|") {
            filters.append(try parseFilter())
            skipBlanks()
        }
        guard position == scalars.count else { throw unexpected() }
        return TemplatePlace(reference, filters: filters)
    }

    // MARK: Names

    private mutating func parseReference() throws(TemplateParser.Failure) -> TemplateReference {
        if let text = try parseText() { return .text(text) }
        let begin = position
        let word = takeName()
        let parts = word.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let root = parts.first, !root.isEmpty, !parts.contains("") else {
            throw failure("is not understood; write a name, for example {{ params.NAME }} or {{ ds }}", begin)
        }
        switch root {
        case "params": return try parameter(parts, begin)
        case "outputs": return try output(parts, begin)
        case "var": return try variable(parts, begin)
        case "conn": return try connection(parts, begin)
        case "dag_run" where parts.count > 1 && parts[1] == "conf":
            return .configuration(path: Array(parts.dropFirst(2)))
        default:
            if let name = TemplateVocabulary.name(parts) { return .fact(name) }
            throw failure("\"\(word)\" \(TemplateVocabulary.hint(for: word))", begin, isSentence: true)
        }
    }

    private func parameter(
        _ parts: [String], _ begin: Int
    ) throws(TemplateParser.Failure) -> TemplateReference {
        guard parts.count > 1 else { return .parameters }
        guard TextRule.variable.accepts(parts[1]) else {
            throw failure("is not understood; write {{ params.NAME }}", begin)
        }
        return .parameter(name: parts[1], path: Array(parts.dropFirst(2)))
    }

    /// Task ids may contain dots, names of outputs may not.
    private func output(
        _ parts: [String], _ begin: Int
    ) throws(TemplateParser.Failure) -> TemplateReference {
        guard parts.count >= 3, let name = parts.last, TextRule.output.accepts(name) else {
            throw failure("is not understood; write {{ outputs.TASK.NAME }}", begin)
        }
        return .output(task: TaskID(parts[1..<parts.count - 1].joined(separator: ".")), name: name)
    }

    private func variable(
        _ parts: [String], _ begin: Int
    ) throws(TemplateParser.Failure) -> TemplateReference {
        let isForm = parts.count > 1 && (parts[1] == "value" || parts[1] == "json")
        guard parts.count > (isForm ? 2 : 1) else {
            throw failure("is not understood; write {{ var.value.KEY }} or {{ var.json.KEY.PATH }}", begin)
        }
        if parts[1] == "json" { return .variableJSON(key: parts[2], path: Array(parts.dropFirst(3))) }
        return .variable(key: parts.dropFirst(isForm ? 2 : 1).joined(separator: "."))
    }

    /// Ids of connections may contain dots; the field is the last word, or `extra` and what follows.
    private func connection(
        _ parts: [String], _ begin: Int
    ) throws(TemplateParser.Failure) -> TemplateReference {
        let words = ConnectionField.words
        if let extra = parts.indices.dropFirst(2).first(where: {
            parts[$0] == "extra" || parts[$0] == "extra_dejson"
        }) {
            return .connection(
                id: parts[1..<extra].joined(separator: "."), .extra(path: Array(parts[(extra + 1)...])))
        }
        guard parts.count > 2, let last = parts.last else {
            throw failure("is not understood; write {{ conn.ID.FIELD }}", begin)
        }
        guard let field = words.first(where: { $0.word == last })?.field else {
            let nearest = NearestWord.find(last, in: words.map(\.word)).map { "; did you mean \"\($0)\"?" }
            let known = words.map(\.word).filter { !["get_uri", "extra_dejson"].contains($0) }
            throw failure(
                "a connection has no field \"\(last)\""
                    + (nearest ?? "; there are \(known.joined(separator: ", ")), extra.NAME"),
                begin, isSentence: true)
        }
        return .connection(id: parts[1..<parts.count - 1].joined(separator: "."), field)
    }

    // MARK: Filters

    private mutating func parseFilter() throws(TemplateParser.Failure) -> TemplateFilter {
        skipBlanks()
        let begin = position
        let word = takeName()
        guard !word.isEmpty else { throw failure("needs the name of a filter after \"|\"", begin) }
        guard let kind = TemplateVocabulary.filter(word) else {
            throw failure(
                "there is no filter \"\(word)\"\(TemplateVocabulary.hint(forFilter: word))", begin,
                isSentence: true)
        }
        skipBlanks()
        let arguments = take("(") ? try parseArguments() : []
        if let problem = Self.problem(of: kind, arguments) {
            throw failure(problem, begin, isSentence: true)
        }
        return TemplateFilter(kind, arguments)
    }

    private mutating func parseArguments() throws(TemplateParser.Failure) -> [JSONValue] {
        var arguments: [JSONValue] = []
        skipBlanks()
        if take(")") { return [] }
        while true {
            skipBlanks()
            arguments.append(try parseArgument())
            skipBlanks()
            if take(")") { return arguments }
            guard take(",") else { throw unexpected() }
        }
    }

    private mutating func parseArgument() throws(TemplateParser.Failure) -> JSONValue {
        if let text = try parseText() { return .string(text) }
        let begin = position
        var word = take("-") ? "-" : ""
        _ = word.isEmpty && take("+")
        word += takeName()
        switch word.lowercased() {
        case "true": return true
        case "false": return false
        case "none", "null": return nil
        default:
            guard let number = Int64(word) else {
                throw failure("needs a number or a quoted text as the argument of a filter", begin)
            }
            return .integer(number)
        }
    }

    /// What is wrong with the arguments of a filter.
    private static func problem(of kind: TemplateFilter.Kind, _ arguments: [JSONValue]) -> String? {
        let (needed, optional) = kind.signature
        guard (needed.count...(needed.count + optional.count)).contains(arguments.count) else {
            return "the filter is written \(kind.usage)"
        }
        for (argument, rule) in zip(arguments, needed + optional) {
            switch (rule, argument) {
            case (.anything, _), (.text, .string), (.integer, .integer), (.boolean, .bool): continue
            case (.dateFormat, .string(let text)):
                do throws(DateFormat.UnknownDirective) { _ = try DateFormat(text) } catch {
                    let known = DateFormat.directives.map { "%\($0)" }.joined(separator: " ")
                    return "the date format has the unknown directive \(error.text); there are \(known)"
                }
            case (.timeZone, .string(let text)):
                if let problem = zoneProblem(text) { return problem }
            default: return "the filter is written \(kind.usage)"
            }
        }
        return nil
    }

    private static func zoneProblem(_ text: String) -> String? {
        if (try? TimeZoneName(text)) != nil, ZoneLookup.system.exists(text) { return nil }
        let hint =
            NearestWord.find(text, in: ZoneLookup.system.names()).map { "did you mean \"\($0)\"?" }
            ?? "use a name of the IANA database such as Europe/Berlin"
        return "\(text.quotedForMessage) is not a time zone; \(hint)"
    }

    // MARK: Letters

    private mutating func skipBlanks() {
        while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard position < scalars.count, scalars[position] == scalar else { return false }
        position += 1
        return true
    }

    /// Letters, digits, `_`, `-` and `.`
    private mutating func takeName() -> String {
        var name = String.UnicodeScalarView()
        while position < scalars.count, Self.isNameScalar(scalars[position]) {
            name.append(scalars[position])
            position += 1
        }
        return String(name)
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".": true
        default: false
        }
    }

    /// A text in single or double quotes, which knows no escapes; nil when none begins here.
    private mutating func parseText() throws(TemplateParser.Failure) -> String? {
        guard position < scalars.count, scalars[position] == "'" || scalars[position] == "\"" else {
            return nil
        }
        let quote = scalars[position]
        let begin = position
        position += 1
        guard let end = scalars[position...].firstIndex(of: quote) else {
            throw failure("has a text whose quotation mark is not closed", begin)
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[position..<end])
        position = end + 1
        return String(text)
    }

    private func unexpected() -> TemplateParser.Failure {
        switch position < scalars.count ? scalars[position] : " " {
        case "(":
            failure(
                "calls nothing; write a filter, for example {{ ds | add_days(-1) }}", position)
        case "[": failure("is not understood; write {{ params.NAME }} instead of params['NAME']", position)
        case " ": failure("ends in the middle of an expression", position)
        default:
            failure(
                "is not understood; write {{ NAME }} or {{ NAME | FILTER }}, for example "
                    + "{{ params.NAME }} or {{ ds | add_days(-1) }}", position)
        }
    }

    /// - Parameter isSentence: the text stands by itself; otherwise it goes on after the expression.
    private func failure(_ text: String, _ place: Int, isSentence: Bool = false) -> TemplateParser.Failure {
        TemplateParser.Failure(
            message: "\(shown)\(isSentence ? ": " : " ")\(text)", offset: offset + place)
    }
}
