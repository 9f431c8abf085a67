import ArgumentParser
import JSONText

/// `dags list`
struct DAGsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All DAGs, and the files that are broken.")

    @OptionGroup var global: GlobalOptions

    @Option(help: "Only DAGs with this tag.")
    var tag: String?

    @Flag(help: "Only paused DAGs.")
    var paused = false

    func run() async throws {
        let invocation = try Invocation(global)
        let (dags, broken) = try await invocation.withAPI(.records) { client in
            (
                try await client.rows(["api", "v1", "dags"]),
                try await client.rows(["api", "v1", "import-errors"])
            )
        }
        let chosen = dags.filter { dag in
            (!paused || dag["is_paused"] == true) && (tag.map { dag.hasTag($0) } ?? true)
        }
        try invocation.output.show(
            chosen, columns: Self.columns,
            empty:
                "no DAGs in \(invocation.configuration.dagFolder); `orchestrator init DIR` writes a first one"
        )
        for file in broken {
            let path = file["path"]?.stringValue ?? ""
            let count = file["errors"]?.arrayValue?.count ?? 0
            invocation.output.warn(
                "\(path) has \(count) error\(count == 1 ? "" : "s"): `orchestrator validate \(path)`")
        }
    }

    private static let columns: [Column] = [
        .text("DAG", "dag_id"),
        .text("SCHEDULE", "schedule"),
        Column("PAUSED") { .init($0["is_paused"] == true ? "paused" : "", style: .yellow) },
        .instant("NEXT", "next_logical_date"),
        Column("LATEST RUN") { dag in
            let state = dag["latest_run"]?["state"]?.stringValue ?? ""
            return .init(state, style: StateLook(state: state).style)
        },
        .text("ACTIVE", "active_runs"),
        .text("TASKS", "task_count"),
        .text("TAGS", "tags"),
        Column("FILE") { .init($0["has_import_errors"] == true ? "broken" : "", style: .red) },
    ]
}

extension JSONObject {
    fileprivate func hasTag(_ tag: String) -> Bool {
        self["tags"]?.arrayValue?.contains(.string(tag)) ?? false
    }
}
