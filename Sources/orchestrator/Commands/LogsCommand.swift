import ArgumentParser

/// `logs`
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "What a task printed.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: TaskArguments

    @Option(name: .customLong("try"), help: "Which try; default the last one.")
    var tryNumber: Int?

    @Flag(name: .shortAndLong, help: "Go on until the task ends.")
    var follow = false

    func run() async throws {
        let invocation = try Invocation(global)
        // Without anybody who runs the task its log would never end.
        let isFollowing = try follow && invocation.remoteClient() != nil
        try await invocation.withAPI(.records) { client in
            let address = try await client.address(place.place)
            let pieces = try await client.bytes(
                address.task(place.task) + ["logs"],
                query: [
                    ("try", tryNumber.map { "\($0)" }), ("map_index", place.mapIndex.map { "\($0)" }),
                    ("follow", isFollowing ? "true" : nil),
                ])
            var filter = LogFilter(isForTerminal: invocation.output.results.isInteractive)
            for try await piece in pieces { try invocation.output.results.write(bytes: filter.take(piece)) }
        }
    }
}
