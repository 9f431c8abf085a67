/// Finds the keys and values of one line of JSON in place.
struct JSONLineScanner {
    struct Token {
        var kind: FieldKind
        var start: Int
        var end: Int
        var isEscaped = false
    }

    private let bytes: UnsafePointer<UInt8>
    private(set) var index: Int
    private let end: Int

    init(bytes: UnsafePointer<UInt8>, index: Int, end: Int) {
        self.bytes = bytes
        self.index = index
        self.end = end
    }

    mutating func skipSpace() {
        while index < end, bytes[index] == 0x20 || bytes[index] == 0x09 || bytes[index] == 0x0D { index += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard index < end, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// A text without its quotes; escapes are left as they are.
    mutating func string() -> Token? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var token = Token(kind: .string, start: index, end: index)
        while index < end {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                token.end = index
                index += 1
                return token
            }
            if byte == UInt8(ascii: "\\") {
                token.isEscaped = true
                index += 1
            } else if byte < 0x20 {
                return nil
            }
            index += 1
        }
        return nil
    }

    mutating func value() -> Token? {
        guard index < end else { return nil }
        switch bytes[index] {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "{"), UInt8(ascii: "["): return nested()
        case UInt8(ascii: "t"): return word("true", .boolean)
        case UInt8(ascii: "f"): return word("false", .boolean)
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func word(_ text: StaticString, _ kind: FieldKind) -> Token? {
        let count = text.utf8CodeUnitCount
        guard end - index >= count else { return nil }
        for offset in 0..<count where bytes[index + offset] != text.utf8Start[offset] { return nil }
        defer { index += count }
        return Token(kind: kind, start: index, end: index + count)
    }

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
    private mutating func number() -> Token? {
        let start = index
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")), !digits() { return nil }
        if take(UInt8(ascii: ".")), !digits() { return nil }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() else { return nil }
        }
        return Token(kind: .number, start: start, end: index)
    }

    private mutating func digits() -> Bool {
        let start = index
        while index < end, bytes[index] &- 0x30 < 10 { index += 1 }
        return index > start
    }

    /// A list or an object up to its closing bracket; that it is well formed is for the parser to say.
    private mutating func nested() -> Token? {
        let start = index
        var depth = 0
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                guard string() != nil else { return nil }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            index += 1
            if depth == 0 { return Token(kind: .nested, start: start, end: index) }
        }
        return nil
    }
}
