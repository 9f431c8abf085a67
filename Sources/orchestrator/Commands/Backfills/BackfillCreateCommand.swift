import ArgumentParser
import DAGDomain
import JSONText

/// `backfill create`
struct BackfillCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make the runs of a DAG's schedule between two dates.",
        discussion: """
            Both dates are inclusive and are compared with the logical dates of the schedule. A date that has a \
            run already is left alone, unless --reprocess says otherwise; queued and running runs always are.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The DAG's id.", valueName: "dag"))
    var dag: String

    @Option(help: ArgumentHelp("The first logical date (RFC 3339).", valueName: "time"))
    var from: String

    @Option(help: ArgumentHelp("The last logical date (RFC 3339).", valueName: "time"))
    var to: String

    @Flag(help: "Only list the runs that would be made.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "Finished runs that run again: none, failed (also cancelled ones) or completed (all).",
            valueName: "which"))
    var reprocess: Reprocess = .none

    @Option(help: "Runs of this backfill at one time, whatever the DAG's own limit is.")
    var maxActiveRuns = 10

    @Flag(help: "Begin with the newest date.")
    var backwards = false

    @Flag(help: "One run for all dates, whose data interval spans them.")
    var collapse = false

    @Option(
        name: .customLong("param"),
        help: ArgumentHelp("A parameter; repeat for more. Wins over --conf.", valueName: "name=value"))
    var parameters: [String] = []

    @Option(help: ArgumentHelp("Parameters as a JSON object, or @FILE with one.", valueName: "json"))
    var conf: String?

    @Option(
        name: .customLong("dag-version"),
        help: ArgumentHelp(
            "The version of the DAG for the new runs: its number, or the beginning of its hash.",
            valueName: "version"))
    var version: String?

    @Flag(help: "New runs are of the newest version; this is what happens without --dag-version.")
    var runOnLatestVersion = false

    @Flag(help: "Run every task, also those that an earlier success could serve.")
    var noCache = false

    enum Reprocess: String, ExpressibleByArgument, CaseIterable {
        case none, failed, completed
    }

    func validate() throws {
        guard maxActiveRuns >= 1 else { throw ValidationError("--max-active-runs must be 1 or more") }
        guard !runOnLatestVersion || version == nil else {
            throw ValidationError("--run-on-latest-version and --dag-version exclude each other")
        }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let body = JSONValue.object(try body())
        let path = ["api", "v1", "backfills"]
        if dryRun {
            let answer = try await invocation.withAPI(.records) { client in
                try await client.post(path + ["dry_run"], body: body)
            }
            let rows = answer["items"]?.arrayValue?.compactMap(\.objectValue) ?? []
            return try invocation.output.show(rows, columns: Self.columns, empty: "nothing to run")
        }
        let made = try await invocation.withAPI(.daemon) { try await $0.post(path, body: body) }
        let output = invocation.output
        if output.format == .json { return try output.show(json: made) }
        try output.line((made["id"] ?? .null).displayText)
        let runs = made.objectValue.map { BackfillText.runs($0) } ?? ""
        output.say(
            made["total_runs"] == 0
                ? "nothing to run: every date has a run already" : "backfill of \(dag): \(runs)")
    }

    private func body() throws -> JSONObject {
        var body = JSONObject()
        body["dag_run_conf"] = try RunRequestOptions.configuration(conf).map(JSONValue.object)
        if !parameters.isEmpty {
            body["params"] = .array(try parameters.map { try RunRequestOptions.parameter($0) })
        }
        body["dag_id"] = .string(dag)
        body["from_date"] = .string(try Timestamp(rfc3339: from).rfc3339)
        body["to_date"] = .string(try Timestamp(rfc3339: to).rfc3339)
        body["max_active_runs"] = .integer(Int64(maxActiveRuns))
        body["reprocess_behavior"] = .string(reprocess.rawValue)
        body["run_backwards"] = .bool(backwards)
        body["collapse"] = .bool(collapse)
        if noCache { body["no_cache"] = true }
        body["version"] = version.map(JSONValue.string)
        return body
    }

    private static let columns: [Column] = [
        .instant("LOGICAL DATE (UTC)", "logical_date"), .text("LOCAL TIME", "local_time"),
        .text("RUN", "run_id"),
        Column("AGAIN") { .init($0["reprocess"] == true ? "yes" : "") },
    ]
}
