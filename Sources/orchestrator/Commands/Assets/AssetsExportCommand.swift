import ArgumentParser
import JSONText

/// `assets export`
struct AssetsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all assets as JSON: {\"URI\": {\"name\", \"group\", \"extra\"}}.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The file; standard output without one, or with `-`.", valueName: "file"))
    var file: String?

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            try await client.rows(AssetsCommand.parts)
        }
        var assets = JSONObject()
        for row in rows {
            guard let uri = row["uri"]?.stringValue else { continue }
            assets[uri] = [
                "name": row["name"] ?? .null, "group": row["group"] ?? .null, "extra": row["extra"] ?? .null,
            ]
        }
        try invocation.export(assets, to: file, what: "assets")
    }
}

/// `assets import`
struct AssetsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Set the assets of a file that `assets export` wrote.",
        discussion: """
            The file is an object: {"URI": {"name": TEXT, "group": TEXT, "extra": {...}}}; what is absent is as in a DAG
            file. All of it is checked before anything is changed.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The file; `-` is standard input.")
    var file: String

    @Option(
        name: [.customShort("a"), .customLong("action-on-existing-key")],
        help: "overwrite, fail or skip. Default: overwrite")
    var mode: ImportMode = .overwrite

    func run() async throws {
        let invocation = try Invocation(global)
        var assets: [(name: String, value: JSONObject)] = []
        for (uri, value) in try ImportMode.object(inFile: file) {
            assets.append((uri, try Self.body(uri, value, file)))
        }
        let all = assets
        let count = try await invocation.withAPI(.records) { client in
            let known = try await client.rows(AssetsCommand.parts).compactMap { $0["uri"]?.stringValue }
            let chosen = try mode.chosen(all, known: Set(known))
            for (_, body) in chosen { _ = try await client.setAsset(body) }
            return chosen.count
        }
        invocation.output.say("set \(count) assets")
    }

    private static func body(
        _ uri: String, _ value: JSONValue, _ file: String
    ) throws(CommandFailure) -> JSONObject {
        guard let members = value.objectValue else {
            throw CommandFailure(
                .badData, "\(file): the asset \(uri) must be an object, found \(value.kind)")
        }
        var body: JSONObject = [
            "uri": .string(uri), "name": .string(uri), "group": "asset", "extra": .object(JSONObject()),
        ]
        for (key, value) in members {
            let fits = key == "extra" ? value.objectValue != nil : value.stringValue?.isEmpty == false
            guard ["name", "group", "extra"].contains(key), fits else {
                throw CommandFailure(
                    .badData,
                    "\(file): \"\(key)\" of the asset \(uri) is not one of \"name\" and \"group\" (texts) and "
                        + "\"extra\" (an object)")
            }
            body[key] = value
        }
        return body
    }
}
