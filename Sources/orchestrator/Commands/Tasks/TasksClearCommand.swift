import ArgumentParser
import JSONText

/// The tasks that a clear or a mark is about.
struct TaskSelectionArguments: ParsableArguments {
    @OptionGroup var place: RunArguments

    @Argument(help: ArgumentHelp("The tasks' ids.", valueName: "task"))
    var tasks: [String]

    @Option(help: "Of mapped tasks only the instance with this index.")
    var mapIndex: Int?

    func body(upstream: Bool, downstream: Bool) -> JSONObject {
        var body: JSONObject = [
            "task_ids": .array(tasks.map(JSONValue.string)), "include_upstream": .bool(upstream),
            "include_downstream": .bool(downstream),
        ]
        body["map_index"] = mapIndex.map { .integer(Int64($0)) }
        return body
    }
}

/// The runs besides the named one that a clear or a mark is about.
struct OtherRunsOptions: ParsableArguments {
    @Flag(help: "The runs with an earlier logical date too.")
    var past = false

    @Flag(help: "The runs with a later logical date too.")
    var future = false

    var body: JSONObject { ["include_past": .bool(past), "include_future": .bool(future)] }
}

/// `tasks clear`
struct TasksClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Run tasks of a run again, with everything downstream of them.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var selection: TaskSelectionArguments
    @OptionGroup var approval: ChangeOptions

    @Flag(inversion: .prefixedNo, help: "Clear what is downstream too.")
    var downstream = true

    @Flag(help: "Clear what is upstream too.")
    var upstream = false

    @Flag(help: "Of these only the failed ones.")
    var onlyFailed = false

    @OptionGroup var others: OtherRunsOptions

    @Flag(help: "Go on on the newest version of the DAG: its new tasks run too, those that are gone go.")
    var newest = false

    @Flag(help: "Tasks with \"cache\" may be served from it; without this, what is cleared is done again.")
    var useCache = false

    func run() async throws {
        var body = selection.body(upstream: upstream, downstream: downstream).merging(others.body)
        body["only_failed"] = .bool(onlyFailed)
        body["run_on_latest_version"] = .bool(newest)
        if useCache { body["use_cache"] = true }
        let change = InstanceChange(place: selection.place, body: body, verb: .clear)
        try await change.perform(Invocation(global), approval)
    }
}
