import ArgumentParser
import JSONText

/// `run`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract:
            "One run of a DAG in the foreground, no daemon needed. Exit 0 if it is a success, 1 if not.",
        discussion: """
            Ctrl-C cancels the run and ends when its tasks have ended; a second Ctrl-C leaves at once.
            Where a daemon holds the home, the daemon does the run and this command follows it.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var request: RunRequestOptions

    @Argument(help: ArgumentHelp("The DAG's id, or the path of a DAG file.", valueName: "dag-or-file"))
    var target: String

    @Option(help: "Tasks that run at once in all. Default: 32")
    var parallelism: Int?

    func run() async throws {
        var options: [Setting: String] = [:]
        options[.parallelism] = parallelism.map { "\($0)" }
        let invocation = try Invocation(global, options: options)
        let order = try RunOrder(target: target, body: request.body())
        let run = try await ForegroundRun(invocation: invocation, order: order).perform()
        if invocation.output.format == .json { try invocation.output.show(json: .object(run.result)) }
        try run.endCommand()
    }
}
