import DAGDomain
import JSONText

/// Reads the expression language of `when` (grammar: docs/dag-file.md, "Conditions").
///
/// From loose to tight, as in Python: `or`, `and`, `not`, one comparison, a value. Names are looked up while reading,
/// because where a task's id ends can be known only from the ids that exist.
struct ConditionParser<Names: ConditionNames> {
    /// Longer conditions are refused.
    private static var maximumLength: Int { 4_096 }
    /// Parentheses, lists, `not` and members inside one another.
    static var maximumDepth: Int { 32 }

    /// A condition with the places where it reads outputs.
    struct Result {
        let expression: ConditionExpression
        let reads: [OutputRead]
    }

    struct OutputRead {
        let task: NamedTask
        let name: String
        /// Unicode scalars before it.
        let offset: Int
    }

    let names: Names
    private var scanner: ConditionScanner
    /// The token that is next, and where it starts.
    private(set) var token = ConditionToken.end
    private(set) var offset = 0
    private var depth = 0
    var reads: [OutputRead] = []

    static func parse(_ text: String, names: Names) throws(ConditionFailure) -> Result {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count <= maximumLength else {
            throw ConditionFailure(
                "the condition has \(scalars.count) characters, at most \(maximumLength) are allowed", at: 0)
        }
        var parser = ConditionParser(
            names: names, scanner: ConditionScanner(scalars, range: Self.content(of: scalars)))
        try parser.advance()
        if parser.token == .end { throw ConditionFailure("the condition is empty", at: parser.offset) }
        let expression = try parser.alternatives()
        guard parser.token == .end else {
            throw parser.unexpected("\"and\", \"or\" or the end of the condition")
        }
        return Result(expression: expression, reads: parser.reads)
    }

    private init(names: Names, scanner: ConditionScanner) {
        self.names = names
        self.scanner = scanner
    }

    /// The part inside `{{ }}` or `${{ }}`, else everything.
    private static func content(of scalars: [Unicode.Scalar]) -> Range<Int> {
        var start = 0
        var end = scalars.count
        while start < end, scalars[start].properties.isWhitespace { start += 1 }
        while end > start, scalars[end - 1].properties.isWhitespace { end -= 1 }
        if start < end, scalars[start] == "$" { start += 1 }
        guard end - start >= 4, scalars[start] == "{", scalars[start + 1] == "{", scalars[end - 1] == "}",
            scalars[end - 2] == "}"
        else { return 0..<scalars.count }
        return start + 2..<end - 2
    }

    mutating func advance(toName: Bool = false) throws(ConditionFailure) {
        (token, offset) = try scanner.next(isName: toName)
    }

    func unexpected(_ wanted: String) -> ConditionFailure {
        ConditionFailure("expected \(wanted), found \(token.told)", at: offset)
    }

    private mutating func deeper<Part>(
        _ read: (inout Self) throws(ConditionFailure) -> Part
    ) throws(ConditionFailure) -> Part {
        guard depth < Self.maximumDepth else {
            throw ConditionFailure("nested deeper than \(Self.maximumDepth) levels", at: offset)
        }
        depth += 1
        let result = try read(&self)
        depth -= 1
        return result
    }

    private mutating func alternatives() throws(ConditionFailure) -> ConditionExpression {
        var operands = [try conjunction()]
        while token == .word("or") || token == .symbol(.or) {
            try advance()
            operands.append(try conjunction())
        }
        return Self.balanced(operands[...], ConditionExpression.or)
    }

    private mutating func conjunction() throws(ConditionFailure) -> ConditionExpression {
        var operands = [try negation()]
        while token == .word("and") || token == .symbol(.and) {
            try advance()
            operands.append(try negation())
        }
        return Self.balanced(operands[...], ConditionExpression.and)
    }

    /// A chain of one connective as a tree of small depth; it is still judged from left to right.
    private static func balanced(
        _ operands: ArraySlice<ConditionExpression>,
        _ join: (ConditionExpression, ConditionExpression) -> ConditionExpression
    ) -> ConditionExpression {
        if operands.count == 1 { return operands[operands.startIndex] }
        let middle = operands.startIndex + operands.count / 2
        return join(balanced(operands[..<middle], join), balanced(operands[middle...], join))
    }

    private mutating func negation() throws(ConditionFailure) -> ConditionExpression {
        guard token == .word("not") || token == .symbol(.not) else { return try comparison() }
        try advance()
        return .not(try deeper { (parser) throws(ConditionFailure) in try parser.negation() })
    }

    private mutating func comparison() throws(ConditionFailure) -> ConditionExpression {
        let left = try value()
        guard let comparison = try comparisonWord() else { return left }
        let right = try value()
        let place = offset
        if try comparisonWord() != nil {
            throw ConditionFailure("comparisons cannot be chained; join two of them with \"and\"", at: place)
        }
        return .comparison(comparison, left, right)
    }

    /// Consumes the word or symbol of a comparison, if it is next.
    private mutating func comparisonWord() throws(ConditionFailure) -> ConditionExpression.Comparison? {
        let comparison: ConditionExpression.Comparison
        switch token {
        case .symbol(let symbol):
            guard let found = ConditionExpression.Comparison(rawValue: symbol.rawValue) else { return nil }
            comparison = found
        case .word("in"): comparison = .isIn
        case .word("not"):
            try advance()
            guard token == .word("in") else { throw unexpected("\"in\" after \"not\"") }
            comparison = .isNotIn
        default: return nil
        }
        try advance()
        return comparison
    }

    private mutating func value() throws(ConditionFailure) -> ConditionExpression {
        let start = offset
        switch token {
        case .value(let value):
            try advance()
            return .literal(value)
        case .symbol(.open):
            try advance()
            let inner = try deeper { (parser) throws(ConditionFailure) in try parser.alternatives() }
            guard token == .symbol(.close) else { throw unexpected("')'") }
            try advance()
            return inner
        case .symbol(.openList):
            try advance()
            return .list(try deeper { (parser) throws(ConditionFailure) in try parser.list() })
        case .word(let word):
            let result = try named(word, at: start)
            if token == .symbol(.open) {
                throw ConditionFailure("there are no functions in conditions", at: offset)
            }
            return result
        default: throw unexpected("a value")
        }
    }

    private mutating func list() throws(ConditionFailure) -> [ConditionExpression] {
        var elements: [ConditionExpression] = []
        while token != .symbol(.closeList) {
            elements.append(try alternatives())
            if token == .symbol(.comma) {
                try advance()
            } else if token != .symbol(.closeList) {
                throw unexpected("',' or ']'")
            }
        }
        try advance()
        return elements
    }
}
