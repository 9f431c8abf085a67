import ArgumentParser
import JSONText

/// `experiments`: runs by their params and metrics.
struct ExperimentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiments", abstract: "Compare runs of a DAG by their params and metrics.",
        subcommands: [
            ExperimentsListCommand.self, ExperimentsShowCommand.self, ExperimentsCompareCommand.self,
        ])

    static let parts = ["api", "v1", "experiments"]
}

/// `experiments list`
struct ExperimentsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The DAGs whose tasks have reported metrics.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { try await $0.rows(ExperimentsCommand.parts) }
        let columns: [Column] = [
            .text("DAG", "dag_id"), .text("RUNS", "runs"), .text("LAST RUN", "last_run"),
            .instant("STARTED", "last_start"),
        ]
        try invocation.output.show(rows, columns: columns, empty: "no task has reported a metric")
    }
}

/// Which runs, or trials of a task, are compared.
struct ExperimentOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The DAG's id.", valueName: "dag"))
    var dag: String

    @Argument(help: ArgumentHelp("Only these runs.", valueName: "run"))
    var runs: [String] = []

    @Option(help: ArgumentHelp("The newest so many runs.", valueName: "count"))
    var last = 20

    @Option(help: ArgumentHelp("Compare the instances of this task instead of runs.", valueName: "task"))
    var task: String?

    func validate() throws {
        guard (1...1_000).contains(last) else { throw ValidationError("--last must be from 1 to 1000") }
    }

    func rows(_ invocation: Invocation) async throws -> [JSONObject] {
        try await invocation.withAPI(.records) { client in
            var query: [(String, String?)] = [("last", "\(last)"), ("task_id", task)]
            for run in runs {
                query.append(("run_id", try await client.address(dag: dag, run: run).run))
            }
            return try await client.rows(ExperimentsCommand.parts + [dag], query: query)
        }
    }
}

/// `experiments show`
struct ExperimentsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "All params and metrics of the newest runs, also while they run.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ExperimentOptions

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await options.rows(invocation)
        let table = ExperimentTable(rows, metrics: [], differingOnly: false, goal: nil)
        try invocation.output.show(rows, columns: table.columns, empty: "no runs")
    }
}

/// `experiments compare`
struct ExperimentsCompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Params that differ, and metrics with the best of each marked.",
        discussion: """
            Metrics whose name speaks of a loss or an error are best when small, all others when large; --min and --max say \
            otherwise.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: ExperimentOptions

    @Option(
        help: ArgumentHelp(
            "A metric to compare; all if none is named. The first one sorts.", valueName: "name"))
    var metric: [String] = []

    @Flag(name: .customLong("min"), help: "The smallest value is best.")
    var isMinimum = false

    @Flag(name: .customLong("max"), help: "The largest value is best.")
    var isMaximum = false

    func validate() throws {
        if isMinimum, isMaximum { throw ValidationError("--min and --max exclude each other") }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let goal: ExperimentTable.Goal? = isMinimum ? .minimum : isMaximum ? .maximum : nil
        var rows = try await options.rows(invocation)
        let table = ExperimentTable(rows, metrics: metric, differingOnly: true, goal: goal)
        if let missing = metric.first(where: { name in !rows.contains { $0["metrics"]?[name] != nil } }) {
            let names = Set(rows.flatMap { $0["metrics"]?.objectValue?.keys ?? [] }).sorted()
            throw CommandFailure(
                .notFound, "no run reported \(missing)",
                hint: names.isEmpty ? nil : "there is \(names.prefix(20).joined(separator: ", "))")
        }
        if let first = metric.first { rows = table.sorted(rows, by: first) }
        try invocation.output.show(rows, columns: table.columns, empty: "no runs")
    }
}
