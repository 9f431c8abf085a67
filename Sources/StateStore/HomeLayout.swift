/// Where the files of a home are.
package struct HomeLayout: Hashable, Sendable {
    package let home: String

    /// - Parameter home: an absolute path.
    package init(home: String) {
        self.home = home
    }

    package var database: String { home + "/orchestrator.db" }
    package var writeAheadLog: String { database + "-wal" }
    package var sharedMemory: String { database + "-shm" }
    package var journal: String { home + "/journal.seq" }
    package var lock: String { home + "/lock" }
    package var backups: String { home + "/backups" }

    /// Folders that only ever hold something when a database exists.
    var stateFolders: [String] { ["attempts", "runs", "artifacts"].map { home + "/" + $0 } }
}
