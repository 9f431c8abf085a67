/// Whole columns of numbers out of a table, for statistics that need every row at once.
package struct NumberTable: Sendable {
    /// By name; a column that the table does not have is absent. Truth values are 1 and 0.
    package let columns: [String: [Double]]

    /// - Parameters:
    ///   - names: the columns that are wanted; others are passed over.
    /// - Throws: `notANumber` for a wanted field that is empty, no finite number and no truth value.
    package init(_ path: String, columns names: [String]) throws(DataFileError) {
        let source = try ByteSource(path: path)
        let consumer = Consumer(Set(names))
        switch try TableFormat(path: path) {
        case .delimited(let delimiter):
            var reader = DelimitedReader(source, delimiter: delimiter, consumer: consumer)
            try reader.read()
        case .jsonLines:
            var reader = JSONLinesReader(source, consumer: consumer)
            try reader.read()
        }
        if let bad = consumer.bad { throw .notANumber(path: path, row: bad.row, column: bad.column) }
        columns = consumer.columns
    }

    private final class Consumer: RowConsumer {
        private let wanted: Set<String>
        private var names: [String?] = []
        private var rows = 0
        private(set) var columns: [String: [Double]] = [:]
        private(set) var bad: (row: Int, column: String)?

        init(_ wanted: Set<String>) { self.wanted = wanted }

        func addColumn(_ name: String) {
            names.append(wanted.contains(name) ? name : nil)
            if wanted.contains(name) { columns[name] = [] }
        }

        func field(_ column: Int, _ bytes: UnsafeRawBufferPointer, _ kind: FieldKind) {
            guard let name = names[column], bad == nil else { return }
            guard let number = Self.number(bytes, kind), number.isFinite else {
                bad = (rows + 1, name)
                return
            }
            columns[name]?.append(number)
        }

        func endRow() {
            rows += 1
            guard bad == nil else { return }
            // A line of JSON can lack a member.
            if let short = columns.first(where: { $0.value.count != rows }) { bad = (rows, short.key) }
        }

        private static func number(_ bytes: UnsafeRawBufferPointer, _ kind: FieldKind) -> Double? {
            guard kind != .null, kind != .nested, !bytes.isEmpty else { return nil }
            switch ScannedValue(bytes) {
            case .integer(let value): return Double(value)
            case .number(let value, _): return value
            case .boolean: return bytes.first { $0 != 0x20 }.map { $0 | 0x20 == UInt8(ascii: "t") ? 1 : 0 }
            case .date, .instant, .text: return nil
            }
        }
    }
}
