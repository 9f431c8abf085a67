/// Cuts a stream of bytes into the `data` of server-sent events (HTML Living Standard, section 9.2).
struct ServerSentEventParser {
    private var line: [UInt8] = []
    private var data: [String] = []
    private var lastWasReturn = false

    /// The data of the events that these bytes complete. Comments and other fields are left out.
    mutating func take(_ bytes: [UInt8]) -> [String] {
        var events: [String] = []
        for byte in bytes {
            let isReturn = byte == UInt8(ascii: "\r")
            defer { lastWasReturn = isReturn }
            if byte == UInt8(ascii: "\n"), lastWasReturn { continue }
            guard isReturn || byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if let event = endLine() { events.append(event) }
        }
        return events
    }

    private mutating func endLine() -> String? {
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        if text.isEmpty {
            defer { data = [] }
            return data.isEmpty ? nil : data.joined(separator: "\n")
        }
        if text.hasPrefix("data:") {
            let value = text.dropFirst(5)
            data.append(String(value.hasPrefix(" ") ? value.dropFirst() : value))
        }
        return nil
    }
}
