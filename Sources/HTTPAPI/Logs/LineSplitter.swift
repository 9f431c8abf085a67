import NIOCore

/// Cuts a stream of bytes into lines. A line longer than `maximumLine` bytes comes in several pieces, so that no
/// program's output can make us hold it all.
struct LineSplitter {
    static let maximumLine = 64 * 1024

    private var rest: [UInt8] = []

    /// The lines that are complete now, without their line ends, repaired to UTF-8.
    mutating func lines(adding buffer: ByteBuffer) -> [String] {
        var lines: [String] = []
        var bytes = buffer.readableBytesView
        while !bytes.isEmpty {
            let space = bytes.prefix(Self.maximumLine - rest.count)
            guard let end = space.firstIndex(of: UInt8(ascii: "\n")) else {
                rest.append(contentsOf: space)
                bytes = bytes[space.endIndex...]
                if rest.count == Self.maximumLine { lines.append(takeRest()) }
                continue
            }
            rest.append(contentsOf: bytes[..<end])
            bytes = bytes[(end + 1)...]
            lines.append(takeRest())
        }
        return lines
    }

    /// What came after the last line end; nil when nothing did.
    mutating func remainder() -> String? {
        rest.isEmpty ? nil : takeRest()
    }

    private mutating func takeRest() -> String {
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        defer { rest.removeAll(keepingCapacity: true) }
        return String(decoding: rest, as: UTF8.self)
    }
}
