import ArgumentParser
import JSONText

/// `pools export`
struct PoolsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all pools as JSON, in Airflow's form: {\"NAME\": {\"slots\", \"description\"}}.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The file; standard output without one.", valueName: "file"))
    var file: String?

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { try await $0.rows(PoolsCommand.parts) }
        let pools = JSONObject(
            rows.compactMap { row -> (String, JSONValue)? in
                guard let name = row["name"]?.stringValue else { return nil }
                let pool: JSONValue = [
                    "slots": row["slots"] ?? 0, "description": row["description"] ?? "",
                    "include_deferred": row["include_deferred"] ?? false,
                ]
                return (name, pool)
            })
        let text = pools.text(pretty: true) + "\n"
        guard let file else { return try invocation.output.results.write(text) }
        try FileAccess.create(file, text: text)
        invocation.output.say("wrote \(pools.count) pools to \(file)")
    }
}

/// `pools import`
struct PoolsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make or change the pools of a file that `pools export` (or Airflow) wrote.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The file.")
    var file: String

    func run() async throws {
        let invocation = try Invocation(global)
        let pools = try read()
        try await invocation.withAPI(.records) { client in
            for pool in pools {
                _ = try await client.setPool(pool.name, slots: pool.slots, description: pool.description)
            }
        }
        invocation.output.say("set \(pools.count) pools")
    }

    /// All of the file is checked before anything is changed.
    private func read() throws(CommandFailure) -> [(name: String, slots: Int, description: String?)] {
        let bytes = try FileAccess.read(file)
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONValue.parse(bytes: bytes)
        } catch {
            throw CommandFailure(.badData, "\(file):\(error.description)")
        }
        guard let object = value.objectValue else {
            throw CommandFailure(.badData, "\(file): expected an object, found \(value.kind)")
        }
        var pools: [(name: String, slots: Int, description: String?)] = []
        for (name, pool) in object {
            guard let slots = pool["slots"]?.intValue, slots >= -1 else {
                throw CommandFailure(.badData, "\(file): the pool \(name) has no whole number of \"slots\"")
            }
            pools.append((name, Int(slots), pool["description"]?.stringValue))
        }
        return pools
    }
}
