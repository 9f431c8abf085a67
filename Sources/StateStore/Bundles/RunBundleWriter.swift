import DAGDomain
import Foundation
import GRDB

/// Writes a bundle: the rows first, then files piece by piece.
package final class RunBundleWriter {
    private let queue: DatabaseQueue

    /// - Parameter path: a file that does not exist yet.
    fileprivate init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "run-bundle"
        // All of it is one transaction, to which files are added piece by piece.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { database in
            // Nobody sees the file before it is whole.
            try database.execute(
                sql: "PRAGMA page_size = 16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    PRAGMA application_id = \(RunBundle.applicationID);
                    PRAGMA user_version = \(RunBundle.format);
                    """)
            try database.execute(sql: RunBundle.fileTables)
            try database.beginTransaction()
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try queue.writeWithoutTransaction(body)
    }

    fileprivate func close() throws {
        try queue.writeWithoutTransaction { try $0.commit() }
        try queue.close()
    }

    /// - Parameters:
    ///   - next: the next bytes, at most `RunBundle.pieceSize`; nil at the end.
    ///   - hash: asked for when the last piece is written.
    package func add(
        _ content: RunBundle.Content, next: () throws -> [UInt8]?, hash: () -> String
    ) throws {
        try queue.writeWithoutTransaction { database in
            var position = 0
            var size: Int64 = 0
            while let bytes = try next() {
                try database.execute(
                    sql: "INSERT INTO piece VALUES (?, ?, ?)",
                    arguments: [content.name, position, Data(bytes)])
                position += 1
                size += Int64(bytes.count)
            }
            try database.execute(
                sql: "INSERT INTO file VALUES (?, ?, ?)", arguments: [content.name, size, hash()])
        }
    }
}

extension StateStore {
    /// Writes a finished run into a new file. The name appears when the file is whole and synced.
    ///
    /// - Parameter files: adds the logs and artifacts.
    package func exportRun(
        _ number: RunNumber, to path: String, facts: [RunBundle.Fact: String],
        files: (RunBundleWriter) throws -> Void
    ) throws(StateStoreError) {
        let draft = path + ".partial"
        unlink(draft)
        do {
            let writer = try RunBundleWriter(path: draft)
            try read { database in
                try writer.write { target in
                    try Self.copyRows(of: number, from: database, to: target)
                    for (fact, value) in facts {
                        try target.execute(
                            sql: "INSERT INTO fact VALUES (?, ?)", arguments: [fact.rawValue, value])
                    }
                }
            }
            try files(writer)
            try writer.close()
            guard chmod(draft, 0o600) == 0 else { throw SystemError("chmod", draft) }
            try syncFile(draft)
            guard rename(draft, path) == 0 else { throw SystemError("rename", path) }
            try syncFolder(folderPath(of: path))
        } catch {
            unlink(draft)
            throw StateStoreError(error, path: path)
        }
    }

    private static func copyRows(of number: RunNumber, from database: Database, to target: Database) throws {
        let source = try Row.fetchOne(
            database,
            sql: """
                SELECT source, path, folder FROM dag_version
                WHERE id = (SELECT version FROM dag_run WHERE number = ?)
                """, arguments: [number.value])
        guard let source else { throw GuardError(detail: "there is no run \(number.value)") }
        let facts: [RunBundle.Fact] = [.source, .path, .folder]
        for (fact, value) in zip(facts, source.databaseValues) {
            try target.execute(sql: "INSERT INTO fact VALUES (?, ?)", arguments: [fact.rawValue, value])
        }
        try target.execute(
            sql: "INSERT INTO fact VALUES (?, ?)",
            arguments: [RunBundle.Fact.schema.rawValue, Migration.newest])
        try copy(RunBundle.runTable, where: "number", number, from: database, to: target)
        for table in RunBundle.tables { try copy(table, where: "run", number, from: database, to: target) }
    }

    private static func copy(
        _ table: String, where key: String, _ number: RunNumber, from database: Database, to target: Database
    ) throws {
        let columns = try database.columns(in: table).map(\.name)
        let list = columns.joined(separator: ", ")
        try target.execute(sql: "CREATE TABLE \(table) (\(list))")
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        let insertion = try target.makeStatement(sql: "INSERT INTO \(table) VALUES (\(places))")
        let rows = try Row.fetchCursor(
            database, sql: "SELECT \(list) FROM \(table) WHERE \(key) = ?", arguments: [number.value])
        while let row = try rows.next() {
            try insertion.execute(arguments: StatementArguments(row.databaseValues))
        }
    }
}
