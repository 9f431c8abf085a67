/// Where in a shell text one is: decides how a variable has to be written there.
///
/// Follows quotes, comments, command substitutions and here-documents of bash as far as scripts of a task use them.
struct ShellContext {
    private enum Place: Equatable {
        case plain, single, double, comment, backquote
        /// `$( ... )`, with the round brackets open in it.
        case substitution(Int)
        /// A here-document whose end word was quoted or not.
        case document(String, isQuoted: Bool)
    }

    private var stack: [Place] = []
    private var previous: Character = "\n"
    /// Here-documents that begin at the next line.
    private var awaited: [Place] = []
    private var currentLine = ""

    /// How a variable is written where the text now is; nil where the shell fills in nothing.
    func reference(to variable: String) -> String? {
        switch stack.last ?? .plain {
        case .single: "'\"${\(variable)}\"'"
        case .document(_, isQuoted: true): nil
        default: "${\(variable)}"
        }
    }

    /// Goes on over a part of the text.
    mutating func advance(over text: String) {
        var rest = text[...]
        while let character = rest.popFirst() {
            step(character, &rest)
            currentLine = character == "\n" ? "" : currentLine + String(character)
            previous = character
        }
    }

    /// A value that nobody knows stands here.
    mutating func passValue() {
        previous = "v"
        currentLine += "v"
    }

    private mutating func step(_ character: Character, _ rest: inout Substring) {
        switch stack.last ?? .plain {
        case .single: if character == "'" { stack.removeLast() }
        case .comment: if character == "\n" { endLine() }
        case .document(let end, _): stepInDocument(character, end)
        case .double: stepInDouble(character, &rest)
        case .backquote:
            if character == "`" { stack.removeLast() } else { stepInPlain(character, &rest) }
        case .plain, .substitution: stepInPlain(character, &rest)
        }
    }

    private mutating func stepInDocument(_ character: Character, _ end: String) {
        guard character == "\n" else { return }
        let line = currentLine.drop { $0 == "\t" }
        if line == end { stack.removeLast() }
    }

    private mutating func stepInDouble(_ character: Character, _ rest: inout Substring) {
        switch character {
        case "\\": skip(&rest)
        case "\"": stack.removeLast()
        case "`": stack.append(.backquote)
        case "(" where previous == "$": stack.append(.substitution(0))
        default: break
        }
    }

    private mutating func stepInPlain(_ character: Character, _ rest: inout Substring) {
        switch character {
        case "\\": skip(&rest)
        case "'": stack.append(.single)
        case "\"": stack.append(.double)
        case "`": stack.append(.backquote)
        case "#" where previous.isWhitespace || previous == ";" || previous == "(": stack.append(.comment)
        case "(" where previous == "$": stack.append(.substitution(0))
        case "(": count(1)
        case ")": count(-1)
        case "<" where previous == "<" && !rest.hasPrefix("<"): readDocumentStart(rest)
        case "\n": endLine()
        default: break
        }
    }

    private mutating func skip(_ rest: inout Substring) {
        if let next = rest.popFirst(), next == "\n" { currentLine = "" }
    }

    private mutating func count(_ change: Int) {
        guard case .substitution(let open)? = stack.last else { return }
        if open + change < 0 {
            stack.removeLast()
        } else {
            stack[stack.count - 1] = .substitution(open + change)
        }
    }

    private mutating func readDocumentStart(_ rest: Substring) {
        let word = rest.drop { $0 == "-" || $0 == " " || $0 == "\t" }
            .prefix { !$0.isWhitespace && !";|&)<>".contains($0) }
        let plain = String(word.filter { !"'\"\\".contains($0) })
        guard !plain.isEmpty else { return }
        awaited.append(.document(plain, isQuoted: plain.count != word.count))
    }

    private mutating func endLine() {
        if stack.last == .comment { stack.removeLast() }
        stack += awaited.reversed()
        awaited = []
    }
}
