import DAGDomain
import GRDB

extension StateStore {
    /// Checks the open database in full.
    ///
    /// - Returns: one line for each problem; empty when it is sound.
    package func check() throws(StateStoreError) -> [String] {
        try read(DatabaseCheck.problems)
    }

    /// Writes a verified copy of the open database, as it is now; commits go on meanwhile.
    ///
    /// - Parameter target: nil for the home's folder of backups, of which the newest seven are kept.
    /// - Returns: the path of the copy.
    @discardableResult
    package func backUp(to target: String? = nil, at: Timestamp) throws(StateStoreError) -> String {
        do {
            return try Backup.write(layout, to: target, at: at)
        } catch {
            throw StateStoreError(error, path: layout.database)
        }
    }

    package func info() throws(StateStoreError) -> DatabaseInfo {
        let layout = layout
        let size = FileStatus(path: layout.database)?.size ?? 0
        let logSize = FileStatus(path: layout.writeAheadLog)?.size ?? 0
        return try read { database in
            try DatabaseInfo.read(database, layout: layout, sizeBytes: size, logBytes: logSize)
        }
    }
}
