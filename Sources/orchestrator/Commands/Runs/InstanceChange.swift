import ArgumentParser
import JSONText

/// The options of commands that change recorded states.
struct ChangeOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(help: "Only say what would change.")
    var dryRun = false
}

/// A clear or a mark: asks the API what it would change, shows that, asks the person, does it.
struct InstanceChange {
    enum Verb: Equatable {
        case clear
        case mark(String)

        fileprivate var pathPart: String { self == .clear ? "clear" : "mark" }

        /// What happens to the tasks, after "will be".
        fileprivate var outcome: String {
            switch self {
            case .clear: "cleared and run again"
            case .mark(let state): "marked \(state)"
            }
        }
    }

    let place: RunArguments
    /// The members of the request besides `dry_run`.
    let body: JSONObject
    let verb: Verb
    /// Whether the run's own state changes too, so that there is something to do without any task.
    var changesRun = false

    /// Without a daemon only the preview works: a cleared task needs one that runs it.
    func perform(_ invocation: Invocation, _ options: ChangeOptions) async throws {
        let output = invocation.output
        try await invocation.withAPI(options.dryRun ? .records : .daemon) { client in
            let address = try await client.address(place)
            let tasks = try await request(client, address, isDryRun: true)
            guard !options.dryRun, changesRun || !tasks.isEmpty else {
                return try show(tasks, address, output, isDone: false)
            }
            if !options.yes {
                output.say(
                    "in \(address.dag) \(address.run) will be \(verb.outcome): "
                        + tasks.joined(separator: ", ")
                )
            }
            let count = tasks.count == 1 ? "1 task" : "\(tasks.count) tasks"
            try invocation.confirm("Go on with \(count)?", isYes: options.yes)
            try show(try await request(client, address, isDryRun: false), address, output, isDone: true)
        }
    }

    private func request(_ client: APIClient, _ address: RunAddress, isDryRun: Bool) async throws -> [String]
    {
        let full = body.merging(["dry_run": .bool(isDryRun)])
        let answer = try await client.post(address.parts + [verb.pathPart], body: .object(full))
        return answer["task_ids"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    private func show(
        _ tasks: [String], _ address: RunAddress, _ output: Output, isDone: Bool
    ) throws(CommandFailure) {
        let rows: [JSONObject] = tasks.map { task in
            ["dag_id": .string(address.dag), "run_id": .string(address.run), "task_id": .string(task)]
        }
        try output.show(rows, columns: [.text("TASK", "task_id")], empty: "no task would be \(verb.outcome)")
        guard !tasks.isEmpty else { return }
        output.say("\(tasks.count) \(isDone ? "" : "would be ")\(verb.outcome)")
    }
}
