import ArgumentParser

/// The root of the command tree.
struct OrchestratorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orchestrator",
        abstract: "Runs DAGs of tasks: on a schedule, on demand, and again after a crash.",
        discussion: """
            A first run: `orchestrator init demo && orchestrator run demo/hello.json`.
            Completions: `orchestrator completions install`.
            """,
        version: ProgramVersion.text,
        subcommands: [PerformCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Running",
                subcommands: [
                    StartCommand.self, RunCommand.self, TriggerCommand.self, ReproduceCommand.self,
                    StatusCommand.self,
                ]),
            CommandGroup(
                name: "Looking and changing",
                subcommands: [
                    DAGsCommand.self, RunsCommand.self, TasksCommand.self, LogsCommand.self, WhyCommand.self,
                    ApprovalsCommand.self, NoticesCommand.self, BackfillCommand.self, PlanCommand.self,
                    ArtifactsCommand.self, LineageCommand.self, ExperimentsCommand.self, AssetsCommand.self,
                    ModelsCommand.self, HooksCommand.self,
                    PoolsCommand.self,
                    VariablesCommand.self, ConnectionsCommand.self,
                ]),
            CommandGroup(
                name: "Without a daemon",
                subcommands: [
                    ValidateCommand.self, ImportCommand.self, CronCommand.self, SchemaCommand.self,
                    InitCommand.self, DriftCommand.self, ProfileCommand.self,
                    DatabaseCommand.self,
                    DoctorCommand.self, CompletionsCommand.self,
                ]),
        ])
}
