import DAGDomain
import Glibc

/// What a field of text looks like.
enum ScannedValue {
    case integer(Int64)
    /// With a fraction or an exponent, or an integer beyond 64 bits.
    case number(Double, isInteger: Bool)
    case boolean
    case date(Timestamp)
    case instant(Timestamp)
    case text

    /// Reads an untyped field. Spaces around a number, a truth value or a date do not count.
    init(_ field: UnsafeRawBufferPointer) {
        var (start, end) = (0, field.count)
        while start < end, field[start] == 0x20 { start += 1 }
        while end > start, field[end - 1] == 0x20 { end -= 1 }
        guard start < end else {
            self = .text
            return
        }
        let bytes = UnsafeRawBufferPointer(rebasing: field[start..<end])
        switch bytes[0] {
        case 0x30...0x39, 0x2B, 0x2D, 0x2E:
            self = NumberScanner.scan(bytes) ?? InstantScanner.scan(bytes) ?? .text
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "T"), UInt8(ascii: "F"):
            self = Self.isTruthValue(bytes) ? .boolean : .text
        case UInt8(ascii: "i"), UInt8(ascii: "I"):
            self =
                Self.isWord(bytes, "inf") || Self.isWord(bytes, "infinity")
                ? .number(.infinity, isInteger: false) : .text
        default: self = .text
        }
    }

    static func isTruthValue(_ bytes: UnsafeRawBufferPointer) -> Bool {
        isWord(bytes, "true") || isWord(bytes, "false")
    }

    /// Whether the bytes are the word, which is in lower case, in any case.
    private static func isWord(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        guard bytes.count == word.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count where bytes[index] | 0x20 != word.utf8Start[index] { return false }
        return true
    }
}

/// Numbers in decimal, exactly rounded.
enum NumberScanner {
    /// `[+-]?digits[.digits][e[+-]digits]`; also `.5` and `5.`. Nil for everything else.
    static func scan(_ bytes: UnsafeRawBufferPointer) -> ScannedValue? {
        var index = 0
        let isNegative = bytes[0] == 0x2D
        if isNegative || bytes[0] == 0x2B { index = 1 }
        var digits: UInt64 = 0
        var count = 0
        var scale = 0
        var isInteger = true
        let first = index
        while index < bytes.count, bytes[index] &- 0x30 < 10 {
            digits = digits &* 10 &+ UInt64(bytes[index] &- 0x30)
            index += 1
        }
        count = index - first
        if index < bytes.count, bytes[index] == 0x2E {
            isInteger = false
            index += 1
            let start = index
            while index < bytes.count, bytes[index] &- 0x30 < 10 {
                digits = digits &* 10 &+ UInt64(bytes[index] &- 0x30)
                index += 1
            }
            scale = start - index
            count += index - start
        }
        guard count > 0 else { return nil }
        if index < bytes.count {
            guard let exponent = exponent(bytes, &index) else { return nil }
            isInteger = false
            scale += exponent
        }
        if isInteger, count <= 18 {
            return .integer(isNegative ? -Int64(digits) : Int64(digits))
        }
        if isInteger, let exact = Int64(String(decoding: bytes, as: UTF8.self)) { return .integer(exact) }
        if count <= 19, digits < 1 << 53, -22...22 ~= scale {
            // Both are exact, so the one operation rounds correctly (Clinger 1990).
            let value = scale < 0 ? Double(digits) / powers[-scale] : Double(digits) * powers[scale]
            return .number(isNegative ? -value : value, isInteger: false)
        }
        guard let value = Double(String(decoding: bytes, as: UTF8.self)) ?? slow(bytes) else { return nil }
        return .number(value, isInteger: isInteger)
    }

    /// Reads to the end of the field; nil when there is anything else.
    private static func exponent(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Int? {
        guard bytes[index] | 0x20 == UInt8(ascii: "e") else { return nil }
        index += 1
        var isNegative = false
        if index < bytes.count, bytes[index] == 0x2D || bytes[index] == 0x2B {
            isNegative = bytes[index] == 0x2D
            index += 1
        }
        guard index < bytes.count else { return nil }
        var value = 0
        while index < bytes.count {
            guard bytes[index] &- 0x30 < 10 else { return nil }
            value = min(value * 10 + Int(bytes[index] &- 0x30), 100_000)
            index += 1
        }
        return isNegative ? -value : value
    }

    /// Forms that Swift's own reader refuses: `5.` and `.5`.
    private static func slow(_ bytes: UnsafeRawBufferPointer) -> Double? {
        String(decoding: bytes, as: UTF8.self).withCString { text in
            var end: UnsafeMutablePointer<CChar>?
            let value = strtod(text, &end)
            return end.map { $0 - UnsafeMutablePointer(mutating: text) } == bytes.count ? value : nil
        }
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
        1e19, 1e20, 1e21, 1e22,
    ]
}

/// Dates and instants as ISO 8601 and databases write them.
enum InstantScanner {
    /// `2026-01-31`, or with a `T` or a space a time of day, a fraction and an offset behind it; without an offset it is
    /// UTC.
    static func scan(_ bytes: UnsafeRawBufferPointer) -> ScannedValue? {
        guard bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return nil }
        if bytes.count == 10 { return (try? Timestamp(rfc3339: text(bytes))).map(ScannedValue.date) }
        guard bytes.count >= 16, bytes[10] == 0x54 || bytes[10] == 0x20 || bytes[10] == 0x74 else {
            return nil
        }
        return (try? Timestamp(rfc3339: text(bytes))).map(ScannedValue.instant)
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        var text = Array(bytes)
        if text.count > 10 { text[10] = 0x54 }
        return String(decoding: text, as: UTF8.self)
    }
}
