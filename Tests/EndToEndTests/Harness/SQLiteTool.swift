import GRDBSQLite

/// Changes a database file as a stranger could.
enum SQLiteTool {
    static func execute(_ sql: String, in file: String) throws {
        var database: OpaquePointer?
        defer { sqlite3_close(database) }
        guard sqlite3_open(file, &database) == SQLITE_OK,
            sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK
        else { throw HarnessError("\(sql): \(String(cString: sqlite3_errmsg(database)))") }
    }
}
