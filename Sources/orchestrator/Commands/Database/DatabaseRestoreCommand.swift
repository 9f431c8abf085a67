import ArgumentParser
import JSONText
import SchedulerService
import StateStore

/// `db restore`
struct DatabaseRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of the database; what was there is kept beside it.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"))
    var file: String

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let invocation = try Invocation(global)
        let home = invocation.configuration.home
        guard FileAccess.exists(file) else { throw CommandFailure(.notFound, "no file \(file)") }
        let lock = try await HomeAccess.taking(home) { try HomeLock.acquire(home: home) }
        guard let lock else { throw CommandFailure.held(home: home, by: HomeLock.holder(home: home)) }
        defer { withExtendedLifetime(lock) {} }
        try invocation.confirm("Replace the database of \(home) by \(file)?", isYes: yes)
        let kept = try restore(to: home)
        if invocation.output.format == .json {
            return try invocation.output.show(json: [
                "restored": .string(file), "kept": kept.map { .string($0) } ?? .null,
            ])
        }
        invocation.output.say("restored \(file)")
        if let kept { invocation.output.say("the previous database is \(kept)") }
    }

    /// What is wrong with the file is not the home's fault, and its database stays as it is.
    private func restore(to home: String) throws -> String? {
        do {
            return try OfflineDatabase(home: home).restore(from: file, at: WallClock.now())
        } catch let error as StateStoreError {
            guard let reason = error.whyNoBackup(file) else { throw error }
            throw CommandFailure(
                .badData, "\(file) is not a backup that can be restored: \(reason)",
                hint: "nothing was changed; backups of this home are in \(home)/backups")
        }
    }
}

extension StateStoreError {
    /// Why this file is no backup; nil when the error is about something else.
    fileprivate func whyNoBackup(_ file: String) -> String? {
        switch self {
        case .damaged(file, let detail, _): detail
        case .foreign(file, _): "it is the database of another program"
        case .newer(file, let found, let known): "its schema is \(found), this program knows \(known)"
        case .refusedFile(file, let detail): detail
        default: nil
        }
    }
}
