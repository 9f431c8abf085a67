import ArgumentParser

/// `runs wait`
struct RunsWaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until a run ends; exit 0 if it is a success, 1 if not.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: RunArguments

    @Flag(help: "Show the progress.")
    var follow = false

    func run() async throws {
        let invocation = try Invocation(global)
        let recorded = try await finishedWithoutDaemon(invocation)
        let run: FollowedRun
        if let recorded {
            run = recorded
        } else {
            run = try await invocation.withAPI(.daemon) { client in
                let address = try await client.address(place)
                return try await RunFollower(client: client, address: address)
                    .follow(showingIn: follow ? invocation.output.messages : nil)
            }
        }
        if invocation.output.format == .json { try invocation.output.showRun(run.object) }
        try run.endCommand()
    }

    /// Without a daemon a run that has ended is an answer too; one that has not would never end.
    private func finishedWithoutDaemon(_ invocation: Invocation) async throws -> FollowedRun? {
        guard try invocation.remoteClient() == nil else { return nil }
        let run = try await invocation.withAPI(.records) { client in
            FollowedRun(object: try await client.details(client.address(place)))
        }
        return run.isFinished ? run : nil
    }
}
