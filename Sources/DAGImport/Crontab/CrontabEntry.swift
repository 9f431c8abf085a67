/// A schedule with its command, as one line of a crontab has them.
struct CrontabEntry: Hashable {
    /// Five fields, or a word such as `@daily`.
    let schedule: String
    /// In system crontabs.
    let user: String?
    /// What the shell gets, without what stands after the first `%`.
    let command: String
    /// What the command reads from its standard input; nil when there was no `%`.
    let input: String?

    /// - Returns: nil when a field, the user or the command is missing.
    init?(_ line: Substring, isSystem: Bool) {
        var rest = line
        var fields: [Substring] = []
        let count = rest.hasPrefix("@") ? 1 : 5
        for _ in 0..<count {
            guard let field = Self.word(&rest) else { return nil }
            fields.append(field)
        }
        schedule = fields.joined(separator: " ")
        if isSystem {
            guard let name = Self.word(&rest) else { return nil }
            user = String(name)
        } else {
            user = nil
        }
        let (command, input) = Self.split(rest.drop { $0 == " " || $0 == "\t" })
        guard !command.trimmed.isEmpty else { return nil }
        self.command = command
        self.input = input
    }

    private static func word(_ rest: inout Substring) -> Substring? {
        rest = rest.drop { $0 == " " || $0 == "\t" }
        let word = rest.prefix { $0 != " " && $0 != "\t" }
        rest = rest[word.endIndex...]
        return word.isEmpty ? nil : word
    }

    /// The first `%` ends the command, every other one is a line break of its input, `\%` is a percent sign
    /// (crontab(5)).
    private static func split(_ text: Substring) -> (command: String, input: String?) {
        var parts = [""]
        var rest = text
        while let character = rest.popFirst() {
            if character == "\\", rest.first == "%" {
                parts[parts.count - 1].append("%")
                rest.removeFirst()
            } else if character == "%" {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        guard parts.count > 1 else { return (parts[0], nil) }
        let input = parts.dropFirst().joined(separator: "\n")
        return (parts[0], input.isEmpty || input.hasSuffix("\n") ? input : input + "\n")
    }
}
