/// A strict reader of JSON text. Recursion is bounded by `JSONDocument.maximumDepth`.
struct JSONParser {
    let bytes: [UInt8]
    var index = 0
    private var line = 1
    /// The offset of the first byte of the current line.
    private var lineStart = 0
    /// UTF-8 continuation bytes seen on the current line: they do not count as columns.
    var continuationBytes = 0
    private var openContainers: [(opening: UInt8, position: JSONPosition)] = []
    private(set) var duplicateKeys: [JSONSyntaxError] = []

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var position: JSONPosition {
        JSONPosition(line: line, column: index - lineStart - continuationBytes + 1, offset: index)
    }

    var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    func failure(_ message: String, at position: JSONPosition? = nil) -> JSONSyntaxError {
        JSONSyntaxError(position: position ?? self.position, message: message)
    }

    mutating func parseText() throws(JSONSyntaxError) -> JSONNode {
        try refuseOtherEncodings()
        skipWhitespace()
        if index == bytes.count { throw failure("the text is empty; expected a JSON value") }
        let root = try parseValue()
        skipWhitespace()
        if index < bytes.count {
            try refuseComment()
            throw failure("unexpected \(describeCurrent()) after the end of the JSON value")
        }
        return root
    }

    private func refuseOtherEncodings() throws(JSONSyntaxError) {
        if bytes.count > Int(Int32.max) { throw failure("the text is larger than 2 GiB") }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw failure("the text starts with a byte-order mark; save it as UTF-8 without one")
        }
        let looksLikeUTF16 = bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
        if looksLikeUTF16 || (bytes.count > 1 && bytes.prefix(4).contains(0)) {
            throw failure("the text is not UTF-8 (it looks like UTF-16 or UTF-32); save it as UTF-8")
        }
    }

    mutating func skipWhitespace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0D: index += 1
            case 0x0A:
                index += 1
                line += 1
                lineStart = index
                continuationBytes = 0
            default: return
            }
        }
    }

    private mutating func parseValue() throws(JSONSyntaxError) -> JSONNode {
        let start = position
        guard let byte = current else { throw unexpectedEnd() }
        switch byte {
        case UInt8(ascii: "{"): return JSONNode(content: .object(try parseObject()), position: start)
        case UInt8(ascii: "["): return JSONNode(content: .array(try parseArray()), position: start)
        case UInt8(ascii: "\""): return JSONNode(content: .string(try parseString()), position: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return JSONNode(content: try parseNumber(), position: start)
        default: return JSONNode(content: try parseWord(), position: start)
        }
    }

    private mutating func parseObject() throws(JSONSyntaxError) -> [JSONMember] {
        try open()
        var members: [JSONMember] = []
        var keys = KeySet()
        if try closes(with: UInt8(ascii: "}")) { return members }
        while true {
            let keyPosition = position
            guard current == UInt8(ascii: "\"") else { throw badKey() }
            let key = try parseString()
            if let first = keys.insert(key, at: keyPosition, members: members) {
                let message = "duplicate key \"\(key)\"; it is already at \(first.line):\(first.column)"
                duplicateKeys.append(failure(message, at: keyPosition))
            }
            skipWhitespace()
            guard let colon = current else { throw unexpectedEnd() }
            if colon != UInt8(ascii: ":") {
                throw failure("expected ':' after the key \"\(key)\", found \(describeCurrent())")
            }
            index += 1
            skipWhitespace()
            members.append(JSONMember(key: key, keyPosition: keyPosition, node: try parseValue()))
            if try endsAfterItem(with: UInt8(ascii: "}")) { return members }
        }
    }

    private mutating func parseArray() throws(JSONSyntaxError) -> [JSONNode] {
        try open()
        var elements: [JSONNode] = []
        if try closes(with: UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try parseValue())
            if try endsAfterItem(with: UInt8(ascii: "]")) { return elements }
        }
    }

    private mutating func open() throws(JSONSyntaxError) {
        if openContainers.count == JSONDocument.maximumDepth {
            throw failure("nested deeper than \(JSONDocument.maximumDepth) levels")
        }
        openContainers.append((bytes[index], position))
        index += 1
        skipWhitespace()
    }

    /// Consumes `closing` if it is next.
    private mutating func closes(with closing: UInt8) throws(JSONSyntaxError) -> Bool {
        guard let byte = current else { throw unexpectedEnd() }
        guard byte == closing else { return false }
        index += 1
        openContainers.removeLast()
        return true
    }

    /// After an item: true at the end of the container, false when a comma announces another item.
    private mutating func endsAfterItem(with closing: UInt8) throws(JSONSyntaxError) -> Bool {
        skipWhitespace()
        if try closes(with: closing) { return true }
        let name = String(UnicodeScalar(closing))
        guard bytes[index] == UInt8(ascii: ",") else {
            try refuseComment()
            throw failure("expected ',' or '\(name)', found \(describeCurrent())")
        }
        let comma = position
        index += 1
        skipWhitespace()
        if current == closing { throw failure("trailing comma before '\(name)'; remove it", at: comma) }
        return false
    }
}

/// The keys of an object so far; a dictionary only once there are many.
private struct KeySet {
    private static let linearLimit = 16
    private var positions: [String: JSONPosition] = [:]

    /// Where the key already is, if it is.
    mutating func insert(_ key: String, at position: JSONPosition, members: [JSONMember]) -> JSONPosition? {
        if members.count < Self.linearLimit { return members.first { $0.key == key }?.keyPosition }
        if positions.isEmpty {
            for member in members { positions[member.key] = member.keyPosition }
        }
        if let first = positions[key] { return first }
        positions[key] = position
        return nil
    }
}

extension JSONParser {
    func unexpectedEnd() -> JSONSyntaxError {
        guard let container = openContainers.last else {
            return failure("the text ends where a value is expected")
        }
        let what = container.opening == UInt8(ascii: "{") ? "object" : "array"
        let start = container.position
        return failure("the text ends inside the \(what) opened at \(start.line):\(start.column)")
    }

    private func badKey() -> JSONSyntaxError {
        switch current {
        case nil: unexpectedEnd()
        case UInt8(ascii: "/"): failure("JSON has no comments; put the text into a key such as \"x-note\"")
        case UInt8(ascii: "'"): failure("expected a key in double quotes, found a single quote")
        default: failure("expected a key in double quotes, found \(describeCurrent())")
        }
    }

    func refuseComment() throws(JSONSyntaxError) {
        guard current == UInt8(ascii: "/") || current == UInt8(ascii: "#") else { return }
        throw failure("JSON has no comments; put the text into a key such as \"x-note\"")
    }

    /// The character at the current place for a message.
    func describeCurrent() -> String {
        guard let byte = current else { return "the end of the text" }
        if byte < 0x20 || byte == 0x7F { return "the control character U+00" + hexadecimal(byte) }
        if byte < 0x80 { return "'\(UnicodeScalar(byte))'" }
        let length = utf8Length(at: index)
        guard length > 0 else { return "the invalid UTF-8 byte 0x" + hexadecimal(byte) }
        return "'" + String(decoding: bytes[index..<index + length], as: UTF8.self) + "'"
    }

    func hexadecimal(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16, uppercase: true)
        return byte < 0x10 ? "0" + text : text
    }
}
