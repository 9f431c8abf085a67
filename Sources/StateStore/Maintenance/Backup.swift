import GRDB
import Glibc

/// Writes verified copies of a database.
enum Backup {
    /// Copies what `source` sees to `target`: written under another name, synced, checked, then renamed, so that a
    /// file with the name of a backup is always a good one.
    static func write(from source: some DatabaseReader, to target: String) throws {
        let draft = target + ".partial"
        unlink(draft)
        do {
            // A connection of its own would be a second writer to the log; VACUUM INTO only reads.
            try source.unsafeRead { database in
                try database.execute(sql: "VACUUM INTO ?", arguments: [draft])
            }
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

    private static func verify(_ path: String) throws {
        let copy = try DatabaseConnections.openReadOnly(path)
        defer { try? copy.close() }
        let lines = try copy.read { database in
            try String.fetchAll(database, sql: "PRAGMA integrity_check(5)")
        }
        guard lines == ["ok"] else { throw RowError(detail: "the copy: " + lines.joined(separator: "; ")) }
    }
}
