import DAGDomain
import Glibc

/// The footer of a Parquet file: how many rows there are, and the columns with their types. Nothing else of the file is
/// read (github.com/apache/parquet-format, README and src/main/thrift/parquet.thrift).
struct ParquetFooter {
    let rows: Int64
    let columns: [DatasetFacts.Column]

    /// A footer that is larger is not read.
    static let sizeLimit = 64 << 20
    private static let columnLimit = 100_000

    enum Failure: Error, Hashable {
        case missing
        case notAFile
        case inputOutput(code: Int32)
        case notParquet
        case encrypted
        case footerTooLarge(bytes: Int)
        case damaged
    }

    /// Reads the end of a file.
    init(path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? .missing : .inputOutput(code: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        let size = Int(status.st_size)
        guard size >= 12 else { throw .notParquet }
        let tail = try Self.bytes(descriptor, at: size - 8, count: 8)
        let magic = Array(tail[4...])
        if magic == Array("PARE".utf8) { throw .encrypted }
        guard magic == Array("PAR1".utf8) else { throw .notParquet }
        let length = tail[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.sizeLimit else { throw .footerTooLarge(bytes: length) }
        guard length <= size - 12 else { throw .damaged }
        try self.init(metadata: Self.bytes(descriptor, at: size - 8 - length, count: length))
    }

    /// - Parameter metadata: the Thrift structure `FileMetaData`.
    init(metadata: [UInt8]) throws(Failure) {
        var elements: [Element] = []
        var rows: Int64?
        do throws(ThriftReader.Failure) {
            var reader = ThriftReader(metadata)
            try reader.structure { (reader, number, kind) throws(ThriftReader.Failure) in
                switch (number, kind) {
                case (2, .list): elements = try Self.schema(&reader)
                case (3, .int64): rows = try reader.integer()
                default: return false
                }
                return true
            }
        } catch {
            throw .damaged
        }
        guard let rows, rows >= 0, let root = elements.first else { throw .damaged }
        self.rows = rows
        columns = try Self.columns(root, elements)
    }

    private static func bytes(_ descriptor: Int32, at offset: Int, count: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { space in
                pread(descriptor, space.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .inputOutput(code: errno) }
            guard got > 0 else { throw .damaged }
            done += got
        }
        return bytes
    }

    // MARK: Schema

    /// `SchemaElement`.
    private struct Element {
        var physical: Int64?
        var length: Int64 = 0
        var name = ""
        var children: Int64 = 0
        var converted: Int64?
        var scale: Int64 = 0
        var precision: Int64 = 0
        /// The member of the union `LogicalType` that is set.
        var logical: Int?
        var isRepeated = false
    }

    private static func schema(
        _ reader: inout ThriftReader
    ) throws(ThriftReader.Failure) -> [Element] {
        let (kind, count) = try reader.list()
        guard kind == .structure else { throw .badType }
        guard count <= columnLimit else { throw .tooDeep }
        var elements: [Element] = []
        for _ in 0..<count {
            var element = Element()
            try reader.structure { (reader, number, kind) throws(ThriftReader.Failure) in
                switch (number, kind) {
                case (1, .int32): element.physical = try reader.integer()
                case (2, .int32): element.length = try reader.integer()
                case (3, .int32): element.isRepeated = try reader.integer() == 2
                case (4, .binary): element.name = try reader.text()
                case (5, .int32): element.children = min(max(0, try reader.integer()), Int64(count))
                case (6, .int32): element.converted = try reader.integer()
                case (7, .int32): element.scale = try reader.integer()
                case (8, .int32): element.precision = try reader.integer()
                case (10, .structure):
                    try reader.structure { (reader, member, _) throws(ThriftReader.Failure) in
                        element.logical = member
                        return false
                    }
                default: return false
                }
                return true
            }
            elements.append(element)
        }
        return elements
    }

    /// The children of the root; what is below them is part of their type.
    private static func columns(
        _ root: Element, _ elements: [Element]
    ) throws(Failure) -> [DatasetFacts.Column] {
        var columns: [DatasetFacts.Column] = []
        var index = 1
        for _ in 0..<max(0, root.children) {
            guard index < elements.count else { throw .damaged }
            let element = elements[index]
            columns.append(DatasetFacts.Column(name: element.name, type: type(of: element)))
            // Depth first: everything below follows at once.
            var open = element.children
            index += 1
            while open > 0 {
                guard index < elements.count else { throw .damaged }
                open += elements[index].children - 1
                index += 1
            }
        }
        return columns
    }

    private static func type(of element: Element) -> String {
        guard let physical = element.physical else {
            if element.logical == 3 || element.converted == 3 { return "list" }
            return element.logical == 2 || element.converted == 1 || element.converted == 2 ? "map" : "struct"
        }
        let word = logicalType(element) ?? physicalType(physical, element.length)
        return element.isRepeated ? "list of \(word)" : word
    }

    private static func logicalType(_ element: Element) -> String? {
        if element.logical == 5 || element.converted == 5 {
            return "decimal(\(element.precision),\(element.scale))"
        }
        switch element.logical {
        case 1: return "string"
        case 4: return "enum"
        case 6: return "date"
        case 7: return "time"
        case 8: return "timestamp"
        case 12: return "json"
        case 13: return "bson"
        case 14: return "uuid"
        case 15: return "float16"
        default: break
        }
        switch element.converted {
        case 0: return "string"
        case 4: return "enum"
        case 6: return "date"
        case 7, 8: return "time"
        case 9, 10: return "timestamp"
        case 11: return "uint8"
        case 12: return "uint16"
        case 13: return "uint32"
        case 14: return "uint64"
        case 15: return "int8"
        case 16: return "int16"
        case 17: return "int32"
        case 18: return "int64"
        case 19: return "json"
        case 20: return "bson"
        case 21: return "interval"
        default: return nil
        }
    }

    private static func physicalType(_ number: Int64, _ length: Int64) -> String {
        switch number {
        case 0: "boolean"
        case 1: "int32"
        case 2: "int64"
        case 3: "timestamp"
        case 4: "float"
        case 5: "double"
        case 6: "binary"
        case 7: "binary(\(length))"
        default: "type \(number)"
        }
    }
}
