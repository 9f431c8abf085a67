import GRDB

/// Brings a database to the newest schema.
enum Migrator {
    /// Applies the missing steps in one transaction: a crash in between leaves the old schema as it was.
    static func migrate(_ database: Database, with migrations: [Migration] = Migration.all) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found < migrations.count else { return }
        try database.inTransaction(.immediate) {
            for migration in migrations[found...] {
                try database.execute(sql: migration.sql)
            }
            try database.execute(
                sql: """
                    PRAGMA application_id = \(Migration.applicationID);
                    PRAGMA user_version = \(migrations.count);
                    """)
            return .commit
        }
    }
}
