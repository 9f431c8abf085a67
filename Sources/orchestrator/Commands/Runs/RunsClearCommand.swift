import ArgumentParser
import JSONText

/// `runs clear`
struct RunsClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Run a run's tasks again: all of them, or only the failed ones.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: RunArguments
    @OptionGroup var approval: ChangeOptions

    @Flag(help: "Only failed tasks, and what could not start because of them.")
    var onlyFailed = false

    @Option(
        help: ArgumentHelp(
            "Only this task and everything downstream of it; repeat for more.", valueName: "task"))
    var from: [String] = []

    @Flag(help: "With --from: everything upstream of these tasks too.")
    var upstream = false

    @OptionGroup var others: OtherRunsOptions

    @Flag(help: "Go on on the newest version of the DAG: its new tasks run too, those that are gone go.")
    var newest = false

    @Flag(help: "Tasks with \"cache\" may be served from it; without this, what is cleared is done again.")
    var useCache = false

    @Option(
        name: .customLong("param"),
        help: ArgumentHelp(
            "Another value for a param of the run, for what is run again.", valueName: "name=value"))
    var parameters: [String] = []

    func validate() throws {
        guard !upstream || !from.isEmpty else { throw ValidationError("--upstream goes with --from") }
    }

    func run() async throws {
        var body: JSONObject = ["only_failed": .bool(onlyFailed), "run_on_latest_version": .bool(newest)]
        body = body.merging(others.body)
        if !from.isEmpty {
            body["task_ids"] = .array(from.map(JSONValue.string))
            body["include_downstream"] = true
            body["include_upstream"] = .bool(upstream)
        }
        if !parameters.isEmpty { body["params"] = .array(try parameters.map(RunRequestOptions.parameter)) }
        if useCache { body["use_cache"] = true }
        let change = InstanceChange(place: place, body: body, verb: .clear)
        try await change.perform(Invocation(global), approval)
    }
}

/// `runs mark`
struct RunsMarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mark", abstract: "Declare a run's unfinished tasks, and the run, a success or failed.")

    enum State: String, CaseIterable, ExpressibleByArgument { case success, failed }

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: RunArguments
    @OptionGroup var approval: ChangeOptions

    @Argument(help: "success or failed.")
    var state: State

    func run() async throws {
        let change = InstanceChange(
            place: place, body: ["state": .string(state.rawValue)], verb: .mark(state.rawValue),
            changesRun: true)
        try await change.perform(Invocation(global), approval)
    }
}
