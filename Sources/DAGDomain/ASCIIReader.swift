/// A cursor over the bytes of a text, for the small hand-written parsers of this room (instants, durations).
///
/// It works on UTF-8 bytes and knows ASCII only, so that a digit of another script is never taken for a
/// number.
struct ASCIIReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }

    /// The next byte, not consumed.
    var next: UInt8? { isAtEnd ? nil : bytes[position] }

    /// Consumes the next byte if it is one of `accepted`.
    mutating func take(anyOf accepted: StaticString) -> UInt8? {
        guard let byte = next else { return nil }
        let found = accepted.withUTF8Buffer { $0.contains(byte) }
        guard found else { return nil }
        position += 1
        return byte
    }

    /// Consumes every following byte of `accepted`.
    mutating func skip(anyOf accepted: StaticString) {
        while take(anyOf: accepted) != nil {}
    }

    /// Consumes one ASCII digit and gives its value.
    mutating func takeDigit() -> Int? {
        guard let byte = next, byte.isASCIIDigit else { return nil }
        position += 1
        return Int(byte - UInt8(ascii: "0"))
    }

    /// Consumes exactly `count` digits; consumes nothing if there are fewer.
    mutating func takeNumber(digits count: Int) -> Int? {
        guard bytes.count - position >= count else { return nil }
        var value = 0
        for byte in bytes[position..<position + count] {
            guard byte.isASCIIDigit else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        position += count
        return value
    }

    /// Consumes one ASCII letter.
    mutating func takeLetter() -> Character? {
        guard let byte = next, byte.isASCIILetter else { return nil }
        position += 1
        return Character(Unicode.Scalar(byte))
    }

    /// Consumes the following ASCII letters and gives them as text; empty if there are none.
    mutating func takeLetters() -> String {
        let start = position
        while let byte = next, byte.isASCIILetter { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}

extension UInt8 {
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isASCIILetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}
