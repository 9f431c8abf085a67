import ArgumentParser
import JSONText

/// `runs pin`
struct RunsPinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: "Keep a run, with all that it left, from being pruned or deleted.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: RunArguments

    @Option(help: "Why.")
    var note: String?

    func run() async throws {
        let invocation = try Invocation(global)
        try await invocation.withAPI(.records) { client in
            let address = try await client.address(place)
            _ = try await client.json(APIRequest(.put, address.parts + ["pin"], query: [("note", note)]))
            invocation.output.say("pinned \(address.run)")
        }
    }
}

/// `runs unpin`
struct RunsUnpinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpin", abstract: "Let a run be pruned and deleted again.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: RunArguments

    func run() async throws {
        let invocation = try Invocation(global)
        try await invocation.withAPI(.records) { client in
            let address = try await client.address(place)
            _ = try await client.json(APIRequest(.delete, address.parts + ["pin"]))
            invocation.output.say("\(address.run) is not pinned any more")
        }
    }
}
