import ArgumentParser
import JSONText

/// `assets emit`
struct AssetsEmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emit", abstract: "Tell that something outside has updated an asset.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The asset's URI.")
    var uri: String

    @Option(
        help: ArgumentHelp(
            "What to say about the update: a JSON object, or @FILE with one.", valueName: "json"))
    var extra: String?

    func run() async throws {
        let invocation = try Invocation(global)
        var body: JSONObject = ["uri": .string(uri)]
        body["extra"] = try RunRequestOptions.configuration(extra, option: "--extra").map(JSONValue.object)
        let request = JSONValue.object(body)
        let event = try await invocation.withAPI(.records) { client in
            try await client.post(AssetsCommand.parts + ["events"], body: request)
        }
        if invocation.output.format == .json { return try invocation.output.show(json: event) }
        try invocation.output.line((event["id"] ?? .null).displayText)
        invocation.output.say("recorded the update of \(uri)")
    }
}

/// `assets queued`
struct AssetsQueuedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queued", abstract: "Updates that wait until the condition of a DAG holds.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: DAGArgument

    func run() async throws {
        let invocation = try Invocation(global)
        let details = try await invocation.withAPI(.records) { try await $0.object(argument.parts) }
        guard let assets = details["assets"]?.objectValue else {
            throw CommandFailure(.badData, "\(argument.dag) is not scheduled on assets")
        }
        let rows = assets["updated"]?.arrayValue?.compactMap(\.objectValue) ?? []
        try invocation.output.show(rows, columns: Self.columns, empty: "nothing waits")
        if invocation.output.format == .table {
            invocation.output.say((assets["sentence"] ?? .null).displayText)
        }
    }

    static let columns: [Column] = [
        .text("URI", "uri"), .text("EVENTS", "events"), .instant("SINCE", "since"),
        .instant("LATEST", "latest"),
    ]
}

/// `assets drop`
struct AssetsDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Let a DAG forget the updates that wait for it; the record keeps them."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: DAGArgument

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let invocation = try Invocation(global)
        try await invocation.withAPI(.records) { client in
            try invocation.confirm("Let \(argument.dag) forget the updates that wait for it?", isYes: yes)
            _ = try await client.json(
                APIRequest(.delete, ["api", "v2", "dags", argument.dag, "assets", "queuedEvents"]))
        }
        invocation.output.say("\(argument.dag) waits for new updates of all its assets")
    }
}
