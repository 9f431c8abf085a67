import DataProfiling

extension CommandFailure {
    init(_ error: DataFileError) {
        let status: ExitStatus =
            switch error {
            case .missing: .notFound
            case .inputOutput, .noRoomToCount: .inputOutput
            default: .badData
            }
        self.init(status, error.sentence)
    }
}

extension DataFileError {
    /// What is wrong with the table, for the person who made it.
    var sentence: String {
        switch self {
        case .missing(let path): "there is no file \(path)"
        case .notAFile(let path): "\(path) is not a file"
        case .inputOutput(let path, let code): "\(path) cannot be read: \(systemErrorText(code))"
        case .unknownFormat(let path):
            "\(path) does not say how it is written: its name ends in none of .csv, .tsv, .jsonl, .ndjson"
        case .noHeader(let path): "\(path) is empty: it has no header line"
        case .duplicateColumn(let path, let name): "\(path) has two columns named `\(name)`"
        case .wrongFieldCount(let path, let line, let found, let expected):
            "\(path), line \(line): \(found) fields, but the header has \(expected)"
        case .openQuote(let path, let line): "\(path), line \(line): a quote is opened and never closed"
        case .textAfterQuote(let path, let line): "\(path), line \(line): there is text after a closing quote"
        case .badLine(let path, let line, let text): "\(path), line \(line): \(text)"
        case .recordTooLong(let path, let line, let limit):
            "\(path), line \(line): the row is longer than \(limit >> 20) MiB"
        case .partRead: "not all was to be read"
        case .missingColumn(let path, let name): "\(path) has no column `\(name)`"
        case .notANumber(let path, let row, let column):
            "\(path), row \(row): `\(column)` is not a finite number"
        case .notAClass(let path, let row, let column): "\(path), row \(row): `\(column)` is neither 0 nor 1"
        case .tooManyColumns(let path, let limit): "\(path) has more than \(limit) columns"
        case .noRoomToCount(let folder, let code):
            "duplicates cannot be counted in the folder \(folder): \(systemErrorText(code))"
        }
    }
}
