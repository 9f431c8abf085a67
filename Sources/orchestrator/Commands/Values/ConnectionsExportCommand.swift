import ArgumentParser
import DAGDomain
import JSONText

/// `connections export`
struct ConnectionsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all connections as JSON, in Airflow's form, passwords in the clear.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The file; standard output without one, or with `-`.", valueName: "file"))
    var file: String?

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            try await client.rows(ConnectionsCommand.parts, query: [("reveal", "true")])
        }
        var connections = JSONObject()
        for row in rows {
            guard let id = row["connection_id"]?.stringValue else { continue }
            var fields = row
            fields["connection_id"] = nil
            fields["source"] = nil
            connections[id] = .object(fields)
        }
        try invocation.export(connections, to: file, what: "connections")
    }
}

/// `connections import`
struct ConnectionsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Set the connections of a file that `connections export` (or Airflow) wrote.",
        discussion: "The file is an object: {\"ID\": {\"conn_type\", \"host\", ...}} or {\"ID\": URI}.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The file; `-` is standard input.")
    var file: String

    @Option(
        name: [.customShort("a"), .customLong("action-on-existing-key")],
        help: "overwrite, fail or skip. Default: overwrite")
    var mode: ImportMode = .overwrite

    func run() async throws {
        let invocation = try Invocation(global)
        let connections = try read()
        let count = try await invocation.withAPI(.records) { client in
            let known = try await client.rows(ConnectionsCommand.parts)
                .compactMap { $0["connection_id"]?.stringValue }
            let chosen = try mode.chosen(connections, known: Set(known))
            for (id, connection) in chosen {
                let body: JSONObject = ["uri": .string(connection.json.text())]
                _ = try await client.json(
                    APIRequest(.put, ConnectionsCommand.parts + [id], body: .object(body)))
            }
            return chosen.count
        }
        invocation.output.say("set \(count) connections")
    }

    /// All of the file is checked before anything is changed.
    private func read() throws(CommandFailure) -> [(name: String, value: Connection)] {
        var connections: [(name: String, value: Connection)] = []
        for (id, value) in try ImportMode.object(inFile: file) {
            guard Connection.isValid(id: id) else {
                throw CommandFailure(.badData, "\(file): \(id.quotedForMessage) is not a connection's id")
            }
            do throws(Connection.FormError) {
                connections.append((id, try Connection(id: id, value)))
            } catch {
                throw CommandFailure(.badData, "\(file): the connection \(id): \(error.reason)")
            }
        }
        return connections
    }
}
