import ArgumentParser
import JSONText
import StateStore

/// `db check`
struct DatabaseCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Look for damage: SQLite's full check, and what our rows promise each other."
    )

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let invocation = try Invocation(global)
        let problems = try await InspectedDatabase.open(invocation) { database in
            try OfflineDatabase(home: database.home).check()
        }
        let output = invocation.output
        if output.format == .json {
            try output.show(json: [
                "ok": .bool(problems.isEmpty), "problems": .array(problems.map(JSONValue.string)),
            ])
        } else {
            for problem in problems { try output.line(problem.withoutControls) }
        }
        guard problems.isEmpty else {
            let home = invocation.configuration.home
            throw CommandFailure(
                .badData, "the database of \(home) is damaged",
                hint: CommandFailure.restoring(newestBackup(of: home)))
        }
        output.say("the database is sound")
    }

    /// Backups are named by time.
    private func newestBackup(of home: String) -> String? {
        let folder = HomeLayout(home: home).backups
        return FileAccess.names(in: folder).filter { $0.hasSuffix(".db") }.max().map { folder + "/" + $0 }
    }
}
