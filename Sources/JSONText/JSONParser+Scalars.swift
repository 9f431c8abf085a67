extension JSONParser {
    mutating func parseWord() throws(JSONSyntaxError) -> JSONNode.Content {
        try refuseComment()
        let start = index
        var end = index
        while end < bytes.count, bytes[end].isWordByte { end += 1 }
        if start == end {
            if current == UInt8(ascii: "'") { throw failure("strings are written in double quotes") }
            throw failure("expected a value, found \(describeCurrent())")
        }
        let word = String(decoding: bytes[start..<end], as: UTF8.self)
        let content: JSONNode.Content
        switch word {
        case "true": content = .bool(true)
        case "false": content = .bool(false)
        case "null": content = .null
        default: throw failure("'\(word.prefix(40))' is not a JSON value\(Self.hint(for: word))")
        }
        index = end
        return content
    }

    private static func hint(for word: String) -> String {
        switch word.lowercased() {
        case "true", "false", "null": "; write \(word.lowercased())"
        case "none", "nil", "undefined": "; write null"
        default: ""
        }
    }

    /// RFC 8259 section 6.
    mutating func parseNumber() throws(JSONSyntaxError) -> JSONNode.Content {
        let start = position
        let first = index
        var isInteger = true
        if current == UInt8(ascii: "-") { index += 1 }
        let digits = index
        try skipDigits(after: "a minus sign")
        if bytes[digits] == UInt8(ascii: "0"), index > digits + 1 {
            throw failure("a number must not start with 0", at: start)
        }
        if current == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            try skipDigits(after: "a decimal point")
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            try skipDigits(after: "an exponent mark")
        }
        if let byte = current, byte.isWordByte || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+") {
            throw failure("unexpected \(describeCurrent()) in a number")
        }
        let text = String(decoding: bytes[first..<index], as: UTF8.self)
        if isInteger, let value = Int64(text), value != 0 || first == digits { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            let shown = text.utf8.count > 40 ? text.prefix(40) + "..." : text[...]
            throw failure("the number \(shown) is out of range", at: start)
        }
        return .number(JSONNumber(checkedText: text))
    }

    private mutating func skipDigits(after what: String) throws(JSONSyntaxError) {
        let first = index
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { index += 1 }
        if index == first { throw failure("expected a digit after \(what), found \(describeCurrent())") }
    }

    mutating func parseString() throws(JSONSyntaxError) -> String {
        let opening = position
        index += 1
        var runStart = index
        var unescaped: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let run = bytes[runStart..<index]
                index += 1
                if unescaped.isEmpty { return String(decoding: run, as: UTF8.self) }
                return String(decoding: unescaped + run, as: UTF8.self)
            case UInt8(ascii: "\\"):
                unescaped += bytes[runStart..<index]
                try parseEscape(into: &unescaped)
                runStart = index
            case 0..<0x20: throw rawControlCharacter(byte, opening: opening)
            case 0x80...:
                let length = utf8Length(at: index)
                if length == 0 { throw failure("invalid UTF-8 byte 0x\(hexadecimal(byte))") }
                index += length
                continuationBytes += length - 1
            default: index += 1
            }
        }
        throw failure("the text ends inside the string opened at \(opening.line):\(opening.column)")
    }

    private func rawControlCharacter(_ byte: UInt8, opening: JSONPosition) -> JSONSyntaxError {
        let place = "\(opening.line):\(opening.column)"
        switch byte {
        case 0x0A, 0x0D:
            return failure("the string opened at \(place) does not end on its line; write \\n for a new line")
        case 0x09: return failure("a tab in a string is written as \\t")
        default: return failure("the control character U+00\(hexadecimal(byte)) in a string must be escaped")
        }
    }

    private mutating func parseEscape(into result: inout [UInt8]) throws(JSONSyntaxError) {
        let start = position
        index += 1
        guard let byte = current else { throw unexpectedEnd() }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            index += 1
            result += try parseUnicodeEscape(at: start)
            return
        default: throw failure("unknown escape \\ followed by \(describeCurrent())", at: start)
        }
        index += 1
    }

    /// The part of `\uXXXX` after the `u`, with the second half of a surrogate pair.
    private mutating func parseUnicodeEscape(at start: JSONPosition) throws(JSONSyntaxError) -> [UInt8] {
        let first = try parseFourHexDigits(at: start)
        guard (0xD800...0xDFFF).contains(first) else { return utf8(of: first) }
        guard first < 0xDC00, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw failure("a lone surrogate (half of a character)", at: start) }
        index += 2
        let second = try parseFourHexDigits(at: start)
        guard (0xDC00...0xDFFF).contains(second) else {
            throw failure("a lone surrogate (half of a character)", at: start)
        }
        return utf8(of: 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private func utf8(of scalar: UInt32) -> [UInt8] {
        Unicode.Scalar(scalar).map { Array(String($0).utf8) } ?? []
    }

    private mutating func parseFourHexDigits(at start: JSONPosition) throws(JSONSyntaxError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = byte.hexDigit else {
                throw failure("\\u needs four hexadecimal digits", at: start)
            }
            value = value << 4 | digit
            index += 1
        }
        return value
    }

    /// The length of the valid UTF-8 sequence of more than one byte at `start`; 0 when there is none
    /// (Unicode standard, table 3-7).
    func utf8Length(at start: Int) -> Int {
        func isContinuation(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            start + offset < bytes.count && range.contains(bytes[start + offset])
        }
        switch bytes[start] {
        case 0xC2...0xDF: return isContinuation(1) ? 2 : 0
        case 0xE0...0xEF:
            let lead = bytes[start]
            let second: ClosedRange<UInt8> =
                lead == 0xE0 ? 0xA0...0xBF : lead == 0xED ? 0x80...0x9F : 0x80...0xBF
            return isContinuation(1, second) && isContinuation(2) ? 3 : 0
        case 0xF0...0xF4:
            let lead = bytes[start]
            let second: ClosedRange<UInt8> =
                lead == 0xF0 ? 0x90...0xBF : lead == 0xF4 ? 0x80...0x8F : 0x80...0xBF
            return isContinuation(1, second) && isContinuation(2) && isContinuation(3) ? 4 : 0
        default: return 0
        }
    }
}

extension UInt8 {
    /// Whether the byte can be part of a bare word such as `true` or, wrongly, `NaN`.
    fileprivate var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    fileprivate var hexDigit: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
