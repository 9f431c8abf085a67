import ArgumentParser
import JSONText
import LifecycleCore

/// `lineage`: what came of what.
struct LineageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lineage", abstract: "What a model, a file or a run came from, and what came of it.",
        discussion: """
            Code, params, data, tasks with their metrics, models, deployments and aliases, from left to right. `lineage NAME@VERSION`, \
            `lineage artifact SHA256`, `lineage artifact DAG RUN TASK NAME`, `lineage run DAG RUN`.
            """,
        subcommands: [LineageModelCommand.self, LineageArtifactCommand.self, LineageRunCommand.self],
        defaultSubcommand: LineageModelCommand.self)
}

/// What all lineage commands take.
struct LineageOptions: ParsableArguments {
    @Flag(help: "Only what it came from.")
    var upstream = false

    @Flag(help: "Only what came of it.")
    var downstream = false

    @Option(help: ArgumentHelp("Also draw it into this file.", valueName: "file"))
    var svg: String?

    func validate() throws {
        if upstream, downstream {
            throw ValidationError("without --upstream and --downstream both are shown")
        }
    }

    func show(_ invocation: Invocation, _ query: (APIClient) async throws -> [(String, String?)]) async throws
    {
        let direction = upstream ? "upstream" : downstream ? "downstream" : "both"
        let lineage = try await invocation.withAPI(.records) { client in
            try await client.object(
                ["api", "v1", "lineage"], query: try await query(client) + [("direction", direction)])
        }
        let output = invocation.output
        let picture = LineagePicture(lineage)
        if output.format == .json {
            try output.show(json: .object(lineage))
        } else {
            try output.show(
                LineageRows(lineage).rows, columns: LineageRows.columns, empty: "nothing is known of it")
        }
        if lineage["is_cut"]?.boolValue == true { output.warn("there is more than is shown") }
        if let svg {
            try FileAccess.replace(svg, text: picture.svg)
            output.say("drawn into \(svg)")
        }
    }
}

/// `lineage model`, or no word at all
struct LineageModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Of a version of a model.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: LineageOptions

    @Argument(help: ArgumentHelp("NAME@VERSION, NAME@ALIAS or NAME@latest.", valueName: "model"))
    var model: String

    func run() async throws {
        try await options.show(try Invocation(global)) { _ in [("model", model)] }
    }
}

/// `lineage artifact`
struct LineageArtifactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "artifact", abstract: "Of a file: by its SHA-256, or by DAG, run, task and name.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: LineageOptions

    @Argument(help: ArgumentHelp("The hash; or DAG, run, task and name.", valueName: "artifact"))
    var place: [String]

    @Option(help: "Which instance of a mapped task.")
    var mapIndex: Int?

    func validate() throws {
        guard place.count == 1 || place.count == 4 else {
            throw ValidationError("name it by its SHA-256, or by DAG RUN TASK NAME")
        }
    }

    func run() async throws {
        try await options.show(try Invocation(global)) { client in
            guard place.count == 4 else { return [("sha256", place[0].lowercased())] }
            let address = try await client.address(dag: place[0], run: place[1])
            return [
                ("dag_id", address.dag), ("run_id", address.run), ("task_id", place[2]),
                ("artifact", place[3]),
                ("map_index", mapIndex.map { "\($0)" }),
            ]
        }
    }
}

/// `lineage run`
struct LineageRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Of a run.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: LineageOptions
    @OptionGroup var place: RunArguments

    func run() async throws {
        try await options.show(try Invocation(global)) { client in
            let address = try await client.address(place)
            return [("dag_id", address.dag), ("run_id", address.run)]
        }
    }
}

/// A lineage as a table: what came first above what came of it.
struct LineageRows {
    let rows: [JSONObject]

    init(_ lineage: JSONObject) {
        let nodes = lineage["nodes"]?.arrayValue?.compactMap(\.objectValue) ?? []
        let titles = Dictionary(
            nodes.map { ($0["id"]?.stringValue ?? "", $0["title"] ?? .null) },
            uniquingKeysWith: { first, _ in first })
        let sources = Dictionary(grouping: lineage["edges"]?.arrayValue ?? []) { $0["to"]?.stringValue ?? "" }
        let starts = Set((lineage["starts"]?.arrayValue ?? []).compactMap(\.stringValue))
        rows = nodes.enumerated().sorted {
            ($0.element["layer"]?.intValue ?? 0, $0.offset) < ($1.element["layer"]?.intValue ?? 0, $1.offset)
        }.map { _, node in
            let id = node["id"]?.stringValue ?? ""
            let from = (sources[id] ?? []).compactMap { titles[$0["from"]?.stringValue ?? ""]?.stringValue }
            return [
                "asked": .bool(starts.contains(id)), "kind": node["kind"] ?? .null,
                "title": node["title"] ?? .null, "details": .string(Self.details(node)),
                "from": .array(from.map(JSONValue.string)),
            ]
        }
    }

    private static func details(_ node: JSONObject) -> String {
        (node["details"]?.arrayValue ?? []).map { detail in
            let value = detail["value"]?.stringValue ?? ""
            let isHash = value.utf8.count == 64 && value.allSatisfy(\.isHexDigit)
            return "\(detail["name"]?.stringValue ?? "")=\(isHash ? String(value.prefix(12)) : value)"
        }.joined(separator: " ")
    }

    static let columns: [Column] = [
        .text("KIND", "kind"),
        Column("WHAT") { row in
            .init((row["title"] ?? .null).displayText, style: row["asked"]?.boolValue == true ? .bold : nil)
        },
        Column("COMES FROM") { .init(($0["from"] ?? .null).displayText) }, .text("DETAILS", "details"),
    ]
}
