import DAGDomain
import JSONText

/// The smallest parts of a condition.
enum ConditionToken: Hashable {
    case value(JSONValue)
    /// A word: a name, or `and`, `or`, `not`, `in`.
    case word(String)
    case symbol(Symbol)
    case end

    enum Symbol: String, CaseIterable {
        // Longer ones first: the scanner takes the first that fits.
        case equal = "=="
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case and = "&&"
        case or = "||"
        case not = "!"
        case less = "<"
        case greater = ">"
        case open = "("
        case close = ")"
        case openList = "["
        case closeList = "]"
        case comma = ","
        case dot = "."
    }

    /// For a message.
    var told: String {
        switch self {
        case .value(let value): value.stringValue?.quotedForMessage ?? String(value.text().prefix(40))
        case .word(let word): word.quotedForMessage
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .end: "the end of the condition"
        }
    }
}

/// Cuts a condition into tokens.
struct ConditionScanner {
    private let scalars: [Unicode.Scalar]
    /// Scalars before the next one.
    private(set) var index: Int
    private let end: Int

    /// - Parameter range: the part of the text inside optional braces.
    init(_ scalars: [Unicode.Scalar], range: Range<Int>) {
        self.scalars = scalars
        index = range.lowerBound
        end = range.upperBound
    }

    private var current: Unicode.Scalar? { index < end ? scalars[index] : nil }

    /// - Parameter isName: after a dot, where digits and dashes belong to a name.
    mutating func next(isName: Bool = false) throws(ConditionFailure) -> (token: ConditionToken, offset: Int)
    {
        while let scalar = current, scalar.properties.isWhitespace { index += 1 }
        let start = index
        guard let first = current else { return (.end, start) }
        if isName || first.isWordStart {
            let word = take { $0.isWordStart || $0.isDigit || (isName && $0 == "-") }
            if !word.isEmpty { return (.word(word), start) }
        }
        if first == "'" || first == "\"" { return (.value(.string(try takeText())), start) }
        if first.isDigit || first == "-" { return (.value(try takeNumber()), start) }
        for symbol in ConditionToken.Symbol.allCases where follows(symbol.rawValue) {
            index += symbol.rawValue.unicodeScalars.count
            return (.symbol(symbol), start)
        }
        throw ConditionFailure(Self.refusal(of: first), at: start)
    }

    private func follows(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        return index + wanted.count <= end && Array(scalars[index..<index + wanted.count]) == wanted
    }

    private mutating func take(while accepts: (Unicode.Scalar) -> Bool) -> String {
        var text = String.UnicodeScalarView()
        while let scalar = current, accepts(scalar) {
            text.append(scalar)
            index += 1
        }
        return String(text)
    }

    private mutating func takeText() throws(ConditionFailure) -> String {
        let start = index
        let quote = scalars[index]
        index += 1
        var text = String.UnicodeScalarView()
        while let scalar = current {
            index += 1
            if scalar == quote { return String(text) }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            switch current {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case let escaped? where escaped == "\\" || escaped == "'" || escaped == "\"": text.append(escaped)
            default:
                throw ConditionFailure(
                    "after a backslash only \\, ', \", n and t are known", at: index - 1)
            }
            index += 1
        }
        throw ConditionFailure("the text that starts here is not closed", at: start)
    }

    private mutating func takeNumber() throws(ConditionFailure) -> JSONValue {
        let start = index
        let text = take { $0.isDigit || $0.isWordStart || $0 == "." || $0 == "-" || $0 == "+" }
        guard let value = try? JSONValue.parse(text) else {
            let message =
                text == "-"
                ? "there is no arithmetic in conditions" : "\(text.quotedForMessage) is not a number"
            throw ConditionFailure(message, at: start)
        }
        return value
    }

    private static func refusal(of scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "=": "\"=\" compares nothing; write \"==\""
        case "&": "write \"and\" or \"&&\""
        case "|": "write \"or\" or \"||\"; there are no filters in conditions"
        case "+", "*", "/", "%": "there is no arithmetic in conditions"
        case "{", "}": "braces may stand around the whole condition only"
        default: "unexpected character \(String(scalar).quotedForMessage)"
        }
    }
}

/// Why a text is not a condition, and where in it.
struct ConditionFailure: Error, Hashable {
    let message: String
    /// Unicode scalars before the place.
    let offset: Int

    init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { self >= "0" && self <= "9" }

    fileprivate var isWordStart: Bool {
        (self >= "a" && self <= "z") || (self >= "A" && self <= "Z") || self == "_"
    }
}
