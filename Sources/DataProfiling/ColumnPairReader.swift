/// Two columns of a table, as far as both have a value in a row: a prediction and what turned out to be true.
package struct ColumnPairs: Sendable {
    package fileprivate(set) var first: [String] = []
    package fileprivate(set) var second: [String] = []
    /// Rows of the table, also those without a value.
    package fileprivate(set) var rows = 0
}

/// Reads two columns of a table side by side. Memory grows with the rows.
package struct ColumnPairReader: Sendable {
    package var format: TableFormat?
    package var nullWords: [String] = TableProfiler.defaultNullWords

    package init() {}

    /// Nil when the table lacks one of the columns.
    package func read(_ path: String, _ first: String, _ second: String) throws(DataFileError) -> ColumnPairs?
    {
        let format = if let format { format } else { try TableFormat(path: path) }
        let source = try ByteSource(path: path)
        let consumer = Consumer(first, second, nullWords: Set(nullWords))
        switch format {
        case .delimited(let delimiter):
            var reader = DelimitedReader(source, delimiter: delimiter, consumer: consumer)
            try reader.read()
        case .jsonLines:
            var reader = JSONLinesReader(source, consumer: consumer)
            try reader.read()
        }
        return consumer.hasBoth ? consumer.pairs : nil
    }

    private final class Consumer: RowConsumer {
        private let names: (String, String)
        private let nullWords: Set<String>
        private var columns = 0
        private var places: (Int?, Int?) = (nil, nil)
        private var values: (String?, String?) = (nil, nil)
        private(set) var pairs = ColumnPairs()

        init(_ first: String, _ second: String, nullWords: Set<String>) {
            names = (first, second)
            self.nullWords = nullWords
        }

        var hasBoth: Bool { places.0 != nil && places.1 != nil }

        func addColumn(_ name: String) {
            if name == names.0 { places.0 = columns }
            if name == names.1 { places.1 = columns }
            columns += 1
        }

        func field(_ column: Int, _ bytes: UnsafeRawBufferPointer, _ kind: FieldKind) {
            guard column == places.0 || column == places.1 else { return }
            guard kind != .null, !bytes.isEmpty else { return }
            let text = String(decoding: bytes, as: UTF8.self)
            if kind == .untyped, nullWords.contains(text) { return }
            if column == places.0 { values.0 = text }
            if column == places.1 { values.1 = text }
        }

        func endRow() {
            pairs.rows += 1
            if let first = values.0, let second = values.1 {
                pairs.first.append(first)
                pairs.second.append(second)
            }
            values = (nil, nil)
        }
    }
}

extension TableFormat {
    /// What a file without a telling name holds, by its beginning: an object a line, or fields between tabs or commas.
    package init(sniffing path: String) throws(DataFileError) {
        if let known = try? TableFormat(path: path) {
            self = known
            return
        }
        let source = try ByteSource(path: path, capacity: 4096)
        try source.refill(line: 1)
        let bytes = UnsafeBufferPointer(start: source.bytes, count: source.end)
        let line = bytes.prefix { $0 != 0x0A }
        let first = bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
        if first == UInt8(ascii: "{") {
            self = .jsonLines
        } else {
            let hasTabs = line.contains(0x09) && !line.contains(UInt8(ascii: ","))
            self = .delimited(hasTabs ? 0x09 : UInt8(ascii: ","))
        }
    }
}
