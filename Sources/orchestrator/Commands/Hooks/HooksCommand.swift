import ArgumentParser
import JSONText

/// `hooks`: addresses to which other programs send signed messages.
struct HooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hooks",
        abstract: "Webhooks: signed messages of other programs update an asset or start a run.",
        subcommands: [
            HooksListCommand.self, HooksShowCommand.self, HooksSetCommand.self, HooksDeleteCommand.self,
        ])

    static let parts = ["api", "v1", "hooks"]

    static let columns: [Column] = [
        .text("HOOK", "name"), .text("SCHEME", "scheme"), .text("ASSET", "asset"), .text("DAG", "dag_id"),
        .text("PARAM", "param"), .text("TOLERANCE", "tolerance"), .text("PATH", "path"),
    ]
}

/// `hooks list`
struct HooksListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All webhooks.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { try await $0.rows(HooksCommand.parts) }
        try invocation.output.show(rows, columns: HooksCommand.columns, empty: "no webhooks")
    }
}

/// `hooks show`
struct HooksShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One webhook, without its secret.", aliases: ["get"])

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The webhook's name.")
    var name: String

    func run() async throws {
        let invocation = try Invocation(global)
        let hook = try await invocation.withAPI(.records) { try await $0.object(HooksCommand.parts + [name]) }
        try invocation.output.show(invocation.output.format == .table ? hook.withoutEmpty : hook)
    }
}

/// `hooks set`
struct HooksSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Make a webhook, or change what is given of it.",
        discussion: """
            A new webhook without --secret-file gets a secret of its own, which is told once. What stands in the \
            command can be seen in the list of processes, so a secret is read from a file.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The webhook's name, the last part of its address.")
    var name: String

    @Option(help: ArgumentHelp("Each message updates this asset.", valueName: "uri"))
    var asset: String?

    @Option(help: ArgumentHelp("Each message starts a run of this DAG.", valueName: "dag"))
    var dag: String?

    @Option(help: "With --dag: the param that gets the whole message; else it is the run's conf.")
    var param: String?

    @Option(
        help: "timestamped (X-Orchestrator-Signature, the default) or github (X-Hub-Signature-256).")
    var scheme: Scheme?

    @Option(help: "A file with the secret; `-` is standard input.")
    var secretFile: String?

    @Option(help: "How many seconds the timestamp of a message may be off; 300 if absent.")
    var tolerance: Int?

    enum Scheme: String, ExpressibleByArgument, CaseIterable {
        case github, timestamped
    }

    func validate() throws {
        guard asset == nil || dag == nil else {
            throw ValidationError("--asset and --dag exclude each other")
        }
        guard param == nil || dag != nil else { throw ValidationError("--param goes with --dag") }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        var body = JSONObject()
        body["asset"] = asset.map(JSONValue.string)
        body["dag_id"] = dag.map(JSONValue.string)
        body["param"] = param.map(JSONValue.string)
        body["scheme"] = scheme.map { .string($0.rawValue) }
        body["secret"] = try ValueText.read(nil, file: secretFile).map(JSONValue.string)
        body["tolerance"] = tolerance.map { .integer(Int64($0)) }
        let request = APIRequest(.put, HooksCommand.parts + [name], body: .object(body))
        let hook = try await invocation.withAPI(.records) { try await $0.json(request) }
        let output = invocation.output
        if output.format == .json { return try output.show(json: hook) }
        output.say("messages are sent by POST to \((hook["path"] ?? .null).displayText)")
        guard let secret = hook["secret"]?.stringValue else { return }
        output.say("its secret, which is not told again:")
        try output.line(secret)
    }
}

/// `hooks delete`
struct HooksDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a webhook; messages to it are refused from then on.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The webhook's name.")
    var name: String

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let invocation = try Invocation(global)
        try await invocation.withAPI(.records) { client in
            try invocation.confirm("Delete the webhook \(name)?", isYes: yes)
            _ = try await client.json(APIRequest(.delete, HooksCommand.parts + [name]))
        }
        invocation.output.say("deleted the webhook \(name)")
    }
}
