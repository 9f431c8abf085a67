import GRDBSQLite

/// The limit beside the scheduler: the same number of rows in the same batches, written by SQLite's own interface
/// into one table without indices or constraints, as durably as the store writes.
final class RawInserts {
    struct Failure: Error {
        let step: String
        let code: Int32
    }

    private static let columns = 16
    private var database: OpaquePointer?
    private var insert: OpaquePointer?
    private var nextKey: Int64 = 0

    init(path: String) throws {
        try Self.check("open", sqlite3_open(path, &database))
        try execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -1024")
        let names = (1..<Self.columns).map { "c\($0)" }.joined(separator: ", ")
        try execute("CREATE TABLE row (key INTEGER PRIMARY KEY, \(names))")
        let marks = Array(repeating: "?", count: Self.columns).joined(separator: ", ")
        try Self.check(
            "prepare", sqlite3_prepare_v2(database, "INSERT INTO row VALUES (\(marks))", -1, &insert, nil))
    }

    deinit {
        sqlite3_finalize(insert)
        sqlite3_close(database)
    }

    func write(batches: [Int]) throws {
        for rows in batches {
            try execute("BEGIN IMMEDIATE")
            for _ in 0..<rows { try writeRow() }
            try execute("COMMIT")
        }
    }

    private func writeRow() throws {
        nextKey += 1
        for column in 1...Int32(Self.columns) {
            sqlite3_bind_int64(insert, column, column == 1 ? nextKey : 1_767_225_600_000_000 + nextKey)
        }
        let code = sqlite3_step(insert)
        sqlite3_reset(insert)
        guard code == SQLITE_DONE else { throw Failure(step: "insert", code: code) }
    }

    private func execute(_ sql: String) throws {
        try Self.check(sql, sqlite3_exec(database, sql, nil, nil, nil))
    }

    private static func check(_ step: String, _ code: Int32) throws {
        guard code == SQLITE_OK else { throw Failure(step: step, code: code) }
    }
}
