import ArgumentParser
import JSONText

/// `tasks`: the tasks of a DAG, or of one of its runs.
struct TasksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: "List, show, clear, mark, try and render tasks; see their outputs.",
        subcommands: [
            TasksListCommand.self, TasksShowCommand.self, TasksClearCommand.self, TasksMarkCommand.self,
            TasksOutputsCommand.self, TasksRenderCommand.self, TasksTestCommand.self,
        ])
}

/// `tasks list`
struct TasksListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The tasks of a DAG, or with a run their states in it.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: DAGArgument

    @Argument(help: ArgumentHelp("The run's id, or `latest`.", valueName: "run"))
    var run: String?

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            guard let run else {
                let details = try await client.object(argument.parts)
                return details["tasks"]?.arrayValue?.compactMap(\.objectValue) ?? []
            }
            let address = try await client.address(RunArguments(dag: argument.dag, run: run))
            return try await client.details(address).instances
        }
        let columns = run == nil ? Self.definitionColumns : Self.instanceColumns
        try invocation.output.show(rows, columns: columns, empty: "no tasks")
    }

    static let definitionColumns: [Column] = [
        .text("TASK", "task_id"), .text("TYPE", "type"), .text("DEPENDS ON", "depends_on"),
        .text("RULE", "trigger_rule"), .text("RETRIES", "retries"), .text("POOL", "pool"),
        .text("MAPPED BY", "mapping"),
        .text("DESCRIPTION", "description"),
    ]

    static let instanceColumns: [Column] = [
        Column("TASK") { .init(InstanceName($0).text) },
        .state(),
        .text("TRY", "try_number"),
        .instant("STARTED", "start_date"),
        .duration(),
        .text("REASON", "reason"),
    ]
}
