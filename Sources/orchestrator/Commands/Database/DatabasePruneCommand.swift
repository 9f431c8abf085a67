import ArgumentParser
import DAGDomain
import DAGLoading
import JSONText
import SchedulerService

/// `db prune`
struct DatabasePruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract:
            "Remove updates of assets, and keys of webhook messages, that are old and that nothing needs.",
        discussion: """
            Kept are: updates that wait for a DAG, updates that a run used which is still there, the newest update of each
            asset, and keys of messages of the last 7 days.
            """)

    @OptionGroup var global: GlobalOptions

    @Option(
        help: ArgumentHelp("Remove what is older than this, such as 90d or 36h.", valueName: "duration"),
        transform: Self.age)
    var olderThan: Duration

    private static func age(_ text: String) throws -> Duration {
        guard let duration = try? DurationText.parse(text), duration >= .zero else {
            throw ValidationError("--older-than is a duration such as 90d, 36h or P90D")
        }
        return duration
    }

    func run() async throws {
        let invocation = try Invocation(global)
        try InspectedDatabase.requireHome(invocation.configuration.home)
        let instant = WallClock.now() - olderThan
        let result = try await invocation.withAPI(.records) { client in
            try await client.post(["api", "v1", "prune"], body: ["before": .string(instant.rfc3339)])
        }
        if invocation.output.format == .json { return try invocation.output.show(json: result) }
        let count = { (key: String) in result[key]?.intValue ?? 0 }
        invocation.output.say(
            "removed \(count("asset_events")) updates of assets and \(count("webhook_deliveries")) keys of messages "
                + "from before \(instant.rfc3339.withoutFraction)")
    }
}
