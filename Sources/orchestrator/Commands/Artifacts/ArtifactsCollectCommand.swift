import ArgumentParser
import JSONText

/// `artifacts gc`
struct ArtifactsCollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Remove kept files that no run and no version of a model names any more."
    )

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Only say what would go.")
    var dryRun = false

    func run() async throws {
        let invocation = try Invocation(global)
        let report = try await invocation.withAPI(.records) { client in
            try await client.json(
                APIRequest(
                    .post, ArtifactsCommand.parts + ["gc"], query: [("dry_run", dryRun ? "true" : "false")]))
        }
        if invocation.output.format == .json { return try invocation.output.show(json: report) }
        let files = report["artifact_files"]?.intValue ?? 0
        let bytes = ByteCount.text(report["artifact_bytes"]?.intValue ?? 0)
        invocation.output.say("\(dryRun ? "would remove" : "removed") \(files) files, \(bytes)")
    }
}
