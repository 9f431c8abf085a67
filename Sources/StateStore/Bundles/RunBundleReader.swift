import DAGDomain
import Foundation
import GRDB

/// Reads a bundle that somebody has handed over. Whatever is wrong with it becomes a `RunBundleError`.
package final class RunBundleReader: Sendable {
    package let path: String
    private let queue: DatabaseQueue

    package init(path: String) throws(RunBundleError) {
        self.path = path
        queue = try Self.telling {
            try Self.requirePlainFile(path)
            return try DatabaseConnections.openReadOnly(path)
        }
        try Self.telling { try queue.read(Self.check) }
    }

    deinit { try? queue.close() }

    /// A fact as text.
    package func text(_ fact: RunBundle.Fact) throws(RunBundleError) -> String {
        try telling { database in
            try String.fetchOne(
                database, sql: "SELECT value FROM fact WHERE name = ?", arguments: [fact.rawValue])
                ?? { throw RunBundleError("does not say its \(fact.rawValue)") }()
        }
    }

    /// The text of the DAG's version.
    package func source() throws(RunBundleError) -> [UInt8] {
        try telling { database in
            let row = try Row.fetchOne(database, sql: "SELECT value FROM fact WHERE name = 'source'")
            guard let row, case .blob(let data) = row.value(0).storage else {
                throw RunBundleError("does not hold the DAG")
            }
            return Array(data)
        }
    }

    /// A text column of the run.
    package func runText(_ column: String) throws(RunBundleError) -> String {
        try telling { database in
            let rows = try String.fetchAll(database, sql: "SELECT \(column) FROM \(RunBundle.runTable)")
            guard rows.count == 1 else { throw RunBundleError("holds \(rows.count) runs") }
            return rows[0]
        }
    }

    /// Every file, by name.
    package func files() throws(RunBundleError) -> [(content: RunBundle.Content, size: Int64, sha256: String)]
    {
        try telling { database in
            try Row.fetchAll(database, sql: "SELECT name, size, sha256 FROM file ORDER BY name").map { row in
                guard case .string(let name) = row.value(0).storage,
                    case .int64(let size) = row.value(1).storage,
                    case .string(let hash) = row.value(2).storage,
                    let content = RunBundle.Content(name: name), size >= 0, RunBundle.isHash(hash)
                else { throw RunBundleError("holds a file whose name, size or hash is none") }
                return (content, size, hash)
            }
        }
    }

    /// Gives the bytes of a file piece by piece.
    package func read(_ content: RunBundle.Content, _ body: ([UInt8]) throws -> Void) throws {
        var position = 0
        while true {
            let piece = try telling { database -> [UInt8]? in
                let row = try Row.fetchOne(
                    database, sql: "SELECT bytes FROM piece WHERE file = ? AND position = ?",
                    arguments: [content.name, position])
                guard let row else { return nil }
                guard case .blob(let data) = row.value(0).storage, data.count <= RunBundle.pieceSize
                else {
                    throw RunBundleError("holds a piece of a file that is none")
                }
                return Array(data)
            }
            guard let piece else { return }
            try body(piece)
            position += 1
        }
    }

    /// The rows of a table: their columns, and one row after the other. Only columns that `known` has are given.
    func rows(
        of table: String, columns known: Set<String>, _ body: ([String], [DatabaseValue]) throws -> Void
    ) throws(RunBundleError) {
        try telling { database in
            guard try database.tableExists(table) else { return }
            let columns = try database.columns(in: table).map(\.name).filter(known.contains)
            guard !columns.isEmpty else { return }
            let rows = try Row.fetchCursor(
                database, sql: "SELECT \(columns.joined(separator: ", ")) FROM \(table)")
            while let row = try rows.next() { try body(columns, Array(row.databaseValues)) }
        }
    }

    // MARK: Trust

    private static func requirePlainFile(_ path: String) throws {
        guard let status = FileStatus(path: path) else { throw RunBundleError("does not exist") }
        guard status.isRegular else { throw RunBundleError("is not a regular file") }
        guard let file = FileHandle(forReadingAtPath: path) else { throw RunBundleError("cannot be opened") }
        defer { try? file.close() }
        let head = Array(try file.read(upToCount: 100) ?? Data())
        // Bytes 18 and 19 are 1 for a file without a write-ahead log, which would be made beside it.
        guard head.count == 100, head.starts(with: Array("SQLite format 3\0".utf8)), head[18] == 1,
            head[19] == 1
        else { throw RunBundleError("is not an exported run") }
    }

    private static func check(_ database: Database) throws {
        guard try Int.fetchOne(database, sql: "PRAGMA application_id") == RunBundle.applicationID else {
            throw RunBundleError("is not an exported run")
        }
        let format = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard format == RunBundle.format else {
            throw RunBundleError("has format \(format); this program reads \(RunBundle.format)")
        }
        let tables = Set(RunBundle.tables + [RunBundle.runTable, "fact", "file", "piece"])
        for row in try Row.fetchAll(
            database, sql: "SELECT type, name, tbl_name, coalesce(sql, 'CREATE TABLE ') FROM sqlite_schema")
        {
            guard let type = String.fromDatabaseValue(row[0]), let name = String.fromDatabaseValue(row[1]),
                let table = String.fromDatabaseValue(row[2]), tables.contains(table),
                String.fromDatabaseValue(row[3])?.hasPrefix("CREATE TABLE ") == true
            else { throw RunBundleError("holds something that does not belong there") }
            let isIndex = type == "index" && name.hasPrefix("sqlite_autoindex_")
            guard isIndex || (type == "table" && name == table) else {
                throw RunBundleError("holds \(type) \(name), which does not belong there")
            }
        }
        let lines = try String.fetchAll(database, sql: "PRAGMA quick_check(1)")
        guard lines == ["ok"] else { throw RunBundleError("is damaged: \(lines.first ?? "")") }
        let schema = try Int.fetchOne(database, sql: "SELECT value FROM fact WHERE name = 'schema'") ?? 0
        guard schema <= Migration.newest else {
            throw RunBundleError("was written by a later version of the program")
        }
    }

    func telling<Value>(_ body: (Database) throws -> Value) throws(RunBundleError) -> Value {
        try Self.telling { try queue.read(body) }
    }

    private static func telling<Value>(_ body: () throws -> Value) throws(RunBundleError) -> Value {
        do { return try body() } catch {
            if let error = error as? RunBundleError { throw error }
            if let error = error as? GuardError {
                throw RunBundleError("holds what cannot be: \(error.detail)")
            }
            if let error = error as? DatabaseError {
                throw RunBundleError("cannot be read: \(error.message ?? "")")
            }
            throw RunBundleError("cannot be read: \(error)")
        }
    }
}

extension Row {
    fileprivate func value(_ place: Int) -> DatabaseValue { self[place] }
}
