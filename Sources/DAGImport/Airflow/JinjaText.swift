/// A text of an Airflow task, cut into what stays and what Jinja would fill in.
struct JinjaText: Hashable {
    enum Piece: Hashable {
        case text(String)
        /// The inside of `{{ ... }}`, trimmed.
        case expression(String)
        /// `{% ... %}`: a program, which no file of ours can hold.
        case statement(String)
    }

    let pieces: [Piece]

    /// An opening without its end is text, as it would be an error in Airflow.
    init(_ text: String) {
        var pieces: [Piece] = []
        var literal = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "{") {
            literal += rest[..<start]
            rest = rest[start...]
            guard let (ending, isComment) = Self.ending(of: rest.prefix(2)),
                let end = rest.firstRange(of: ending)
            else {
                literal += rest.prefix(1)
                rest = rest.dropFirst()
                continue
            }
            let inside = Self.inside(rest[..<end.lowerBound].dropFirst(2))
            rest = rest[end.upperBound...]
            if isComment { continue }
            if !literal.isEmpty { pieces.append(.text(literal)) }
            literal = ""
            pieces.append(ending == "}}" ? .expression(inside) : .statement(inside))
        }
        literal += rest
        if !literal.isEmpty { pieces.append(.text(literal)) }
        self.pieces = pieces
    }

    var isPlain: Bool { pieces.allSatisfy { if case .text = $0 { true } else { false } } }

    var firstStatement: String? {
        for case .statement(let text) in pieces { return text }
        return nil
    }

    private static func ending(of start: Substring) -> (text: String, isComment: Bool)? {
        switch start {
        case "{{": ("}}", false)
        case "{%": ("%}", false)
        case "{#": ("#}", true)
        default: nil
        }
    }

    /// Without blanks, and without the marks that trim those around it.
    private static func inside(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first.isWhitespace || first == "-" || first == "+" {
            text.removeFirst()
        }
        while let last = text.last, last.isWhitespace || last == "-" { text.removeLast() }
        return String(text)
    }
}
