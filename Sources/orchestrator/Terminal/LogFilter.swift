/// Lets a task's output through byte by byte. On a terminal only printable text, line ends, tabs and colours
/// pass: what a task prints must not be able to move the cursor, set titles or answer for the person.
struct LogFilter {
    private enum State { case text, escape, sequence, string, stringEscape }

    let isForTerminal: Bool
    private var state = State.text
    private var sequence: [UInt8] = []

    private static let escape: UInt8 = 0x1B
    /// A colour sequence is short; a longer one is dropped.
    private static let sequenceLimit = 32

    init(isForTerminal: Bool) {
        self.isForTerminal = isForTerminal
    }

    mutating func take(_ bytes: [UInt8]) -> [UInt8] {
        guard isForTerminal else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for byte in bytes { take(byte, into: &result) }
        return result
    }

    private mutating func take(_ byte: UInt8, into result: inout [UInt8]) {
        switch state {
        case .text:
            if byte == Self.escape {
                state = .escape
            } else if byte >= 0x20 && byte != 0x7F || byte == 0x0A || byte == 0x09 {
                result.append(byte)
            }
        case .escape:
            switch byte {
            case UInt8(ascii: "["):
                sequence = [Self.escape, byte]
                state = .sequence
            case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"),
                UInt8(ascii: "X"):
                state = .string
            default: state = .text
            }
        case .sequence: takeSequence(byte, into: &result)
        case .string:
            if byte == 0x07 { state = .text }
            if byte == Self.escape { state = .stringEscape }
        case .stringEscape: state = byte == UInt8(ascii: "\\") ? .text : .string
        }
    }

    /// Only "select graphic rendition" (final `m`) is handed on.
    private mutating func takeSequence(_ byte: UInt8, into result: inout [UInt8]) {
        if sequence.count < Self.sequenceLimit { sequence.append(byte) }
        guard (0x40...0x7E).contains(byte) else { return }
        if byte == UInt8(ascii: "m"), sequence.last == byte { result += sequence }
        state = .text
    }
}
