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
            let preview = try await request(client, address, isDryRun: true)
            guard !options.dryRun, changesRun || !preview.isNothing else {
                return try show(preview, output, isDone: false)
            }
            if !options.yes { for line in preview.lines(verb.outcome) { output.say(line) } }
            try invocation.confirm("Go on with \(preview.count)?", isYes: options.yes)
            try show(try await request(client, address, isDryRun: false), output, isDone: true)
        }
    }

    private func request(
        _ client: APIClient, _ address: RunAddress, isDryRun: Bool
    ) async throws -> ChangedRuns {
        let full = body.merging(["dry_run": .bool(isDryRun)])
        let answer = try await client.post(address.parts + [verb.pathPart], body: .object(full))
        return ChangedRuns(address.dag, answer["runs"]?.arrayValue ?? [])
    }

    private func show(_ changes: ChangedRuns, _ output: Output, isDone: Bool) throws(CommandFailure) {
        var columns: [Column] = [
            Column("TASK") { .init(InstanceName($0).text) }, .text("STATE BEFORE", "state"),
        ]
        if changes.runs.count > 1 { columns.insert(.text("RUN", "run_id"), at: 0) }
        try output.show(changes.rows, columns: columns, empty: "no task would be \(verb.outcome)")
        for line in changes.moves(isDone: isDone) { output.say(line) }
        guard !changes.rows.isEmpty else { return }
        output.say("\(changes.count) \(isDone ? "" : "would be ")\(verb.outcome)")
    }
}

/// What the API says that a clear or a mark changes, or would change.
private struct ChangedRuns {
    struct Run {
        let id: String
        let instances: [JSONObject]
        /// What happens with its version; nil when nothing does.
        let move: (added: [String], removed: [String])?
    }

    let runs: [Run]
    let rows: [JSONObject]

    init(_ dag: String, _ answer: [JSONValue]) {
        runs = answer.map { run in
            func words(_ key: String) -> [String] { run[key]?.arrayValue?.compactMap(\.stringValue) ?? [] }
            let id = run["run_id"]?.stringValue ?? ""
            let isMoved = run["moved_to"]?.stringValue != nil
            let instances = run["task_instances"]?.arrayValue?.compactMap(\.objectValue) ?? []
            return Run(
                id: id,
                instances: instances.map { instance in
                    JSONObject([("dag_id", .string(dag)), ("run_id", .string(id))]).merging(instance)
                }, move: isMoved ? (words("added"), words("removed")) : nil)
        }
        rows = runs.flatMap(\.instances)
    }

    var isNothing: Bool { runs.isEmpty }

    var count: String {
        let tasks = rows.count == 1 ? "1 task" : "\(rows.count) tasks"
        return runs.count > 1 ? "\(tasks) of \(runs.count) runs" : tasks
    }

    /// Each run with its tasks, for the question.
    func lines(_ outcome: String) -> [String] {
        runs.flatMap { run -> [String] in
            let names = run.instances.map { InstanceName($0).text }
            let dag = run.instances.first?["dag_id"]?.stringValue.map { $0 + " " } ?? ""
            let change =
                names.isEmpty
                ? [] : ["in \(dag)\(run.id) will be \(outcome): \(names.joined(separator: ", "))"]
            return change + [Self.move(run, isDone: false)].compactMap { $0 }
        }
    }

    func moves(isDone: Bool) -> [String] { runs.compactMap { Self.move($0, isDone: isDone) } }

    private static func move(_ run: Run, isDone: Bool) -> String? {
        guard let (added, removed) = run.move else { return nil }
        var text = "\(run.id) \(isDone ? "is now" : "would be") on the newest version of its DAG"
        if !added.isEmpty { text += "; new tasks: " + added.joined(separator: ", ") }
        if !removed.isEmpty { text += "; tasks that go: " + removed.joined(separator: ", ") }
        return text
    }
}
