import ArgumentParser
import JSONText

/// `pools set`
struct PoolsSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Make a pool, or change the number of its slots.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The pool's name.")
    var name: String

    @Argument(help: "How many slots, or `unlimited`.", transform: Self.slots)
    var slots: Int

    @Option(help: "What the pool is for.")
    var description: String?

    private static func slots(_ text: String) throws -> Int {
        if text == "unlimited" { return -1 }
        guard let number = Int(text), number >= -1 else {
            throw ValidationError("the slots are a whole number, at least 0, or `unlimited`")
        }
        return number
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let pool = try await invocation.withAPI(.records) { client in
            try await client.setPool(name, slots: slots, description: description)
        }
        if invocation.output.format == .json { return try invocation.output.show(json: pool) }
        invocation.output.say("the pool \(name) has \(slots < 0 ? "no limit" : "\(slots) slots")")
    }
}

extension APIClient {
    func setPool(_ name: String, slots: Int, description: String?) async throws -> JSONValue {
        var body: JSONObject = ["slots": .integer(Int64(slots))]
        body["description"] = description.map(JSONValue.string)
        return try await json(APIRequest(.put, PoolsCommand.parts + [name], body: .object(body)))
    }
}
