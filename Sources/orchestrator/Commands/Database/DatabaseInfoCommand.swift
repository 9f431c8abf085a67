import ArgumentParser
import JSONText
import StateStore

/// `db info`
struct DatabaseInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Size, schema, transactions, rows and backups of the database.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let invocation = try Invocation(global)
        let home = invocation.configuration.home
        let info = try await InspectedDatabase.open(invocation) { database in
            describe(try OfflineDatabase(home: database.home).info(), home: home, isCopy: database.isCopy)
        }
        try invocation.output.show(info)
    }

    /// Sizes and backups are those of the home, also when the rows were counted in a copy.
    private func describe(_ info: DatabaseInfo, home: String, isCopy: Bool) -> JSONObject {
        let layout = HomeLayout(home: home)
        let backups = FileAccess.names(in: layout.backups).filter { $0.hasSuffix(".db") }.sorted()
        return [
            "path": .string(layout.database),
            "size_bytes": .integer(FileAccess.size(of: layout.database) ?? 0),
            "log_bytes": .integer(FileAccess.size(of: layout.writeAheadLog) ?? 0),
            "schema": .integer(Int64(info.schema)),
            "newest_schema": .integer(Int64(info.newestSchema)),
            "sqlite_version": .string(info.sqliteVersion),
            "transactions": .integer(info.transactions),
            "acknowledged_transactions": info.acknowledgedTransactions.map { .integer($0) } ?? .null,
            "stopped_cleanly": isCopy ? .null : .bool(info.stoppedCleanly),
            "in_use": .bool(isCopy),
            "rows": .object(JSONObject(info.tables.map { ($0.name, .integer(Int64($0.rows))) })),
            "backups": .array(backups.map { .string(layout.backups + "/" + $0) }),
        ]
    }
}
