import ArgumentParser
import DAGDomain
import JSONText

/// `db prune`
struct DatabasePruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove old finished runs, and the artifacts that only they needed.",
        discussion: """
            A pinned run, a run that made a version of a model, and what they need, stay; so does the newest run of each \
            DAG. With both --older-than and --keep a run goes when both let it. With an age and without a DAG, updates of \
            assets and keys of webhook messages of that age go as well, but for those that wait for a DAG, that a run used \
            which stays, and the newest of each asset.
            """)

    @OptionGroup var global: GlobalOptions

    @Option(help: ArgumentHelp("Only runs that ended so long ago: 30d, 12h.", valueName: "age"))
    var olderThan: String?

    @Option(help: ArgumentHelp("Of each DAG the newest so many runs stay; 1 if absent.", valueName: "count"))
    var keep: Int?

    @Option(help: ArgumentHelp("Only runs of this DAG.", valueName: "dag"))
    var dag: String?

    @Flag(help: "Only say what would go.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func validate() throws {
        guard olderThan != nil || keep != nil else {
            throw ValidationError("say what may go: --older-than AGE, --keep COUNT or both")
        }
        if let keep, keep < 0 { throw ValidationError("--keep must be 0 or more") }
        _ = try age()
    }

    /// Seconds.
    private func age() throws -> Double? {
        guard let olderThan else { return nil }
        guard let duration = try? DurationText.parse(olderThan) else {
            throw ValidationError("--older-than must be a duration such as 30d or 12h")
        }
        return duration.inSeconds
    }

    func run() async throws {
        let invocation = try Invocation(global)
        var body: JSONObject = ["dry_run": true]
        if let age = try age() { body["older_than"] = JSONValue(age) }
        if let keep { body["keep"] = .integer(Int64(keep)) }
        if let dag { body["dag_id"] = .string(dag) }
        let asked = body
        try await invocation.withAPI(.records) { client in
            let parts = ["api", "v1", "prune"]
            let plan = try await client.post(parts, body: .object(asked))
            if dryRun { return try Self.show(plan, invocation, isDone: false) }
            let count = plan["runs"]?.arrayValue?.count ?? 0
            try invocation.confirm("\(Self.sentence(plan)) Remove them?", isYes: yes || count == 0)
            var order = asked
            order["dry_run"] = false
            try Self.show(try await client.post(parts, body: .object(order)), invocation, isDone: true)
        }
    }

    private static func sentence(_ plan: JSONValue) -> String {
        let runs = plan["runs"]?.arrayValue?.count ?? 0
        let bytes = ByteCount.text(plan["run_folder_bytes"]?.intValue ?? 0)
        let files = plan["artifact_files"]?.intValue ?? 0
        let contents = ByteCount.text(plan["artifact_bytes"]?.intValue ?? 0)
        return "\(runs == 1 ? "1 run" : "\(runs) runs") with \(bytes) of logs and files, "
            + "\(files == 1 ? "1 artifact" : "\(files) artifacts") of \(contents)."
    }

    private static func show(
        _ report: JSONValue, _ invocation: Invocation, isDone: Bool
    ) throws(CommandFailure) {
        if invocation.output.format == .json { return try invocation.output.show(json: report) }
        let columns: [Column] = [
            .text("DAG", "dag_id"), .text("RUN", "run_id"), .instant("ENDED", "end_date"),
        ]
        let runs = (report["runs"]?.arrayValue ?? []).compactMap(\.objectValue)
        try invocation.output.show(runs, columns: columns, empty: "no run is old enough")
        invocation.output.say("\(isDone ? "Removed" : "Would remove") \(sentence(report))")
    }
}
