import ArgumentParser
import JSONText

/// `assets set`
struct AssetsSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Make an asset that no DAG file has to name, or say something else of one.",
        discussion: "What is not given stays as it was. What a DAG file says of an asset is changed there.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The asset's URI.")
    var uri: String

    @Option(help: "What people call it. Default: the URI")
    var name: String?

    @Option(help: "A word to sort assets by. Default: asset")
    var group: String?

    @Option(
        help: ArgumentHelp("More about the asset: a JSON object, or @FILE with one.", valueName: "json"))
    var extra: String?

    func run() async throws {
        let invocation = try Invocation(global)
        var body: JSONObject = ["uri": .string(uri)]
        body["name"] = name.map(JSONValue.string)
        body["group"] = group.map(JSONValue.string)
        body["extra"] = try RunRequestOptions.configuration(extra, option: "--extra").map(JSONValue.object)
        let request = body
        let asset = try await invocation.withAPI(.records) { try await $0.setAsset(request) }
        if invocation.output.format == .json { return try invocation.output.show(json: asset) }
        invocation.output.say("the asset \(uri) is set")
    }
}

/// `assets delete`
struct AssetsDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Forget an asset that no DAG file names, with all its updates.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The asset's URI.")
    var uri: String

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let invocation = try Invocation(global)
        try await invocation.withAPI(.records) { client in
            try invocation.confirm("Delete the asset \(uri) and all its updates?", isYes: yes)
            _ = try await client.json(
                APIRequest(.delete, AssetsCommand.parts, query: [("uri", uri)]))
        }
        invocation.output.say("deleted the asset \(uri)")
    }
}

/// `assets aliases`
struct AssetsAliasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aliases", abstract: "Names under which tasks tell of updates, and what they updated.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) {
            try await $0.rows(AssetsCommand.parts + ["aliases"])
        }
        try invocation.output.show(rows, columns: Self.columns, empty: "no aliases")
    }

    static let columns: [Column] = [
        .text("ID", "id"), .text("ALIAS", "name"),
        Column("ASSETS") {
            .init(($0["assets"]?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: ", "))
        },
    ]
}

extension APIClient {
    func setAsset(_ body: JSONObject) async throws -> JSONValue {
        try await json(APIRequest(.put, AssetsCommand.parts, body: .object(body)))
    }
}
