import ArgumentParser
import JSONText

/// `notices`: who is told what, and why somebody could not be.
struct NoticesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notices", abstract: "Look at notices of runs and tasks, and send one again.",
        subcommands: [NoticesListCommand.self, NoticesShowCommand.self, NoticesSendCommand.self])

    static let parts = ["api", "v1", "notices"]
}

/// `notices list`
struct NoticesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The newest first.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("Only those of a DAG.", valueName: "dag"))
    var dag: String?

    @Argument(help: ArgumentHelp("Only those of a run.", valueName: "run"))
    var run: String?

    @Option(help: ArgumentHelp("Only pending, sending, sent or failed ones.", valueName: "state"))
    var state: [String] = []

    @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
    var limit = 50

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            var query: [(String, String?)] = [("dag_id", dag), ("limit", "\(limit)")]
            if let dag, let run {
                query.append(("run_id", try await client.address(dag: dag, run: run).run))
            }
            query += state.map { ("state", $0) }
            return try await client.rows(NoticesCommand.parts, query: query)
        }
        try invocation.output.show(rows, columns: Self.columns, empty: "no notices")
    }

    static let columns: [Column] = [
        .text("ID", "id"), .text("DAG", "dag_id"), .text("RUN", "run_id"),
        Column("TASK") { row in .init(row["task_id"]?.stringValue == nil ? "" : InstanceName(row).text) },
        .text("EVENT", "event"), .text("BY", "kind"), .state(), .text("TRIES", "tries"),
        .instant("SINCE", "created_at"), .instant("NEXT TRY", "next_at"), .text("PROBLEM", "problem"),
    ]
}

/// The notice that a command is about.
struct NoticeArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The notice's number.", valueName: "id"))
    var id: Int64

    func validate() throws {
        guard id >= 1 else { throw ValidationError("the number of a notice is 1 or more") }
    }

    var parts: [String] { NoticesCommand.parts + ["\(id)"] }
}

/// `notices show`
struct NoticesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A notice, how far it is, and what it tells.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: NoticeArgument

    func run() async throws {
        let invocation = try Invocation(global)
        let notice = try await invocation.withAPI(.records) { try await $0.object(argument.parts) }
        try invocation.output.showNotice(notice)
    }
}

/// `notices send`
struct NoticesSendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send a notice again that was sent or given up.",
        discussion: "Its id for the receiver stays the same. Without a daemon the next one sends it.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: NoticeArgument

    func run() async throws {
        let invocation = try Invocation(global)
        let notice = try await invocation.withAPI(.records) { client in
            try await client.json(APIRequest(.post, argument.parts + ["send"], body: [:]))
        }
        if invocation.output.format == .json {
            try invocation.output.show(json: notice)
        } else {
            invocation.output.say("notice \(argument.id) is sent again")
        }
    }
}

extension Output {
    func showNotice(_ notice: JSONObject) throws(CommandFailure) {
        switch format {
        case .json: try show(json: .object(notice))
        case .plain: try show([notice], columns: NoticesListCommand.columns, empty: "")
        case .table: try show(notice.withoutEmpty, leavingOut: [])
        }
    }
}
