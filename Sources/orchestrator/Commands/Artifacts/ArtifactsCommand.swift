import ArgumentParser
import JSONText

/// `artifacts`: files that tasks left, kept by their content.
struct ArtifactsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "artifacts", abstract: "List, show and fetch files that tasks left.",
        subcommands: [
            ArtifactsListCommand.self, ArtifactsShowCommand.self, ArtifactsGetCommand.self,
            ArtifactsCollectCommand.self,
        ])

    static let parts = ["api", "v1", "artifacts"]
}

/// `artifacts list`
struct ArtifactsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Artifacts, those of the newest runs first.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("Only those of a DAG.", valueName: "dag"))
    var dag: String?

    @Argument(help: ArgumentHelp("Only those of a run, or of the `latest`.", valueName: "run"))
    var run: String?

    @Argument(help: ArgumentHelp("Only those of a task.", valueName: "task"))
    var task: String?

    @Option(help: ArgumentHelp("Only those of this name.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
    var limit = 50

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000") }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            var query: [(String, String?)] = [("dag_id", dag), ("limit", "\(limit)")]
            query += [("task_id", task), ("name", name)]
            if let dag, let run {
                query.append(("run_id", try await client.address(dag: dag, run: run).run))
            }
            return try await client.rows(ArtifactsCommand.parts, query: query)
        }
        try invocation.output.show(rows, columns: Self.columns, empty: "no artifacts")
    }

    static let columns: [Column] = [
        .text("DAG", "dag_id"), .text("RUN", "run_id"),
        Column("TASK") { .init(InstanceName($0).text) }, .text("NAME", "name"),
        Column("SIZE") { .init(ByteCount.text($0["size_bytes"]?.intValue ?? 0)) },
        Column("ROWS") { .init(($0["dataset"]?["rows"] ?? .null).displayText) },
        Column("COLUMNS") { row in
            .init((row["dataset"]?["columns"]?.arrayValue?.count).flatMap { $0 > 0 ? "\($0)" : nil } ?? "")
        },
        Column("SHA-256") { .init(String(($0["sha256"]?.stringValue ?? "").prefix(12)), style: .dim) },
    ]
}

/// `artifacts show`
struct ArtifactsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A content: what is in it, and which tasks made and read it.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The hash, or enough of its beginning.", valueName: "sha256"))
    var sha256: String

    func run() async throws {
        let invocation = try Invocation(global)
        let content = try await invocation.withAPI(.records) { client in
            try await client.object(ArtifactsCommand.parts + [sha256])
        }
        let output = invocation.output
        guard output.format == .table else { return try output.show(content) }
        let dataset = content["dataset"] ?? .null
        let summary: JSONObject = [
            "sha256": content["sha256"] ?? .null, "size_bytes": content["size_bytes"] ?? .null,
            "format": dataset["format"] ?? .null, "rows": dataset["rows"] ?? .null,
            "columns": .string(Self.columns(dataset)), "problem": dataset["problem"] ?? .null,
            "made_by": .string(Self.places(content["made_by"])),
            "read_by": .string(Self.places(content["read_by"])),
        ]
        try output.show(summary.withoutEmpty)
    }

    static func columns(_ dataset: JSONValue) -> String {
        (dataset["columns"]?.arrayValue ?? []).map { column in
            let type = (column["type"] ?? .null).displayText
            return (column["name"] ?? .null).displayText + (type.isEmpty ? "" : " \(type)")
        }.joined(separator: ", ")
    }

    private static func places(_ rows: JSONValue?) -> String {
        (rows?.arrayValue ?? []).compactMap(\.objectValue).map { row in
            let names = [row["dag_id"], row["run_id"]].map { ($0 ?? .null).displayText }
            return "\(names.joined(separator: "/"))/\(InstanceName(row).text)"
        }.joined(separator: ", ")
    }
}
