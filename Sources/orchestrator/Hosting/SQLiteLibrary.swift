import Glibc

/// The SQLite library of the system that this process uses; asked by name, because only StateStore may use
/// it.
enum SQLiteLibrary {
    /// For example `3.40.1`; empty when no SQLite is linked.
    static var version: String {
        guard let symbol = dlsym(nil, "sqlite3_libversion") else { return "" }
        let function = unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<CChar>).self)
        return String(cString: function())
    }

    /// 3.7.0 to 3.51.2 can corrupt a log that two connections write or checkpoint at once
    /// (sqlite.org/wal.html#walresetbug).
    static func hasLogResetBug(_ version: String) -> Bool {
        let parts = version.split(separator: ".").map { Int($0) ?? 0 } + [0, 0, 0]
        let number = (parts[0], parts[1], parts[2])
        return number >= (3, 7, 0) && number <= (3, 51, 2)
    }
}
