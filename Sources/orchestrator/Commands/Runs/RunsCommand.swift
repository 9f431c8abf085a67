import ArgumentParser
import JSONText

/// `runs`: the runs of DAGs.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List, show, cancel, clear, mark, delete, export, import and wait for runs.",
        subcommands: [
            RunsListCommand.self, RunsShowCommand.self, RunsCancelCommand.self, RunsClearCommand.self,
            RunsMarkCommand.self, RunsDeleteCommand.self, RunsWaitCommand.self, RunsDiffCommand.self,
            RunsExportCommand.self, RunsImportCommand.self,
            RunsPinCommand.self, RunsUnpinCommand.self,
        ])
}

/// `runs list`
struct RunsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The newest runs first.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("Only runs of this DAG.", valueName: "dag"))
    var dag: String?

    @Option(help: "Only runs in this state: queued, running, success, failed or cancelled.")
    var state: String?

    @Option(help: "At most so many.")
    var limit = 25

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000") }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            let parts = dag.map { ["api", "v1", "dags", $0, "runs"] } ?? ["api", "v1", "runs"]
            return try await client.rows(parts, query: [("state", state), ("limit", "\(limit)")])
        }
        let rowsWithCauses = rows.map { row -> JSONObject in
            guard invocation.output.format == .table, let cause = row.causeText else { return row }
            return row.merging(["cause": .string(cause)])
        }
        let hasCauses = rowsWithCauses.contains { $0["cause"] != nil }
        try invocation.output.show(
            rowsWithCauses, columns: Self.columns + (hasCauses ? [.text("CAUSE", "cause")] : []),
            empty: "no runs")
    }

    static let columns: [Column] = [
        .text("DAG", "dag_id"), .text("RUN", "run_id"), .state(), .instant("STARTED", "start_date"),
        .duration(),
        .text("BY", "triggered_by"), .text("NOTE", "note"),
    ]
}

extension JSONObject {
    /// What of `retrain_when` started a run, in one line; nil for other runs.
    fileprivate var causeText: String? {
        let causes = (self["causes"]?.arrayValue ?? []).compactMap { $0["sentence"]?.stringValue }
        return causes.isEmpty ? nil : causes.joined(separator: "; ")
    }
}
