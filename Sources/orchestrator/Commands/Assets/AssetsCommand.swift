import ArgumentParser
import JSONText

/// `assets`: what tasks update and DAGs wait for.
struct AssetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assets", abstract: "Data that tasks update and DAGs are scheduled on.",
        subcommands: [
            AssetsListCommand.self, AssetsShowCommand.self, AssetsSetCommand.self, AssetsDeleteCommand.self,
            AssetsExportCommand.self, AssetsImportCommand.self, AssetsEventsCommand.self,
            AssetsEmitCommand.self, AssetsQueuedCommand.self, AssetsDropCommand.self,
            AssetsAliasesCommand.self,
        ])

    static let parts = ["api", "v1", "assets"]
}

/// `assets list`
struct AssetsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The assets that the DAG files name, and those that people or running tasks made.")

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Also assets that no DAG file names any more.")
    var all = false

    @Option(name: .customLong("dag"), help: ArgumentHelp("Only assets of this DAG.", valueName: "dag"))
    var dag: String?

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            try await client.rows(
                AssetsCommand.parts, query: [("only_active", all ? "false" : "true"), ("dag_ids", dag)])
        }
        try invocation.output.show(rows, columns: Self.columns, empty: "no assets")
    }

    static let columns: [Column] = [
        .text("ID", "id"), .text("URI", "uri"),
        Column("UPDATED BY") { .init(AssetText.tasks($0, "producing_tasks")) },
        Column("STARTS") { .init(AssetText.names($0, "scheduled_dags", "dag_id")) },
        Column("LAST UPDATE") {
            .init(($0["last_asset_event"]?["timestamp"]?.stringValue ?? "never").withoutFraction)
        },
    ]
}

/// `assets show`
struct AssetsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "An asset, who updates it and who waits for it.", aliases: ["get"])

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The asset's URI.")
    var uri: String

    func run() async throws {
        let invocation = try Invocation(global)
        let asset = try await invocation.withAPI(.records) { client in
            try await client.object(AssetsCommand.parts + ["show"], query: [("uri", uri)])
        }
        guard invocation.output.format == .table else { return try invocation.output.show(asset) }
        var facts = asset.withoutEmpty
        for (key, value) in [
            ("producing_tasks", AssetText.tasks(asset, "producing_tasks")),
            ("consuming_tasks", AssetText.tasks(asset, "consuming_tasks")),
            ("scheduled_dags", AssetText.names(asset, "scheduled_dags", "dag_id")),
            ("watchers", AssetText.names(asset, "watchers", "name")),
            ("aliases", AssetText.names(asset, "aliases", "name")),
            ("last_asset_event", asset["last_asset_event"]?["timestamp"]?.stringValue ?? "never"),
        ] where facts[key] != nil || key == "last_asset_event" {
            facts[key] = .string(value)
        }
        try invocation.output.show(facts)
    }
}

/// `assets events`
struct AssetsEventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Updates of an asset, or of all, the newest first.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The asset's URI.")
    var uri: String?

    @Option(
        name: .customLong("dag"), help: ArgumentHelp("Only updates by tasks of this DAG.", valueName: "dag"))
    var dag: String?

    @Option(help: "How many.")
    var limit = 50

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000") }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            try await client.rows(
                AssetsCommand.parts + ["events"],
                query: [("uri", uri), ("source_dag_id", dag), ("limit", "\(limit)")])
        }
        try invocation.output.show(rows, columns: Self.columns, empty: "no updates")
    }

    static let columns: [Column] = [
        .text("ID", "id"), .text("URI", "uri"), .instant("TIME", "timestamp"),
        Column("BY") { .init(AssetText.source($0)) }, .text("EXTRA", "extra"),
        Column("STARTED") { .init(AssetText.runs($0)) },
    ]
}

/// How assets and their events are told to people.
enum AssetText {
    static func names(_ row: JSONObject, _ list: String, _ key: String) -> String {
        (row[list]?.arrayValue ?? []).compactMap { $0[key]?.stringValue }.joined(separator: ", ")
    }

    static func tasks(_ row: JSONObject, _ list: String) -> String {
        (row[list]?.arrayValue ?? []).map { task in
            "\((task["dag_id"] ?? .null).displayText).\((task["task_id"] ?? .null).displayText)"
        }.joined(separator: ", ")
    }

    static func source(_ event: JSONObject) -> String {
        guard let dag = event["source_dag_id"]?.stringValue else {
            return event["source"]?.stringValue ?? ""
        }
        let task = (event["source_task_id"] ?? .null).displayText
        let index = event["source_map_index"]?.intValue ?? -1
        return "\(dag).\(task)" + (index < 0 ? "" : "[\(index)]")
    }

    static func runs(_ event: JSONObject) -> String {
        (event["created_dagruns"]?.arrayValue ?? []).map { run in
            "\((run["dag_id"] ?? .null).displayText) \((run["run_id"] ?? .null).displayText)"
        }.joined(separator: ", ")
    }
}
