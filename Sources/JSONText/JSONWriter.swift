extension JSONValue {
    /// The value as JSON text: members in their order, numbers as they were written, no final newline.
    ///
    /// - Parameter pretty: one member or element a line, indented by two spaces.
    package func text(pretty: Bool = false) -> String {
        var writer = JSONWriter(pretty: pretty)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSONObject {
    package func text(pretty: Bool = false) -> String { JSONValue.object(self).text(pretty: pretty) }
}

/// Turns values into bytes; the only place that knows how text is escaped.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private let pretty: Bool
    private var depth = 0

    init(pretty: Bool) {
        self.pretty = pretty
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += "\(value)".utf8
        case .number(let number): bytes += number.text.utf8
        case .string(let text): write(text)
        case .array(let elements):
            writeList("[", "]", elements) { writer, element in writer.write(element) }
        case .object(let object):
            writeList("{", "}", object) { writer, member in
                writer.write(member.key)
                writer.bytes += (writer.pretty ? ": " : ":").utf8
                writer.write(member.value)
            }
        }
    }

    private mutating func writeList<Items: Collection>(
        _ open: String, _ close: String, _ items: Items, item: (inout JSONWriter, Items.Element) -> Void
    ) {
        bytes += open.utf8
        depth += 1
        var isFirst = true
        for element in items {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            breakLine()
            item(&self, element)
        }
        depth -= 1
        if !isFirst { breakLine() }
        bytes += close.utf8
    }

    private mutating func breakLine() {
        guard pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0x08: bytes += "\\b".utf8
            case 0x0C: bytes += "\\f".utf8
            case 0..<0x20:
                bytes += (byte < 0x10 ? "\\u000" : "\\u00").utf8
                bytes += String(byte, radix: 16).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
