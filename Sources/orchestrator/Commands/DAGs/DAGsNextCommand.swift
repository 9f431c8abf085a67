import ArgumentParser
import JSONText

/// `dags next`
struct DAGsNextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next", abstract: "The coming runs of a DAG, with local time and daylight-saving marks.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: DAGArgument

    @Option(help: "How many.")
    var count = 10

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("--count must be from 1 to 10000") }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let (rows, assets) = try await invocation.withAPI(.records) { client in
            let rows = try await client.rows(argument.parts + ["next"], query: [("count", "\(count)")])
            return (rows, try await client.object(argument.parts)["assets"]?["sentence"]?.stringValue)
        }
        let empty = assets ?? "has no schedule, or it has ended"
        try invocation.output.show(rows, columns: Self.columns, empty: "\(argument.dag) \(empty)")
        if let assets, !rows.isEmpty { invocation.output.say("besides, \(argument.dag) \(assets)") }
    }

    static let columns: [Column] = [
        .instant("LOGICAL DATE (UTC)", "logical_date"),
        .text("LOCAL TIME", "local_time"),
        .instant("STARTS (UTC)", "run_after"),
        Column("CLOCK CHANGE") { .init(($0["daylight_saving"] ?? .null).displayText, style: .yellow) },
    ]
}
