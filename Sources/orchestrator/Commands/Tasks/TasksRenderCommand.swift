import ArgumentParser
import JSONText

/// `tasks render`
struct TasksRenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "A task with its values filled in; secrets are masked.",
        usage: """
            orchestrator tasks render <dag> <run> <task> [--map-index <n>]
            orchestrator tasks render <dag> <task> [--logical-date <time>] [--param <name=value>] ...
            """,
        discussion: """
            With a run: as the task got it, or would get it now. Without: as a run with this date and these
            params would give it; outputs of other tasks stand as they are written.
            Exit 1 when a place of a run has no value.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var preview: TaskPreviewOptions

    @Argument(help: ArgumentHelp("DAG RUN TASK, or DAG TASK.", valueName: "dag-run-task"))
    var words: [String]

    func run() async throws {
        let invocation = try Invocation(global)
        guard (2...3).contains(words.count), words.count == 2 || preview.isEmpty else {
            throw CommandFailure(
                .wrongUsage,
                words.count == 3
                    ? "--param, --conf and --logical-date are for a look without a run"
                    : "give DAG RUN TASK, or DAG TASK for a look without a run")
        }
        let body = try preview.body()
        let task = try await invocation.withAPI(.records) { client in
            if words.count == 2 {
                return try await client.post(
                    ["api", "v1", "dags", words[0], "tasks", words[1], "render"], body: body
                ).objectValue ?? [:]
            }
            let address = try await client.address(RunArguments(dag: words[0], run: words[1]))
            return try await client.object(
                address.task(words[2]) + ["rendered"],
                query: [("map_index", preview.mapIndex.map { "\($0)" })])
        }
        try show(task, invocation.output)
        let problems = task["problems"]?.arrayValue?.compactMap(\.stringValue) ?? []
        if words.count == 3, !problems.isEmpty { throw CommandFailure(.failed, problems) }
        for problem in problems { invocation.output.warn(problem) }
    }

    /// JSON has the fields beside the ids; otherwise one line for each argument and variable.
    private func show(_ task: JSONObject, _ output: Output) throws(CommandFailure) {
        let fields = task["fields"]?.objectValue ?? [:]
        var rest = task
        rest["fields"] = nil
        if output.format == .json { return try output.show(json: .object(rest.merging(fields))) }
        var lines = JSONObject()
        for (name, value) in fields {
            if let elements = value.arrayValue {
                for (index, element) in elements.enumerated() { lines["\(name)[\(index)]"] = element }
            } else if let members = value.objectValue {
                for (key, member) in members { lines["\(name).\(key)"] = member }
            } else {
                lines[name] = value
            }
        }
        try output.show(lines)
    }
}
