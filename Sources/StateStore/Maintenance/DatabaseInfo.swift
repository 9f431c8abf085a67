import DAGDomain
import GRDB

/// What there is to know about a database file.
package struct DatabaseInfo: Hashable, Sendable {
    /// A table and how many rows it has.
    package struct Table: Hashable, Sendable {
        package let name: String
        package let rows: Int
    }

    package let path: String
    package let sizeBytes: Int64
    /// Of the write-ahead log.
    package let logBytes: Int64
    package let schema: Int
    package let newestSchema: Int
    package let sqliteVersion: String
    /// Whether this SQLite can corrupt a write-ahead log that two connections write or checkpoint at once (3.7.0 to
    /// 3.51.2, sqlite.org/wal.html#walresetbug). This program avoids that: one connection does both.
    package let hasLogResetBug: Bool
    package let pageSize: Int
    package let pages: Int
    package let freePages: Int
    /// The number of the last transaction in the database, and of the last one that was acknowledged.
    package let transactions: Int64
    package let acknowledgedTransactions: Int64?
    package let stoppedCleanly: Bool
    package let tables: [Table]
    /// Oldest first.
    package let backups: [String]

    static func read(
        _ database: Database, layout: HomeLayout, sizeBytes: Int64, logBytes: Int64
    ) throws -> DatabaseInfo {
        let ledger = try database.fetch("SELECT transactions, stopped_cleanly FROM ledger") { reader in
            (transactions: try reader.integer(), stoppedCleanly: try reader.bool())
        }
        guard let ledger = ledger.first else { throw RowError(detail: "the ledger has no row") }
        var acknowledged: Int64?
        if case .number(let number) = try TransactionJournal.read(path: layout.journal) {
            acknowledged = number
        }
        let names = try database.fetch(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ) { try $0.text() }
        let version = try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? ""
        return DatabaseInfo(
            path: layout.database, sizeBytes: sizeBytes, logBytes: logBytes,
            schema: try database.fetchCount("PRAGMA user_version"), newestSchema: Migration.newest,
            sqliteVersion: version, hasLogResetBug: hasLogResetBug(version),
            pageSize: try database.fetchCount("PRAGMA page_size"),
            pages: try database.fetchCount("PRAGMA page_count"),
            freePages: try database.fetchCount("PRAGMA freelist_count"), transactions: ledger.transactions,
            acknowledgedTransactions: acknowledged, stoppedCleanly: ledger.stoppedCleanly,
            tables: try names.map { name in
                let quoted = name.split(separator: "\"", omittingEmptySubsequences: false).joined(
                    separator: "\"\"")
                return Table(name: name, rows: try database.fetchCount("SELECT count(*) FROM \"\(quoted)\""))
            },
            backups: BackupFolder.names(in: layout.backups).map { layout.backups + "/" + $0 })
    }

    /// - Parameter version: as SQLite gives it, for example "3.40.1".
    package static func hasLogResetBug(_ version: String) -> Bool {
        let parts = version.split(separator: ".").map { Int($0) ?? 0 } + [0, 0, 0]
        return (parts[0], parts[1], parts[2]) >= (3, 7, 0) && (parts[0], parts[1], parts[2]) <= (3, 51, 2)
    }
}
