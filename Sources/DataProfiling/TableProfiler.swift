import DAGDomain
import Glibc

/// Reads a table once, from beginning to end, and says what is in it. Memory does not grow with the rows.
package struct TableProfiler: Sendable {
    /// What is asked of the columns that are named.
    package var columns: [String: ColumnMeasures] = [:]
    /// What is asked of all others.
    package var others = ColumnMeasures()
    /// Fields of CSV that mean that there is no value, besides empty ones.
    package var nullWords: [String] = TableProfiler.defaultNullWords
    /// By the ending of the name when nil.
    package var format: TableFormat?
    /// Nothing is read beyond about so many bytes: the profile is of the rows before; nil reads all.
    package var byteLimit: Int64?
    /// For what does not fit into memory.
    package var temporaryFolder = "/tmp"

    package static let defaultNullWords = ["null", "NULL", "NaN", "nan"]

    package init() {}

    package func profile(_ path: String) throws(DataFileError) -> TableProfile {
        let format = if let format { format } else { try TableFormat(path: path) }
        let source = try ByteSource(path: path)
        source.byteLimit = byteLimit
        let consumer = Consumer(self)
        let isPartial = try read(source, format, consumer)
        let status = try source.status()
        return TableProfile(
            rows: consumer.rows, columns: try consumer.profiles(), isPartial: isPartial,
            sizeBytes: Int64(status.st_size),
            modified: Timestamp(
                microsecondsSinceEpoch: Int64(status.st_mtim.tv_sec) * 1_000_000
                    + Int64(status.st_mtim.tv_nsec) / 1000))
    }

    /// - Returns: whether the byte limit came before the end.
    private func read(
        _ source: ByteSource, _ format: TableFormat, _ consumer: Consumer
    ) throws(DataFileError) -> Bool {
        do throws(DataFileError) {
            switch format {
            case .delimited(let delimiter):
                var reader = DelimitedReader(source, delimiter: delimiter, consumer: consumer)
                try reader.read()
            case .jsonLines:
                var reader = JSONLinesReader(source, consumer: consumer)
                try reader.read()
            }
            return false
        } catch {
            guard error == .partRead else { throw error }
            return true
        }
    }

    private final class Consumer: RowConsumer {
        private let profiler: TableProfiler
        private let nullWords: [[UInt8]]
        private var columns: [ColumnAccumulator] = []
        private(set) var rows = 0

        init(_ profiler: TableProfiler) {
            self.profiler = profiler
            nullWords = profiler.nullWords.map { Array($0.utf8) }
        }

        func addColumn(_ name: String) {
            columns.append(
                ColumnAccumulator(
                    name: name, measures: profiler.columns[name] ?? profiler.others, nullWords: nullWords,
                    folder: profiler.temporaryFolder))
        }

        func field(_ column: Int, _ bytes: UnsafeRawBufferPointer, _ kind: FieldKind) {
            columns[column].add(bytes, kind, row: rows + 1)
        }

        func endRow() { rows += 1 }

        func profiles() throws(DataFileError) -> [ColumnProfile] {
            var profiles: [ColumnProfile] = []
            for column in columns { profiles.append(try column.profile(rows: rows)) }
            return profiles
        }
    }
}
