import ArgumentParser
import JSONText

/// `why`
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Why a task has (not) started, was skipped, retried or failed; or what a DAG waits for.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The DAG's id.", valueName: "dag"))
    var dag: String

    @Argument(help: ArgumentHelp("The run's id, or `latest`.", valueName: "run"))
    var run: String?

    @Argument(
        help: ArgumentHelp("The task's id; without run and task: what the DAG waits for.", valueName: "task"))
    var task: String?

    @Option(help: "Which instance of a mapped task.")
    var mapIndex: Int?

    func validate() throws {
        guard (run == nil) == (task == nil) else {
            throw ValidationError("give a run and a task, or neither")
        }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let answer = try await invocation.withAPI(.records) { client in
            guard let run, let task else { return try await explainDAG(client) }
            let address = try await client.address(dag: dag, run: run)
            return try await client.object(
                address.task(task) + ["why"], query: [("map_index", mapIndex.map { "\($0)" })])
        }
        if invocation.output.format == .json { return try invocation.output.show(json: .object(answer)) }
        try invocation.output.line((answer["reason"]?.stringValue ?? "").withoutControls)
    }

    /// When the DAG gets its next run by itself.
    private func explainDAG(_ client: APIClient) async throws -> JSONObject {
        let details = try await client.object(["api", "v1", "dags", dag])
        let facts = details["dag"]?.objectValue ?? JSONObject()
        var reasons: [String] = []
        if facts["is_active"] == false { reasons.append("its file is gone") }
        if facts["is_paused"] == true {
            reasons.append("is paused" + (facts["pause_reason"]?.stringValue.map { ": \($0)" } ?? ""))
        }
        if let sentence = details["assets"]?["sentence"]?.stringValue { reasons.append(sentence) }
        if let sentence = details["retraining"]?["sentence"]?.stringValue { reasons.append(sentence) }
        if let next = facts["next_logical_date"]?.stringValue {
            reasons.append("its schedule ticks next at \(next.withoutFraction)")
        }
        if reasons.isEmpty { reasons.append("has no schedule: runs start when somebody asks for them") }
        return [
            "dag_id": .string(dag), "reason": .string("\(dag) " + reasons.joined(separator: "; ")),
            "assets": details["assets"] ?? .null, "retraining": details["retraining"] ?? .null,
        ]
    }
}
