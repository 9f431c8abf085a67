import ArgumentParser
import JSONText

/// `approvals`: questions of runs that wait for a person.
struct ApprovalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals", abstract: "List questions that wait for a person, and answer them.",
        subcommands: [ApprovalsListCommand.self, ApprovalsApproveCommand.self, ApprovalsRejectCommand.self])
}

/// `approvals list`
struct ApprovalsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "What waits for an answer.")

    @OptionGroup var global: GlobalOptions

    @Option(help: ArgumentHelp("Only those of a DAG.", valueName: "id"))
    var dag: String?

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) {
            try await $0.rows(["api", "v1", "approvals"], query: [("dag_id", dag)])
        }
        let columns: [Column] = [
            .text("DAG", "dag_id"), .text("RUN", "run_id"), Column("TASK") { .init(InstanceName($0).text) },
            .text("SUBJECT", "subject"), .instant("SINCE", "since"), .instant("DEADLINE", "deadline"),
            .text("DEFAULT", "default"),
        ]
        try invocation.output.show(rows, columns: columns, empty: "nothing waits for an answer")
    }
}

/// What both answers have in common.
struct DecisionArguments: ParsableArguments {
    @OptionGroup var place: TaskArguments

    @Option(
        help: ArgumentHelp("A word about the reason; it becomes an output of the task.", valueName: "text"))
    var note: String?

    func send(_ decision: String, _ invocation: Invocation) async throws {
        try await invocation.withAPI(.daemon) { client in
            let address = try await client.address(place.place)
            var body: JSONObject = ["decision": .string(decision)]
            body["note"] = note.map(JSONValue.string)
            _ = try await client.json(
                APIRequest(
                    .post, address.task(place.task) + ["decision"],
                    query: [("map_index", place.mapIndex.map { "\($0)" })], body: .object(body)))
        }
    }
}

/// `approvals approve`
struct ApprovalsApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Say yes: the run goes on.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var decision: DecisionArguments

    func run() async throws {
        let invocation = try Invocation(global)
        try await decision.send("approve", invocation)
        invocation.output.say("approved \(decision.place.task)")
    }
}

/// `approvals reject`
struct ApprovalsRejectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Say no: what follows is skipped, or the task fails, as its DAG says.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var decision: DecisionArguments

    func run() async throws {
        let invocation = try Invocation(global)
        try await decision.send("reject", invocation)
        invocation.output.say("rejected \(decision.place.task)")
    }
}
