import DAGDomain
import GRDB
import Glibc

/// The database of a home that no daemon runs on: checked, described, copied and restored without opening the file
/// itself for writing, so that damage is never made worse.
///
/// - Precondition: the caller holds the home's `HomeLock`, and this process has no store open on it.
package struct OfflineDatabase: Sendable {
    let layout: HomeLayout

    package init(home: String) {
        layout = HomeLayout(home: home)
    }

    /// - Returns: one line for each problem; empty when it is sound. A file that is no database at all is one line.
    package func check() throws(StateStoreError) -> [String] {
        do {
            return try withCopy { queue in try queue.read(DatabaseCheck.problems) }
        } catch .damaged(_, let detail, _) {
            return [detail]
        }
    }

    package func info() throws(StateStoreError) -> DatabaseInfo {
        let size = FileStatus(path: layout.database)?.size ?? 0
        let logSize = FileStatus(path: layout.writeAheadLog)?.size ?? 0
        return try withCopy { queue in
            try queue.read { database in
                try DatabaseInfo.read(database, layout: layout, sizeBytes: size, logBytes: logSize)
            }
        }
    }

    /// - Returns: the path of the verified copy.
    @discardableResult
    package func backUp(to target: String? = nil, at: Timestamp) throws(StateStoreError) -> String {
        guard FileStatus(path: layout.database) != nil else { throw .missing(path: layout.database) }
        do {
            return try Backup.write(layout, to: target, at: at)
        } catch {
            throw StateStoreError(error, path: layout.database)
        }
    }

    /// Reads from a copy of the database and its log in a folder of its own, which is removed afterwards.
    private func withCopy<Result>(
        _ body: (DatabaseQueue) throws -> Result
    ) throws(StateStoreError) -> Result {
        guard FileStatus(path: layout.database)?.isRegular == true else {
            throw .missing(path: layout.database)
        }
        let folder = layout.home + "/.inspection-\(getpid())"
        let copy = folder + "/orchestrator.db"
        let files = [copy, copy + "-wal", copy + "-shm"]
        func clean() {
            for file in files { unlink(file) }
            rmdir(folder)
        }
        clean()
        defer { clean() }
        do {
            try makeFolder(folder)
            try FileCopy.copy(layout.database, to: copy)
            if FileStatus(path: layout.writeAheadLog) != nil {
                try FileCopy.copy(layout.writeAheadLog, to: copy + "-wal")
            }
            let queue = try DatabaseConnections.openReadOnly(copy)
            defer { try? queue.close() }
            return try body(queue)
        } catch {
            throw StateStoreError(error, path: layout.database)
        }
    }
}
