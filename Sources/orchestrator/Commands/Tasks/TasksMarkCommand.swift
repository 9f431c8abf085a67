import ArgumentParser
import JSONText

/// `tasks mark`
struct TasksMarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mark", abstract: "Declare tasks of a run a success, failed or skipped.",
        usage: "orchestrator tasks mark <dag> <run> <task> ... <state> [<options>]")

    static let states = ["success", "failed", "skipped"]

    @OptionGroup var global: GlobalOptions
    @OptionGroup var selection: TaskSelectionArguments
    @OptionGroup var approval: ChangeOptions

    @Option(help: "success, failed or skipped; may also stand after the tasks.")
    var state: String?

    @Flag(help: "Mark what is downstream too.")
    var downstream = false

    @Flag(help: "Mark what is upstream too.")
    var upstream = false

    @OptionGroup var others: OtherRunsOptions

    func run() async throws {
        let (tasks, state) = try chosen()
        var body = selection.body(upstream: upstream, downstream: downstream).merging(others.body)
        body["task_ids"] = .array(tasks.map(JSONValue.string))
        body["state"] = .string(state)
        let change = InstanceChange(place: selection.place, body: body, verb: .mark(state))
        try await change.perform(Invocation(global), approval)
    }

    /// The state is the option, else the last word after the tasks.
    private func chosen() throws -> (tasks: [String], state: String) {
        if let state {
            guard Self.states.contains(state) else {
                throw CommandFailure(.wrongUsage, "--state must be success, failed or skipped")
            }
            return (selection.tasks, state)
        }
        guard selection.tasks.count > 1, let last = selection.tasks.last, Self.states.contains(last) else {
            throw CommandFailure(
                .wrongUsage, "the state is missing: success, failed or skipped, after the tasks")
        }
        return (Array(selection.tasks.dropLast()), last)
    }
}
