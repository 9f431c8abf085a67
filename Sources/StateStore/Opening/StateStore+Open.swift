import DAGDomain
import GRDB

extension StateStore {
    /// Opens the database of a home, makes it if the home is new, and brings an older schema up to date.
    ///
    /// Nothing is changed before everything was found in order: a damaged, foreign, newer or missing database is
    /// refused and its files are left as they are.
    ///
    /// - Precondition: the caller holds the home's `HomeLock`.
    package static func open(
        home: String, options: OpeningOptions
    ) throws(StateStoreError) -> StateStore {
        try open(HomeLayout(home: home), options, Migration.all)
    }

    /// The same for a given list of migrations.
    static func open(
        _ layout: HomeLayout, _ options: OpeningOptions, _ migrations: [Migration]
    ) throws(StateStoreError) -> StateStore {
        do {
            return try openChecked(layout, options, migrations)
        } catch {
            throw StateStoreError(error, path: layout.database)
        }
    }

    private static func openChecked(
        _ layout: HomeLayout, _ options: OpeningOptions, _ migrations: [Migration]
    ) throws -> StateStore {
        var report = OpeningReport(wasStoppedCleanly: true, isNew: false)
        let inspection = try DatabaseInspection.inspect(layout, options, newestSchema: migrations.count)
        if let inspection {
            report.wasStoppedCleanly = inspection.stoppedCleanly
            report.lostTransactions = inspection.lost
            if inspection.schema < migrations.count {
                report.migratedFrom = inspection.schema
                report.backupBeforeMigration = try Backup.write(layout, to: nil, at: options.now)
            }
        } else {
            report.isNew = true
            try makeDatabase(layout, migrations)
        }
        let pool = try DatabaseConnections.open(layout.database, maximumReaders: options.maximumReaders)
        let transactions = try pool.writeWithoutTransaction { database in
            try Migrator.migrate(database, with: migrations)
            return try beginUse(database)
        }
        guard let identity = FileIdentity(layout) else {
            throw StateStoreError.replacedUnderneath(path: layout.database)
        }
        let journal = try TransactionJournal(path: layout.journal)
        try journal.recordDurably(transactions)
        try syncFolder(layout.home)
        return StateStore(
            layout: layout, pool: pool, journal: journal, identity: identity, transactions: transactions,
            report: report)
    }

    /// Made under another name, and renamed when it is whole: a process that is killed meanwhile leaves nothing that
    /// looks like a database.
    ///
    /// The file is made by us rather than by SQLite, so that it (and the log, which takes over its mode) is readable
    /// by the owner alone from the first moment.
    private static func makeDatabase(_ layout: HomeLayout, _ migrations: [Migration]) throws {
        try makeFolder(layout.home)
        let draft = layout.database + ".new"
        for ending in ["", "-wal", "-shm", "-journal"] { FileCreation.remove(draft + ending) }
        try FileCreation.createPrivate(draft)
        let pool = try DatabaseConnections.open(draft, maximumReaders: 1)
        try pool.writeWithoutTransaction { database in
            try Migrator.migrate(database, with: migrations)
            // Closing would do so too, and keep to itself that it failed.
            try database.checkpoint(.truncate)
        }
        try pool.close()
        guard (FileStatus(path: draft + "-wal")?.size ?? 0) == 0 else {
            throw StateStoreError.inputOutput(path: draft, detail: "its log could not be emptied")
        }
        FileCreation.remove(draft + "-wal")
        FileCreation.remove(draft + "-shm")
        FileCreation.remove(layout.writeAheadLog)
        FileCreation.remove(layout.sharedMemory)
        FileCreation.remove(layout.journal)
        try FileCreation.rename(draft, to: layout.database)
        try syncFolder(layout.home)
    }

    /// Takes back the mark of a clean stop, which also proves that the database can be written.
    private static func beginUse(_ database: Database) throws -> Int64 {
        var transactions: Int64 = 0
        try database.inTransaction(.immediate) {
            try database.execute(
                sql: "UPDATE ledger SET stopped_cleanly = 0, transactions = transactions + 1 WHERE id = 1")
            let row = try Row.fetchOne(database, sql: "SELECT transactions FROM ledger WHERE id = 1")
            guard let row else { throw RowError(detail: "the ledger has no row") }
            var reader = RowReader(row)
            transactions = try reader.integer()
            return .commit
        }
        return transactions
    }
}
