/// A piece of MLflow's filter language.
enum FilterToken: Hashable {
    /// A name as it is written, with its quotes: ``metrics.`my metric` ``.
    case name(String)
    /// A text in quotes, without them. What is between the quotes is taken as it is: MLflow knows no escapes.
    case text(String)
    case number(Double, isInteger: Bool)
    case sign(String)
    /// In upper case: `AND`, `IN`, `NOT`, `IS`, `NULL`, `LIKE`, `ILIKE`.
    case word(String)
    case open, close, comma

    private static let words: Set<String> = ["AND", "IN", "NOT", "IS", "NULL", "LIKE", "ILIKE"]

    /// - Throws: `TrackingError`.
    static func all(in text: String) throws(TrackingError) -> [FilterToken] {
        var lexer = Lexer(rest: Substring(text))
        var tokens: [FilterToken] = []
        while let token = try lexer.next() { tokens.append(token) }
        return tokens
    }

    private struct Lexer {
        var rest: Substring

        mutating func next() throws(TrackingError) -> FilterToken? {
            rest = rest.drop(while: \.isWhitespace)
            guard let first = rest.first else { return nil }
            switch first {
            case "(": return taking(.open)
            case ")": return taking(.close)
            case ",": return taking(.comma)
            case "'": return .text(try quoted())
            case "=", "!", "<", ">": return .sign(take { "=!<>".contains($0) })
            case "0"..."9", "-", "+", ".": return try number()
            default: return try name()
            }
        }

        private mutating func taking(_ token: FilterToken) -> FilterToken {
            rest.removeFirst()
            return token
        }

        private mutating func take(while belongs: (Character) -> Bool) -> String {
            let part = rest.prefix(while: belongs)
            rest = rest[part.endIndex...]
            return String(part)
        }

        /// In a text of single quotes, two of them stand for themselves.
        private mutating func quoted() throws(TrackingError) -> String {
            let quote = rest.removeFirst()
            var text = ""
            while let character = rest.popFirst() {
                guard character == quote else {
                    text.append(character)
                    continue
                }
                guard quote == "'", rest.first == "'" else { return text }
                rest.removeFirst()
                text += "''"
            }
            throw .invalid("Invalid clause(s) in filter string: a quote is not closed")
        }

        private mutating func number() throws(TrackingError) -> FilterToken {
            let text = take { $0.isASCII && ($0.isNumber || $0.isLetter || "+-.".contains($0)) }
            guard let value = Double(text), value.isFinite,
                text.allSatisfy({ $0.isNumber || "+-.eE".contains($0) })
            else {
                throw .invalid("Invalid clause(s) in filter string: '\(text)' is no number")
            }
            return .number(value, isInteger: Int64(text) != nil)
        }

        private mutating func name() throws(TrackingError) -> FilterToken {
            var text = ""
            while let character = rest.first {
                if character == "`" || character == "\"" {
                    let inner = try quoted()
                    text += "\(character)\(inner)\(character)"
                } else if character.isLetter || character.isNumber || "_.".contains(character) {
                    text.append(rest.removeFirst())
                } else {
                    break
                }
            }
            guard !text.isEmpty else {
                throw .invalid("Invalid clause(s) in filter string: '\(rest.prefix(20))'")
            }
            return FilterToken.words.contains(text.uppercased()) ? .word(text.uppercased()) : .name(text)
        }
    }
}
