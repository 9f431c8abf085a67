import GRDB

/// How connections are set up: the one place with pragmas.
enum DatabaseConnections {
    /// The writer and its readers.
    static func open(_ path: String, maximumReaders: Int) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "state-store"
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = max(1, maximumReaders)
        configuration.persistentReadOnlyConnections = true
        configuration.prepareDatabase { database in try harden(database) }
        let pool: DatabasePool
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
        } catch let error as DatabaseError where error.message?.hasPrefix("could not activate WAL") == true {
            throw StateStoreError.notWAL(path: path, answer: "not wal")
        }
        try pool.writeWithoutTransaction { database in try requireDurability(database, path) }
        return pool
    }

    /// A connection that changes nothing, for looking at a file before it is trusted.
    static func openReadOnly(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.label = "state-store.inspection"
        configuration.prepareDatabase { database in try harden(database) }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// A connection that can only be read from, but may write copies elsewhere (`VACUUM INTO`), which `query_only`
    /// forbids.
    static func openForCopying(_ path: String) throws -> DatabaseQueue {
        let queue = try openReadOnly(path)
        try queue.unsafeRead { database in try database.execute(sql: "PRAGMA query_only = OFF") }
        return queue
    }

    /// A file may have been written by somebody else: nothing in its schema may call functions, cells are checked as
    /// they are read, and pages are never mapped into memory. Only the writer ever checkpoints (SQLite up to 3.51.2
    /// can corrupt the log when two connections do).
    private static func harden(_ database: Database) throws {
        try database.execute(
            sql: """
                PRAGMA trusted_schema = OFF;
                PRAGMA cell_size_check = ON;
                PRAGMA mmap_size = 0;
                PRAGMA busy_timeout = 5000;
                """)
        if database.configuration.readonly {
            try database.execute(sql: "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0")
        } else {
            try database.execute(
                sql: """
                    PRAGMA wal_autocheckpoint = 1000;
                    PRAGMA journal_size_limit = 67108864;
                    PRAGMA cache_size = -16384;
                    """)
        }
    }

    /// To be called after the pool was made: it lowers `synchronous` to NORMAL when it turns on the log.
    private static func requireDurability(_ database: Database, _ path: String) throws {
        try database.execute(sql: "PRAGMA synchronous = FULL")
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "unknown"
        guard mode == "wal" else { throw StateStoreError.notWAL(path: path, answer: mode) }
        let level = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        let foreignKeys = try Int.fetchOne(database, sql: "PRAGMA foreign_keys")
        guard level == 2, foreignKeys == 1 else {
            throw StateStoreError.inputOutput(
                path: path, detail: "SQLite did not take synchronous=FULL and foreign_keys=ON")
        }
    }
}
