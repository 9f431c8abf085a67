import ArgumentParser
import JSONText

/// `runs cancel`
struct RunsCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End a run: its running tasks are ended, the others never start.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: RunArguments

    func run() async throws {
        let invocation = try Invocation(global)
        let run = try await invocation.withAPI(.daemon) { client in
            let address = try await client.address(place)
            return try await client.post(address.parts + ["cancel"], body: [:])
        }
        if invocation.output.format == .json { return try invocation.output.show(json: run) }
        let isEnded = run["state"]?.stringValue == "cancelled"
        let runID = run["run_id"]?.stringValue ?? place.run
        invocation.output.say("\(runID) is \(isEnded ? "cancelled" : "being cancelled")")
    }
}
