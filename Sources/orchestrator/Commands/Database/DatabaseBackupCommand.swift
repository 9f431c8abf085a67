import ArgumentParser
import JSONText
import SchedulerService
import StateStore

/// `db backup`
struct DatabaseBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a checked copy of the database; works while a daemon runs.")

    @OptionGroup var global: GlobalOptions

    @Argument(
        help: ArgumentHelp(
            "The file. Default: a dated one in HOME/backups, of which seven are kept", valueName: "file"))
    var file: String?

    func run() async throws {
        let invocation = try Invocation(global)
        let home = invocation.configuration.home
        try InspectedDatabase.requireHome(home)
        if let file, FileAccess.exists(file) {
            throw CommandFailure(.badData, "\(file) exists already and is left as it is")
        }
        let path = try OfflineDatabase(home: home).backUp(to: file, at: WallClock.now())
        if invocation.output.format == .json {
            return try invocation.output.show(json: ["path": .string(path)])
        }
        try invocation.output.line(path)
    }
}
