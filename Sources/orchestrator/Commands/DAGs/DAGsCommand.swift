import ArgumentParser

/// `dags`: what is known about DAGs.
struct DAGsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dags", abstract: "List, show, pause, preview and draw DAGs.",
        subcommands: [
            DAGsListCommand.self, DAGsShowCommand.self, DAGsPauseCommand.self, DAGsUnpauseCommand.self,
            DAGsNextCommand.self, DAGsGraphCommand.self, DAGsDeleteCommand.self,
        ])
}

/// The argument DAG of a command.
struct DAGArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The DAG's id.", valueName: "dag"))
    var dag: String

    /// Where the DAG is in the API.
    var parts: [String] { ["api", "v1", "dags", dag] }
}
