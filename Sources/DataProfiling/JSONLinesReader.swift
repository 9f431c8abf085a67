import Glibc
import JSONText

/// Reads JSON Lines: one object a line, whose members are the fields of a row. Empty lines are passed over.
///
/// A line without surprises is taken apart where it lies; the strict parser of `JSONText` sees the nested values, and any
/// line that this reader does not understand, to say what is wrong with it.
struct JSONLinesReader<Consumer: RowConsumer> {
    private let source: ByteSource
    private let consumer: Consumer
    private var names = ByteTable()
    /// The last line in which each column was there, to refuse a key that comes twice.
    private var lastLine: [Int] = []
    private var line = 0
    private var scratch: [UInt8] = []

    static var columnLimit: Int { 10_000 }

    init(_ source: ByteSource, consumer: Consumer) {
        self.source = source
        self.consumer = consumer
    }

    mutating func read() throws(DataFileError) {
        while true {
            let count = source.end - source.start
            let found = count == 0 ? nil : memchr(source.base + source.start, 0x0A, count)
            if found == nil, !source.isAtEnd {
                try source.refill(line: line + 1)
                continue
            }
            let end = found.map { source.base.distance(to: $0) } ?? source.end
            if found == nil, count == 0 { return }
            line += 1
            try readLine(source.start, end)
            source.start = min(end + 1, source.end)
        }
    }

    private mutating func readLine(_ start: Int, _ end: Int) throws(DataFileError) {
        var scanner = JSONLineScanner(bytes: source.bytes, index: start, end: end)
        scanner.skipSpace()
        if scanner.index == end { return }
        guard scanner.take(UInt8(ascii: "{")) else { throw refusal(start, end) }
        scanner.skipSpace()
        var position = 0
        if !scanner.take(UInt8(ascii: "}")) {
            repeat {
                scanner.skipSpace()
                guard let key = scanner.string() else { throw refusal(start, end) }
                let column = try column(key, position)
                position = column + 1
                scanner.skipSpace()
                guard scanner.take(UInt8(ascii: ":")) else { throw refusal(start, end) }
                scanner.skipSpace()
                guard lastLine[column] != line else { throw refusal(start, end) }
                lastLine[column] = line
                guard try readValue(&scanner, column) else { throw refusal(start, end) }
                scanner.skipSpace()
            } while scanner.take(UInt8(ascii: ","))
            guard scanner.take(UInt8(ascii: "}")) else { throw refusal(start, end) }
        }
        scanner.skipSpace()
        guard scanner.index == end else { throw refusal(start, end) }
        consumer.endRow()
    }

    /// - Returns: false when the line is not JSON.
    private mutating func readValue(
        _ scanner: inout JSONLineScanner, _ column: Int
    ) throws(DataFileError) -> Bool {
        guard let value = scanner.value() else { return false }
        let raw = UnsafeRawBufferPointer(
            start: source.base + value.start, count: value.end - value.start)
        switch value.kind {
        case .string where value.isEscaped:
            guard let text = Self.unescaped(raw) else { return false }
            scratch.removeAll(keepingCapacity: true)
            scratch.append(contentsOf: text.utf8)
            scratch.withUnsafeBytes { consumer.field(column, $0, .string) }
        case .nested:
            guard (try? JSONValue.parse(bytes: Array(raw))) != nil else { return false }
            consumer.field(column, raw, .nested)
        default: consumer.field(column, raw, value.kind)
        }
        return true
    }

    private static func unescaped(_ raw: UnsafeRawBufferPointer) -> String? {
        let quote = UInt8(ascii: "\"")
        return (try? JSONValue.parse(bytes: [quote] + raw + [quote]))?.stringValue
    }

    /// The number of a column by its key. Lines mostly have the same keys in the same order.
    private mutating func column(_ key: JSONLineScanner.Token, _ guess: Int) throws(DataFileError) -> Int {
        let raw = UnsafeRawBufferPointer(start: source.base + key.start, count: key.end - key.start)
        if key.isEscaped {
            let text = Self.unescaped(raw) ?? String(decoding: raw, as: UTF8.self)
            let found = Array(text.utf8).withUnsafeBytes { names.insert($0) }
            return try known(found, text)
        }
        if guess < names.count, names.key(guess, equals: raw) { return guess }
        let found = names.insert(raw)
        return found.isNew ? try known(found, String(decoding: raw, as: UTF8.self)) : found.index
    }

    private mutating func known(
        _ found: (index: Int, isNew: Bool), _ name: String
    ) throws(DataFileError) -> Int {
        guard found.isNew else { return found.index }
        guard names.count <= Self.columnLimit else {
            throw .tooManyColumns(path: source.path, limit: Self.columnLimit)
        }
        lastLine.append(0)
        consumer.addColumn(name)
        return found.index
    }

    /// What the strict parser has to say about the line.
    private func refusal(_ start: Int, _ end: Int) -> DataFileError {
        let bytes = Array(UnsafeRawBufferPointer(start: source.base + start, count: end - start))
        do throws(JSONSyntaxError) {
            let value = try JSONValue.parse(bytes: bytes)
            let reason =
                value.objectValue == nil ? "it is \(value.kind), not an object" : "it is not plain JSON"
            return .badLine(path: source.path, line: line, reason)
        } catch {
            return .badLine(path: source.path, line: line, error.message)
        }
    }
}
