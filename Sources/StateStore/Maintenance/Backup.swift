import DAGDomain
import GRDB
import Glibc

/// Writes verified copies of a database.
enum Backup {
    /// Copies a home's database: written under another name, synced, checked, then renamed, so that a file with the
    /// name of a backup is always a good one. Works beside an open store: it only reads.
    ///
    /// - Parameter target: nil for the home's folder of backups, of which the newest are kept.
    /// - Returns: the path of the copy.
    static func write(_ layout: HomeLayout, to target: String?, at: Timestamp) throws -> String {
        let path = target ?? BackupFolder.path(in: layout.backups, at: at)
        if target == nil { try makeFolder(layout.backups) }
        try copy(layout.database, to: path)
        if target == nil { BackupFolder.prune(layout.backups) }
        return path
    }

    private static func copy(_ source: String, to target: String) throws {
        let draft = target + ".partial"
        unlink(draft)
        do {
            try vacuum(source, into: draft)
            guard chmod(draft, 0o600) == 0 else { throw SystemError("chmod", draft) }
            try syncFile(draft)
            try verify(draft)
            guard rename(draft, target) == 0 else { throw SystemError("rename", target) }
            try syncFolder(folderPath(of: target))
        } catch {
            unlink(draft)
            throw error
        }
    }

    private static func vacuum(_ source: String, into draft: String) throws {
        let queue = try DatabaseConnections.openForCopying(source)
        defer { try? queue.close() }
        try queue.unsafeRead { database in
            try database.execute(sql: "VACUUM INTO ?", arguments: [draft])
        }
    }

    /// - Throws: `RowError` when the file is not a sound database.
    static func verify(_ path: String) throws {
        let queue = try DatabaseConnections.openReadOnly(path)
        defer { try? queue.close() }
        let lines = try queue.read { database in
            try String.fetchAll(database, sql: "PRAGMA integrity_check(5)")
        }
        guard lines == ["ok"] else { throw RowError(detail: "\(path): \(lines.joined(separator: "; "))") }
    }
}
