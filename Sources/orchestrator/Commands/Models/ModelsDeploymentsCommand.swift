import ArgumentParser
import JSONText

/// `models deployments`
struct ModelsDeploymentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deployments",
        abstract: "What was done to bring versions into service, and what is under way; the newest first.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Only this model.")
    var name: String?

    @Option(help: "How many.")
    var limit = 50

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000") }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            let parts = name.map { ModelAddress($0).parts } ?? ["api", "v1"]
            return try await client.rows(parts + ["deployments"], query: [("limit", "\(limit)")])
        }
        try invocation.output.show(
            rows, columns: name == nil ? [.text("MODEL", "model")] + Self.columns : Self.columns,
            empty: "nothing was deployed")
    }

    private static let columns: [Column] = [
        .instant("STARTED", "started_at"), .instant("ENDED", "ended_at"), .text("VERSION", "version"),
        .text("ALIAS", "alias"),
        .text("STRATEGY", "strategy"), .text("STATE", "state"), .text("BEFORE", "previous_version"),
        Column("BY") { .init(ModelText.origin($0)) }, .text("DETAIL", "detail"),
    ]
}
