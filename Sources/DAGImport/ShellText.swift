import JSONText

/// Texts for `command` and `env`.
enum ShellText {
    /// A command that a shell runs. Our text form is /bin/sh and refuses what looks like a template; the list form is
    /// a program and its arguments, in which braces can be written as they are.
    static func command(_ text: String, shell: String = "/bin/sh") -> JSONValue {
        if shell == "/bin/sh", !text.contains("{{") { return .string(text) }
        return [.string(shell), "-c", .string(literal(text))]
    }

    /// A text in which nothing will be filled in.
    static func literal(_ text: String) -> String { text.replacing("{{", with: #"{{ "{{" }}"#) }

    /// A word as the shell reads it: in single quotes where needed.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ","),
                UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: "%"):
                true
            default: false
            }
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
