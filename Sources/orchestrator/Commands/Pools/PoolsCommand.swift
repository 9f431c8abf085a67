import ArgumentParser
import JSONText

/// `pools`: named limits on what runs at the same time.
struct PoolsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pools", abstract: "List, get, set, delete, export and import pools.",
        subcommands: [
            PoolsListCommand.self, PoolsGetCommand.self, PoolsSetCommand.self, PoolsDeleteCommand.self,
            PoolsExportCommand.self, PoolsImportCommand.self,
        ])

    static let columns: [Column] = [
        .text("POOL", "name"), .text("SLOTS", "slots"), .text("RUNNING", "running_slots"),
        .text("QUEUED", "queued_slots"), .text("WAITING", "scheduled_slots"), .text("OPEN", "open_slots"),
        .text("DESCRIPTION", "description"),
    ]

    static let parts = ["api", "v1", "pools"]
}

/// `pools list`
struct PoolsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All pools.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { try await $0.rows(PoolsCommand.parts) }
        try invocation.output.show(rows, columns: PoolsCommand.columns, empty: "no pools")
    }
}

/// `pools get`
struct PoolsGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "One pool.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The pool's name.")
    var name: String

    func run() async throws {
        let invocation = try Invocation(global)
        let pool = try await invocation.withAPI(.records) { try await $0.object(PoolsCommand.parts + [name]) }
        try invocation.output.show(pool)
    }
}

/// `pools delete`
struct PoolsDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a pool. Tasks that name it wait until it is there again.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The pool's name.")
    var name: String

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let invocation = try Invocation(global)
        try await invocation.withAPI(.records) { client in
            try invocation.confirm("Delete the pool \(name)?", isYes: yes)
            _ = try await client.json(APIRequest(.delete, PoolsCommand.parts + [name]))
        }
        invocation.output.say("deleted the pool \(name)")
    }
}
