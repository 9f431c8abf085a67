import ArgumentParser
import Glibc
import JSONText

/// `trigger`
struct TriggerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger", abstract: "Ask the daemon for a run; prints the run's id.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var request: RunRequestOptions

    @Argument(help: ArgumentHelp("The DAG's id.", valueName: "dag"))
    var dag: String

    @Flag(help: "Wait for the run's end; exit 0 if it is a success, 1 if not.")
    var wait = false

    @Flag(help: "Wait, and show the progress.")
    var follow = false

    func run() async throws {
        let invocation = try Invocation(global)
        let output = invocation.output
        let body = try request.body()
        guard let client = try invocation.remoteClient() else {
            throw CommandFailure.noDaemon(home: invocation.configuration.home)
        }
        let run = try await client.post(["api", "v1", "dags", dag, "runs"], body: .object(body))
        let runID = run["run_id"]?.stringValue ?? ""
        if output.format != .json { try output.line(runID) }
        guard wait || follow else {
            if output.format == .json { try output.show(json: run) }
            return
        }
        let follower = RunFollower(client: client, address: RunAddress(dag: dag, run: runID))
        let end = try await follower.follow(showingIn: follow ? output.messages : nil)
        if output.format == .json { try output.showRun(end.object) }
        try end.endCommand()
    }
}
