import DAGDomain
import GRDB

/// What a read-only look at an existing database found.
struct DatabaseInspection {
    let schema: Int
    let stoppedCleanly: Bool
    let lost: ClosedRange<Int64>?

    /// A database up to this size is checked at every start, a larger one only after an unclean stop.
    private static let smallSize: Int64 = 64 << 20

    /// - Returns: nil when there is no database and none is expected.
    /// - Throws: `StateStoreError` for everything that forbids to go on; no file has been changed then.
    static func inspect(
        _ layout: HomeLayout, _ options: StateStore.OpeningOptions, newestSchema: Int
    ) throws -> Self? {
        guard let status = FileStatus(path: layout.database), status.size > 0 || !status.isRegular else {
            try requireNoState(layout, options)
            return nil
        }
        try requirePlainFile(layout.database, status)
        let queue = try DatabaseConnections.openReadOnly(layout.database)
        defer { try? queue.close() }
        return try queue.read { database in try inspect(database, layout, status, options, newestSchema) }
    }

    /// SQLite locks and names its log after the path it was given, so a second name means a second log.
    private static func requirePlainFile(_ path: String, _ status: FileStatus) throws {
        if status.isSymbolicLink {
            throw StateStoreError.refusedFile(path: path, detail: "it is a symbolic link")
        }
        if !status.isRegular {
            throw StateStoreError.refusedFile(path: path, detail: "it is not a regular file")
        }
        if status.links > 1 {
            throw StateStoreError.refusedFile(path: path, detail: "it has \(status.links) names (hard links)")
        }
        // SQLite takes a file shorter than its smallest page for an empty database, and would write into it.
        if status.size < 512 { throw RowError(detail: "it has only \(status.size) bytes") }
    }

    private static func requireNoState(
        _ layout: HomeLayout, _ options: StateStore.OpeningOptions
    ) throws {
        if options.allowsNewDatabaseOverState { return }
        var evidence = layout.stateFolders.filter { !folderEntries($0).isEmpty }
        if (FileStatus(path: layout.writeAheadLog)?.size ?? 0) > 0 { evidence.append(layout.writeAheadLog) }
        switch try TransactionJournal.read(path: layout.journal) {
        case .absent: break
        case .number, .unreadable: evidence.append(layout.journal)
        }
        guard evidence.isEmpty else {
            throw StateStoreError.missingWithState(
                path: layout.database, evidence: evidence,
                newestBackup: BackupFolder.newest(beside: layout.database))
        }
    }

    private static func inspect(
        _ database: Database, _ layout: HomeLayout, _ status: FileStatus,
        _ options: StateStore.OpeningOptions, _ newestSchema: Int
    ) throws -> Self? {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let schema = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if application == 0 && schema == 0 && tables == 0 {
            // Killed while it was made, before it held anything.
            try requireNoState(layout, options)
            return nil
        }
        guard application == Migration.applicationID else {
            throw StateStoreError.foreign(path: layout.database, applicationID: application)
        }
        guard schema <= newestSchema else {
            throw StateStoreError.newer(path: layout.database, found: schema, known: newestSchema)
        }
        let row = try Row.fetchOne(
            database, sql: "SELECT transactions, stopped_cleanly FROM ledger WHERE id = 1")
        guard let row else { throw RowError(detail: "the ledger has no row") }
        var reader = RowReader(row)
        let transactions = try reader.integer()
        let stoppedCleanly = try reader.bool()
        if !stoppedCleanly || status.size <= smallSize { try quickCheck(database) }
        let lost = try lostTransactions(after: transactions, layout, options)
        return DatabaseInspection(schema: schema, stoppedCleanly: stoppedCleanly, lost: lost)
    }

    private static func quickCheck(_ database: Database) throws {
        let lines = try String.fetchAll(database, sql: "PRAGMA quick_check(5)")
        guard lines == ["ok"] else { throw RowError(detail: lines.joined(separator: "; ")) }
    }

    private static func lostTransactions(
        after last: Int64, _ layout: HomeLayout, _ options: StateStore.OpeningOptions
    ) throws -> ClosedRange<Int64>? {
        let newestBackup = BackupFolder.newest(beside: layout.database)
        switch try TransactionJournal.read(path: layout.journal) {
        case .absent:
            return nil
        case .unreadable:
            if options.acceptsLostTransactions { return nil }
            throw StateStoreError.damaged(
                path: layout.journal, detail: "it does not hold a transaction number",
                newestBackup: newestBackup)
        case .number(let acknowledged):
            guard acknowledged > last else { return nil }
            if options.acceptsLostTransactions { return (last + 1)...acknowledged }
            throw StateStoreError.lostTransactions(
                path: layout.database, first: last + 1, last: acknowledged, newestBackup: newestBackup)
        }
    }
}
