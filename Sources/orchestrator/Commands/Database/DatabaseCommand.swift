import ArgumentParser
import Glibc
import SchedulerService
import StateStore

/// `db`: the database of a home.
struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "Check, describe, back up, restore and prune the home's database.",
        subcommands: [
            DatabaseCheckCommand.self, DatabaseInfoCommand.self, DatabaseRotateKeyCommand.self,
            DatabaseBackupCommand.self,
            DatabaseRestoreCommand.self, DatabasePruneCommand.self,
        ])
}

/// A database to look at: that of a home nobody holds, or a consistent copy of the one that a daemon works
/// on.
struct InspectedDatabase {
    let home: String
    let isCopy: Bool

    /// Runs `body` while the home is ours, or on a copy that is removed afterwards.
    static func open<Result>(
        _ invocation: Invocation, _ body: (InspectedDatabase) throws -> Result
    ) async throws -> Result {
        let home = invocation.configuration.home
        try requireHome(home)
        if let lock = try await HomeAccess.taking(home, { try HomeLock.acquire(home: home) }) {
            defer { withExtendedLifetime(lock) {} }
            return try body(InspectedDatabase(home: home, isCopy: false))
        }
        let folder = "\(home)/.inspected-by-\(getpid())"
        let copy = folder + "/orchestrator.db"
        guard mkdir(folder, 0o700) == 0 else {
            throw CommandFailure.inputOutput("cannot make \(folder)", errno)
        }
        defer {
            for suffix in ["", "-wal", "-shm"] { unlink(copy + suffix) }
            rmdir(folder)
        }
        try OfflineDatabase(home: home).backUp(to: copy, at: WallClock.now())
        return try body(InspectedDatabase(home: folder, isCopy: true))
    }

    static func requireHome(_ home: String) throws(CommandFailure) {
        guard FileAccess.kind(of: home) == .folder else {
            throw CommandFailure(.notFound, "there is no home \(home)", hint: "name one with --home")
        }
    }
}
