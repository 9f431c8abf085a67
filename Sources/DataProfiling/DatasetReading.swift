import DAGDomain
import Glibc

/// Finds out what is in a table: rows, columns and their types. Never reads more than a bounded part of a large file.
package struct DatasetReading: Sendable {
    /// Files up to this size are read whole, which takes about ten seconds a gigabyte.
    package var wholeLimit: Int64 = 2 << 30
    /// Of larger ones so much, for the columns; their rows are not counted. Parquet has its count in the footer.
    package var partLimit: Int64 = 64 << 20

    package init() {}

    package func facts(_ path: String, _ format: DatasetFacts.Format) -> DatasetFacts {
        format == .parquet ? parquet(path) : text(path, format)
    }

    private func parquet(_ path: String) -> DatasetFacts {
        do throws(ParquetFooter.Failure) {
            let footer = try ParquetFooter(path: path)
            return DatasetFacts(format: .parquet, rows: footer.rows, columns: footer.columns)
        } catch {
            return DatasetFacts(format: .parquet, problem: error.words)
        }
    }

    private func text(_ path: String, _ format: DatasetFacts.Format) -> DatasetFacts {
        var status = stat()
        let isLarge = stat(path, &status) == 0 && Int64(status.st_size) > wholeLimit
        var profiler = TableProfiler()
        profiler.others.statistics = true
        profiler.byteLimit = isLarge ? partLimit : nil
        profiler.format =
            switch format {
            case .tsv: .delimited(UInt8(ascii: "\t"))
            case .jsonl: .jsonLines
            default: .delimited(UInt8(ascii: ","))
            }
        do throws(DataFileError) {
            let profile = try profiler.profile(path)
            return DatasetFacts(
                format: format, rows: profile.isPartial ? nil : Int64(profile.rows),
                columns: profile.columns.map { .init(name: $0.name, type: $0.type?.rawValue) },
                problem: profile.isPartial
                    ? "only the first \(partLimit >> 20) MiB were read; the rows are not counted" : nil)
        } catch {
            return DatasetFacts(format: format, problem: error.words)
        }
    }
}

extension ParquetFooter.Failure {
    fileprivate var words: String {
        switch self {
        case .missing: "the file is gone"
        case .notAFile: "it is no regular file"
        case .inputOutput(let code): "it cannot be read: \(String(cString: strerror(code)))"
        case .notParquet: "it does not end as a Parquet file does"
        case .encrypted: "its footer is encrypted"
        case .footerTooLarge(let bytes): "its footer has \(bytes) bytes, more than are read"
        case .damaged: "its footer is damaged"
        }
    }
}

extension DataFileError {
    /// Without the path, which is that of a stored content here.
    fileprivate var words: String {
        switch self {
        case .missing: "the file is gone"
        case .notAFile: "it is no regular file"
        case .inputOutput(_, let code), .noRoomToCount(_, let code):
            "it cannot be read: \(String(cString: strerror(code)))"
        case .unknownFormat: "its format is not known"
        case .noHeader: "it has no header line"
        case .duplicateColumn(_, let name): "two columns are named \(name)"
        case .wrongFieldCount(_, let line, let found, let expected):
            "line \(line) has \(found) fields instead of \(expected)"
        case .openQuote(_, let line): "a quote in line \(line) is never closed"
        case .textAfterQuote(_, let line): "in line \(line) text follows a closing quote"
        case .badLine(_, let line, let reason): "line \(line): \(reason)"
        case .recordTooLong(_, let line, let limit):
            "the record of line \(line) is longer than \(limit) bytes"
        case .missingColumn(_, let name): "it has no column \(name)"
        case .notANumber(_, let row, let column): "\(column) of row \(row) is not a finite number"
        case .notAClass(_, let row, let column): "\(column) of row \(row) is neither 0 nor 1"
        case .partRead: "only its beginning was read"
        case .tooManyColumns(_, let limit): "it has more than \(limit) columns"
        }
    }
}
