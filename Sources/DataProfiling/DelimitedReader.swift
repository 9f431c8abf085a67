import Glibc

/// Reads CSV as RFC 4180 describes it: a header, fields in quotes may hold delimiters, line ends and doubled quotes.
///
/// Beyond the standard: lines may end with LF alone, a byte-order mark and empty lines are passed over, and a quote inside
/// an unquoted field is a character. What is refused: a row with more or fewer fields than the header, text after a
/// closing quote, a quote that is never closed.
struct DelimitedReader<Consumer: RowConsumer> {
    private struct Field {
        var start: Int
        var end: Int
        /// Whether doubled quotes have to be halved.
        var isEscaped = false
    }

    private enum Scan { case record, blank, incomplete }

    private let source: ByteSource
    private let delimiter: UInt8
    private let consumer: Consumer
    private var fields: [Field] = []
    private var line = 1
    private var linesOfRecord = 0
    private var scratch: [UInt8] = []

    private static var quote: UInt8 { UInt8(ascii: "\"") }
    private static var lineFeed: UInt8 { 0x0A }

    init(_ source: ByteSource, delimiter: UInt8, consumer: Consumer) {
        self.source = source
        self.delimiter = delimiter
        self.consumer = consumer
    }

    mutating func read() throws(DataFileError) {
        try passOverMark()
        guard try next() else { throw .noHeader(path: source.path) }
        try readHeader()
        let width = fields.count
        while true {
            advance()
            guard try next() else { return }
            guard fields.count == width else {
                throw .wrongFieldCount(path: source.path, line: line, found: fields.count, expected: width)
            }
            deliver()
        }
    }

    private mutating func passOverMark() throws(DataFileError) {
        while source.end < 3, !source.isAtEnd { try source.refill(line: 1) }
        let bytes = source.bytes
        if source.end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { source.start = 3 }
    }

    private mutating func readHeader() throws(DataFileError) {
        var seen = Set<String>()
        for (index, field) in fields.enumerated() {
            var name = withBytes(of: field) { String(decoding: $0, as: UTF8.self) }
            // As pandas writes the column of its row labels.
            if name.isEmpty { name = "column_\(index + 1)" }
            guard seen.insert(name).inserted else { throw .duplicateColumn(path: source.path, name: name) }
            consumer.addColumn(name)
        }
    }

    private mutating func deliver() {
        let consumer = consumer
        for index in fields.indices {
            let field = fields[index]
            withBytes(of: field) { consumer.field(index, $0, .untyped) }
        }
        consumer.endRow()
    }

    private mutating func withBytes<Result>(
        of field: Field, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let raw = UnsafeRawBufferPointer(start: source.base + field.start, count: field.end - field.start)
        guard field.isEscaped else { return body(raw) }
        scratch.removeAll(keepingCapacity: true)
        var index = 0
        while index < raw.count {
            scratch.append(raw[index])
            index += raw[index] == Self.quote ? 2 : 1
        }
        return scratch.withUnsafeBytes(body)
    }

    // MARK: Records

    /// The end of the record that `fields` describe.
    private var recordEnd = 0

    private mutating func advance() {
        source.start = recordEnd
        line += linesOfRecord
    }

    /// Finds the fields of the next record that is not an empty line.
    private mutating func next() throws(DataFileError) -> Bool {
        while true {
            switch try scan() {
            case .record: return true
            case .blank: advance()
            case .incomplete:
                if source.isAtEnd, source.start == source.end { return false }
                try source.refill(line: line)
            }
        }
    }

    private mutating func scan() throws(DataFileError) -> Scan {
        fields.removeAll(keepingCapacity: true)
        linesOfRecord = 0
        let bytes = source.bytes
        let end = source.end
        var index = source.start
        guard index < end else { return .incomplete }
        while true {
            if index < end, bytes[index] == Self.quote {
                guard let after = try scanQuoted(from: index + 1) else { return .incomplete }
                index = after
            } else {
                let start = index
                while index < end, bytes[index] != delimiter, bytes[index] != Self.lineFeed { index += 1 }
                if index == end, !source.isAtEnd { return .incomplete }
                let isLast = index == end || bytes[index] == Self.lineFeed
                let hasReturn = isLast && index > start && bytes[index - 1] == 0x0D
                fields.append(Field(start: start, end: hasReturn ? index - 1 : index))
            }
            if index < end, bytes[index] == delimiter {
                index += 1
                continue
            }
            recordEnd = min(index + 1, end)
            linesOfRecord += 1
            return fields.count == 1 && fields[0].start == source.start && fields[0].start == fields[0].end
                ? .blank : .record
        }
    }

    /// - Returns: where the field's delimiter or line end is; nil when more bytes are needed.
    private mutating func scanQuoted(from start: Int) throws(DataFileError) -> Int? {
        let bytes = source.bytes
        let end = source.end
        var field = Field(start: start, end: start)
        var index = start
        while true {
            while index < end, bytes[index] != Self.quote {
                if bytes[index] == Self.lineFeed { linesOfRecord += 1 }
                index += 1
            }
            if index == end {
                guard !source.isAtEnd else { throw .openQuote(path: source.path, line: line) }
                return nil
            }
            if index + 1 == end, !source.isAtEnd { return nil }
            guard index + 1 < end, bytes[index + 1] == Self.quote else { break }
            field.isEscaped = true
            index += 2
        }
        field.end = index
        fields.append(field)
        index += 1
        if index < end, bytes[index] == 0x0D {
            if index + 1 == end, !source.isAtEnd { return nil }
            if index + 1 == end || bytes[index + 1] == Self.lineFeed { index += 1 }
        }
        guard index == end || bytes[index] == delimiter || bytes[index] == Self.lineFeed else {
            throw .textAfterQuote(path: source.path, line: line)
        }
        return index
    }
}
