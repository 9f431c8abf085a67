import ArgumentParser

/// `plan`
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Which scheduled runs of which DAG start when.")

    @OptionGroup var global: GlobalOptions

    @Option(help: "How far to look ahead.")
    var days = 7

    func validate() throws {
        guard (1...3_660).contains(days) else { throw ValidationError("--days must be from 1 to 3660") }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            try await client.rows(["api", "v1", "plan"], query: [("days", "\(days)")])
        }
        let columns = [Column.text("DAG", "dag_id")] + DAGsNextCommand.columns
        let span = days == 1 ? "day" : "\(days) days"
        try invocation.output.show(rows, columns: columns, empty: "no scheduled run in the next \(span)")
    }
}
