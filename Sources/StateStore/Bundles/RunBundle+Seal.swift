import DAGDomain
import Foundation
import GRDB

/// What of a bundle its seal is about: every row but the pieces of files, whose own hashes cover them, and the seal.
/// SQLite notices a damaged page only where its structure is touched, not a digit that has become another.
extension RunBundle {
    /// Gives all of it in parts, the same in every version of SQLite.
    static func sealedContent(of database: Database, _ take: (Data) -> Void) throws {
        for table in ["fact", "file", runTable] + tables where try database.tableExists(table) {
            let columns = try database.columns(in: table).map(\.name)
            take(Data("\(table)(\(columns.joined(separator: ",")))\n".utf8))
            let list = columns.map(\.quotedDatabaseIdentifier).joined(separator: ", ")
            let rows = try Row.fetchCursor(database, sql: "SELECT \(list) FROM \(table) ORDER BY rowid")
            while let row = try rows.next() {
                let values = Array(row.databaseValues)
                if table == "fact", String.fromDatabaseValue(values[0]) == Fact.seal.rawValue { continue }
                for value in values { take(bytes(of: value)) }
            }
        }
    }

    private static func bytes(of value: DatabaseValue) -> Data {
        switch value.storage {
        case .null: Data("-".utf8)
        case .int64(let number): Data("i\(number)\n".utf8)
        case .double(let number): Data("d\(number.bitPattern)\n".utf8)
        case .string(let text): Data("s\(text.utf8.count):\(text)".utf8)
        case .blob(let data): Data("b\(data.count):".utf8) + data
        }
    }
}

extension RunBundleWriter {
    /// - Parameter hash: of all parts, in order. Nothing may be added after it.
    package func seal(_ hash: (_ parts: (_ take: (Data) -> Void) throws -> Void) throws -> String) throws {
        try write { database in
            let seal = try hash { take in try RunBundle.sealedContent(of: database, take) }
            try database.execute(
                sql: "INSERT INTO fact VALUES (?, ?)", arguments: [RunBundle.Fact.seal.rawValue, seal])
        }
    }
}

extension RunBundleReader {
    /// The same parts, to be compared with `text(.seal)`.
    package func sealedContent(_ take: (Data) -> Void) throws(RunBundleError) {
        try telling { database in try RunBundle.sealedContent(of: database, take) }
    }
}
