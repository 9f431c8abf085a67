/// Why a table cannot be read. Lines are counted from 1, the header included.
package enum DataFileError: Error, Hashable, Sendable {
    case missing(path: String)
    case notAFile(path: String)
    case inputOutput(path: String, code: Int32)
    /// Neither the ending of the name nor a key says whether it is CSV or JSON Lines.
    case unknownFormat(path: String)
    case noHeader(path: String)
    case duplicateColumn(path: String, name: String)
    case wrongFieldCount(path: String, line: Int, found: Int, expected: Int)
    case openQuote(path: String, line: Int)
    case textAfterQuote(path: String, line: Int)
    /// A line of JSON that is no object, or broken; with the parser's words.
    case badLine(path: String, line: Int, String)
    case recordTooLong(path: String, line: Int, limitBytes: Int)
    case missingColumn(path: String, name: String)
    /// Rows are counted from 1, without the header.
    case notANumber(path: String, row: Int, column: String)
    /// Neither 0 nor 1.
    case notAClass(path: String, row: Int, column: String)
    case tooManyColumns(path: String, limit: Int)
    /// Not all was to be read (`TableProfiler.byteLimit`); only inside this room.
    case partRead
    /// The temporary file for counting duplicates cannot be written.
    case noRoomToCount(folder: String, code: Int32)
}
