import DAGDomain
import GRDB
import Glibc

extension OfflineDatabase {
    /// Puts a backup in the place of a home's database. What was there (with its log) is kept beside it.
    ///
    /// A stop in between leaves a home that `StateStore.open` refuses; restoring again mends it.
    ///
    /// - Returns: where the previous database is kept; nil when there was none.
    /// - Throws: `damaged`, `foreign` or `newer` about the backup, before anything is changed.
    package func restore(from backup: String, at: Timestamp) throws(StateStoreError) -> String? {
        do {
            let transactions = try Self.verified(backup)
            return try put(backup, transactions, at)
        } catch {
            throw StateStoreError(error, path: backup)
        }
    }

    private static func verified(_ backup: String) throws -> Int64 {
        guard FileStatus(path: backup)?.isRegular == true else { throw StateStoreError.missing(path: backup) }
        let queue = try DatabaseConnections.openReadOnly(backup)
        defer { try? queue.close() }
        return try queue.read { database in
            let application = try database.fetchCount("PRAGMA application_id")
            guard application == Migration.applicationID else {
                throw StateStoreError.foreign(path: backup, applicationID: application)
            }
            let schema = try database.fetchCount("PRAGMA user_version")
            guard schema <= Migration.newest else {
                throw StateStoreError.newer(path: backup, found: schema, known: Migration.newest)
            }
            let problems = try DatabaseCheck.problems(database)
            guard problems.isEmpty else { throw RowError(detail: problems.joined(separator: "; ")) }
            let rows = try database.fetch("SELECT transactions FROM ledger") { try $0.integer() }
            guard let transactions = rows.first else { throw RowError(detail: "the ledger has no row") }
            return transactions
        }
    }

    private func put(_ backup: String, _ transactions: Int64, _ at: Timestamp) throws -> String? {
        try makeFolder(layout.home)
        let draft = layout.database + ".restoring"
        unlink(draft)
        try FileCopy.copy(backup, to: draft)
        try syncFile(draft)
        try Backup.verify(draft)
        var kept: String?
        if FileStatus(path: layout.database) != nil {
            let stamp = at.rfc3339.filter { $0 != "-" && $0 != ":" }
            let place = layout.database + ".before-restore-" + stamp
            // The log first: a log that is left beside another database could be replayed into it.
            try Self.move(layout.writeAheadLog, to: place + "-wal")
            try Self.move(layout.database, to: place)
            kept = place
        }
        unlink(layout.writeAheadLog)
        unlink(layout.sharedMemory)
        let journal = try TransactionJournal(path: layout.journal)
        try journal.recordDurably(transactions)
        guard rename(draft, layout.database) == 0 else { throw SystemError("rename", layout.database) }
        try syncFolder(layout.home)
        return kept
    }

    private static func move(_ source: String, to target: String) throws {
        guard FileStatus(path: source) != nil else { return }
        guard rename(source, target) == 0 else { throw SystemError("rename", source) }
    }
}
