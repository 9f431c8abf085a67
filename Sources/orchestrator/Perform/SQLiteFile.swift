import DAGLoading
import GRDBSQLite
import JSONText

/// An SQLite database, by the library of the system.
final class SQLiteFile: SQLDatabase {
    private let path: String
    private let database: OpaquePointer?
    /// Of the statement that ran last.
    private var hasColumns = false
    /// Milliseconds to wait for others that write.
    private static let busyTimeout: Int32 = 60_000
    /// Tells the library to copy a text.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(path: String, mayCreate: Bool) throws(CommandFailure) {
        self.path = path
        var database: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | (mayCreate ? SQLITE_OPEN_CREATE : 0)
        let code = sqlite3_open_v2(path, &database, flags, nil)
        self.database = database
        guard code == SQLITE_OK else {
            throw CommandFailure(.failed, "\(path): \(String(cString: sqlite3_errstr(code)))")
        }
        sqlite3_busy_timeout(database, Self.busyTimeout)
    }

    deinit { sqlite3_close_v2(database) }

    /// Several statements are one transaction, unless the first one speaks of transactions or files itself.
    func run(
        _ query: String, _ parameters: SQLSpecification.Parameters,
        onRow: ([String], [JSONValue]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) -> Int64? {
        let word = query.drop { $0.isWhitespace }.prefix { $0.isLetter }.lowercased()
        let isTransaction =
            SQLText(query).statementCount > 1 && !["begin", "pragma", "vacuum", "attach"].contains(word)
        if isTransaction { try check(sqlite3_exec(database, "BEGIN", nil, nil, nil)) }
        do throws(CommandFailure) {
            let changesBefore = sqlite3_total_changes64(database)
            var rest = query
            while SQLText(rest).statementCount > 0 { rest = try runFirst(of: rest, parameters, onRow) }
            if isTransaction { try check(sqlite3_exec(database, "COMMIT", nil, nil, nil)) }
            let changes = sqlite3_total_changes64(database) - changesBefore
            return changes > 0 || !hasColumns ? changes : nil
        } catch {
            if isTransaction { sqlite3_exec(database, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    /// Runs the first statement of a text; its rows count when it is the last one.
    ///
    /// - Returns: the text after it.
    private func runFirst(
        of text: String, _ parameters: SQLSpecification.Parameters,
        _ onRow: ([String], [JSONValue]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) -> String {
        var statement: OpaquePointer?
        var rest = ""
        let code = text.withCString { start in
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v2(database, start, -1, &statement, &tail)
            rest = tail.map { String(cString: $0) } ?? ""
            return code
        }
        defer { sqlite3_finalize(statement) }
        try check(code)
        guard let statement else { return rest }
        try bind(parameters, to: statement)
        let isLast = SQLText(rest).statementCount == 0
        let count = sqlite3_column_count(statement)
        hasColumns = count > 0
        let columns = (0..<count).map { column in
            sqlite3_column_name(statement, column).map { String(cString: $0) } ?? "column_\(column + 1)"
        }
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return rest }
            guard code == SQLITE_ROW else {
                try check(code)
                return rest
            }
            if isLast { try onRow(columns, (0..<count).map { Self.value(statement, $0) }) }
        }
    }

    // MARK: Parameters

    private func bind(
        _ parameters: SQLSpecification.Parameters, to statement: OpaquePointer
    ) throws(CommandFailure) {
        for index in 1..<sqlite3_bind_parameter_count(statement) + 1 {
            let name = sqlite3_bind_parameter_name(statement, index).map { String(cString: $0) }
            try bind(try value(name, at: Int(index), in: parameters), to: statement, at: index)
        }
    }

    /// - Parameter name: with its mark: `:name`, `$1`, `?1`; nil for `?`.
    private func value(
        _ name: String?, at index: Int, in parameters: SQLSpecification.Parameters
    ) throws(CommandFailure) -> JSONValue {
        let word = (name?.dropFirst()).map { String($0) }
        switch parameters {
        case .named(let values):
            if let word, let value = values[word] { return value }
        case .listed(let values):
            let place = word.map { Int($0) ?? 0 } ?? index
            if values.indices.contains(place - 1) { return values[place - 1] }
        }
        throw CommandFailure(.failed, "the query asks for the parameter \(name ?? "?"), which is not given")
    }

    private func bind(
        _ value: JSONValue, to statement: OpaquePointer, at index: Int32
    ) throws(CommandFailure) {
        let code: Int32
        switch value {
        case .null: code = sqlite3_bind_null(statement, index)
        case .bool(let isTrue): code = sqlite3_bind_int(statement, index, isTrue ? 1 : 0)
        default:
            if let number = value.intValue {
                code = sqlite3_bind_int64(statement, index, number)
            } else if let number = value.doubleValue {
                code = sqlite3_bind_double(statement, index, number)
            } else {
                let text = value.stringValue ?? value.text()
                let length = Int32(clamping: text.utf8.count)
                code = sqlite3_bind_text(statement, index, text, length, Self.transient)
            }
        }
        try check(code)
    }

    // MARK: Results

    /// Blobs become hexadecimal digits.
    private static func value(_ statement: OpaquePointer, _ column: Int32) -> JSONValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT:
            let number = sqlite3_column_double(statement, column)
            return JSONValue(number) ?? .string("\(number)")
        case SQLITE_NULL: return .null
        case SQLITE_BLOB:
            let count = Int(sqlite3_column_bytes(statement, column))
            guard let start = sqlite3_column_blob(statement, column) else { return "" }
            let digits = Array("0123456789abcdef".utf8)
            let bytes = UnsafeRawBufferPointer(start: start, count: count)
            return .string(
                String(
                    decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self))
        default:
            let count = Int(sqlite3_column_bytes(statement, column))
            guard let start = sqlite3_column_text(statement, column) else { return "" }
            return .string(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        }
    }

    private func check(_ code: Int32) throws(CommandFailure) {
        guard code != SQLITE_OK else { return }
        throw CommandFailure(.failed, "\(path): \(String(cString: sqlite3_errmsg(database)))")
    }
}
