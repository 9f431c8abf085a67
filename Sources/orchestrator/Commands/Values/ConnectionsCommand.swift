import ArgumentParser
import JSONText

/// `connections`: how to reach what is outside, for the templates of tasks.
struct ConnectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connections", abstract: "List, get, set, test, delete, export and import connections.",
        subcommands: [
            ConnectionsListCommand.self, ConnectionsGetCommand.self, ConnectionsSetCommand.self,
            ConnectionsTestCommand.self, ConnectionsDeleteCommand.self, ConnectionsExportCommand.self,
            ConnectionsImportCommand.self,
        ])

    static let parts = ["api", "v1", "connections"]
}

/// `connections list`
struct ConnectionsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All connections of the database; passwords are `***`.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { try await $0.rows(ConnectionsCommand.parts) }
        try invocation.output.show(
            rows,
            columns: [
                .text("CONNECTION", "connection_id"), .text("TYPE", "conn_type"), .text("HOST", "host"),
                .text("PORT", "port"), .text("LOGIN", "login"), .text("SCHEMA", "schema"),
                .text("DESCRIPTION", "description"),
            ], empty: "no connections")
    }
}

/// `connections get`
struct ConnectionsGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "One connection; its password is `***` unless --reveal.",
        discussion: "Looks where a task would: in the daemon's environment, the home's files, the database.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The connection's id.")
    var id: String

    @Flag(help: "Show the password and the rest in the clear.")
    var reveal = false

    func run() async throws {
        let invocation = try Invocation(global)
        let connection = try await invocation.withAPI(.records) { client in
            try await client.object(
                ConnectionsCommand.parts + [id], query: [("reveal", reveal ? "true" : nil)])
        }
        try invocation.output.show(connection)
    }
}

/// `connections test`
struct ConnectionsTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Whether the daemon reaches the host and port of a connection. Exit 0 if so, 1 if not.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The connection's id.")
    var id: String

    func run() async throws {
        let invocation = try Invocation(global)
        let result = try await invocation.withAPI(.records) { client in
            try await client.post(ConnectionsCommand.parts + [id, "test"], body: [:])
        }
        if invocation.output.format == .json {
            try invocation.output.show(json: result)
        } else {
            try invocation.output.line((result["message"]?.stringValue ?? "").withoutControls)
        }
        guard result["status"]?.boolValue == true else { throw CommandFailure.silent(.failed) }
    }
}

/// `connections delete`
struct ConnectionsDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete a connection.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The connection's id.")
    var id: String

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let invocation = try Invocation(global)
        try await invocation.withAPI(.records) { client in
            try invocation.confirm("Delete the connection \(id)?", isYes: yes)
            _ = try await client.json(APIRequest(.delete, ConnectionsCommand.parts + [id]))
        }
        invocation.output.say("deleted the connection \(id)")
    }
}
