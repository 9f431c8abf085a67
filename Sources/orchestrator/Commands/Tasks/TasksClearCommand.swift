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

    func run() async throws {
        var body = selection.body(upstream: upstream, downstream: downstream)
        body["only_failed"] = .bool(onlyFailed)
        let change = InstanceChange(place: selection.place, body: body, verb: .clear)
        try await change.perform(Invocation(global), approval)
    }
}
