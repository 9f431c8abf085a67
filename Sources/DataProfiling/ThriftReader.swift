/// Reads Thrift's compact protocol, as far as the footer of a Parquet file needs it
/// (github.com/apache/thrift, doc/specs/thrift-compact-protocol.md). The bytes are not trusted: every length is held to
/// what is left, and nesting to a limit.
struct ThriftReader {
    enum Failure: Error, Hashable {
        case tooShort, badVarint, badType, tooDeep, badText
    }

    /// A field's type as the protocol numbers it.
    enum Kind: UInt8 {
        case yes = 1, no, byte, int16, int32, int64, double, binary, list, set, map, structure
    }

    static let depthLimit = 64

    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var left: Int { bytes.count - index }

    /// Gives each field's number and type to `body`, which reads the value; what it leaves (returning false) is skipped.
    mutating func structure(
        _ body: (inout ThriftReader, Int, Kind) throws(Failure) -> Bool
    ) throws(Failure) {
        guard depth < Self.depthLimit else { throw .tooDeep }
        depth += 1
        defer { depth -= 1 }
        var number = 0
        while true {
            let head = try byte()
            if head == 0 { return }
            guard let kind = Kind(rawValue: head & 0x0F) else { throw .badType }
            let step = Int(head >> 4)
            if step == 0 {
                guard let next = Int16(exactly: try zigzag()) else { throw .badType }
                number = Int(next)
            } else {
                number += step
            }
            if try body(&self, number, kind) == false { try skip(kind) }
        }
    }

    /// The type and number of a list's elements; there are never more than bytes left.
    mutating func list() throws(Failure) -> (kind: Kind, count: Int) {
        let head = try byte()
        guard let kind = Kind(rawValue: head & 0x0F) else { throw .badType }
        let short = head >> 4
        let count = short == 15 ? try varint() : UInt64(short)
        guard count <= UInt64(left) else { throw .tooShort }
        return (kind, Int(count))
    }

    mutating func integer() throws(Failure) -> Int64 { try zigzag() }

    mutating func text() throws(Failure) -> String {
        let count = try length()
        defer { index += count }
        guard let text = String(validating: bytes[index..<index + count], as: UTF8.self) else {
            throw .badText
        }
        return text
    }

    mutating func skip(_ kind: Kind) throws(Failure) {
        switch kind {
        case .yes, .no: return
        case .byte: _ = try byte()
        case .int16, .int32, .int64: _ = try varint()
        case .double: try move(8)
        case .binary: try move(try length())
        case .list, .set:
            let (element, count) = try list()
            for _ in 0..<count { try skipElement(element) }
        case .map:
            let count = try varint()
            guard count <= UInt64(left) else { throw .tooShort }
            if count == 0 { return }
            let kinds = try byte()
            guard let key = Kind(rawValue: kinds >> 4), let value = Kind(rawValue: kinds & 0x0F) else {
                throw .badType
            }
            for _ in 0..<count {
                try skipElement(key)
                try skipElement(value)
            }
        case .structure: try structure { (_, _, _) throws(Failure) in false }
        }
    }

    /// A truth value inside a list has a byte of its own; as a field its type says it.
    private mutating func skipElement(_ kind: Kind) throws(Failure) {
        guard depth < Self.depthLimit else { throw .tooDeep }
        depth += 1
        defer { depth -= 1 }
        switch kind {
        case .yes, .no: _ = try byte()
        default: try skip(kind)
        }
    }

    // MARK: Bytes

    private mutating func byte() throws(Failure) -> UInt8 {
        guard index < bytes.count else { throw .tooShort }
        defer { index += 1 }
        return bytes[index]
    }

    private mutating func move(_ count: Int) throws(Failure) {
        guard count <= left else { throw .tooShort }
        index += count
    }

    private mutating func length() throws(Failure) -> Int {
        let count = try varint()
        guard count <= UInt64(left) else { throw .tooShort }
        return Int(count)
    }

    private mutating func varint() throws(Failure) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw .badVarint
    }

    private mutating func zigzag() throws(Failure) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1)))
    }
}
