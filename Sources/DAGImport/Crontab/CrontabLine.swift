/// One line of a crontab.
enum CrontabLine: Hashable {
    case blank
    case comment(String)
    /// `NAME = value`
    case variable(name: String, value: String)
    /// A schedule and what follows it.
    case entry(CrontabEntry)
    /// Nothing that cron would take.
    case unknown

    /// - Parameter isSystem: whether a user stands between the schedule and the command.
    init(_ line: Substring, isSystem: Bool) {
        let text = line.drop { $0 == " " || $0 == "\t" }
        if text.allSatisfy(\.isWhitespace) {
            self = .blank
        } else if text.hasPrefix("#") {
            self = .comment(String(text.dropFirst()).trimmed)
        } else if let (name, value) = Self.assignment(text) {
            self = .variable(name: name, value: value)
        } else if let entry = CrontabEntry(text, isSystem: isSystem) {
            self = .entry(entry)
        } else {
            self = .unknown
        }
    }

    /// Blanks around `=` are fine; quotes around the name or the value go, as crontab(5) has it.
    private static func assignment(_ text: Substring) -> (String, String)? {
        guard let sign = text.firstIndex(of: "=") else { return nil }
        let name = unquoted(String(text[..<sign]).trimmed)
        guard let first = name.first, first.isLetter || first == "_",
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        else { return nil }
        return (name, unquoted(String(text[text.index(after: sign)...]).trimmed))
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, let quote = text.first, quote == "\"" || quote == "'", text.last == quote
        else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
