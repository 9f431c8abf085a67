import ArgumentParser
import JSONText

/// `backfill`: runs for dates that have passed.
struct BackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill", abstract: "Make a DAG's runs for dates that have passed.",
        subcommands: [
            BackfillCreateCommand.self, BackfillListCommand.self, BackfillShowCommand.self,
            BackfillPauseCommand.self, BackfillUnpauseCommand.self, BackfillCancelCommand.self,
        ])
}

/// `backfill list`
struct BackfillListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The newest first.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("Only backfills of this DAG.", valueName: "dag"))
    var dag: String?

    @Flag(help: "Only those that are not complete.")
    var active = false

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            try await client.rows(
                ["api", "v1", "backfills"], query: [("dag_id", dag), ("active", active ? "true" : nil)])
        }
        try invocation.output.show(rows, columns: Self.columns, empty: "no backfills")
    }

    static let columns: [Column] = [
        .text("ID", "id"), .text("DAG", "dag_id"), .text("STATE", "state"),
        .instant("FROM", "from_date"), .instant("TO", "to_date"),
        Column("RUNS") { row in .init(BackfillText.runs(row)) },
        .instant("CREATED", "created_at"),
    ]
}

/// `backfill show`
struct BackfillShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A backfill and how far it is.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: BackfillArgument

    func run() async throws {
        let invocation = try Invocation(global)
        let backfill = try await invocation.withAPI(.records) { try await $0.object(argument.parts) }
        try invocation.output.showBackfill(backfill)
    }
}

/// `backfill pause`
struct BackfillPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let none of its queued runs start; running ones go on.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: BackfillArgument

    func run() async throws { try await argument.change("pause", "is paused", Invocation(global)) }
}

/// `backfill unpause`
struct BackfillUnpauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpause", abstract: "Let its queued runs start again.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: BackfillArgument

    func run() async throws { try await argument.change("unpause", "goes on", Invocation(global)) }
}

/// `backfill cancel`
struct BackfillCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel its queued runs; running ones finish.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: BackfillArgument

    func run() async throws {
        try await argument.change("cancel", "is cancelled", Invocation(global), .daemon)
    }
}

/// The backfill that a command is about.
struct BackfillArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The backfill's number.", valueName: "id"))
    var id: Int64

    func validate() throws {
        guard id >= 1 else { throw ValidationError("the number of a backfill is 1 or more") }
    }

    var parts: [String] { ["api", "v1", "backfills", "\(id)"] }

    fileprivate func change(
        _ verb: String, _ outcome: String, _ invocation: Invocation, _ need: APINeed = .records
    ) async throws {
        let answer = try await invocation.withAPI(need) { client in
            try await client.json(APIRequest(.put, parts + [verb]))
        }
        if invocation.output.format == .json {
            try invocation.output.show(json: answer)
        } else {
            invocation.output.say("backfill \(id) \(outcome)")
        }
    }
}

/// How a backfill is told to people.
enum BackfillText {
    /// `12: 3 running, 9 success`
    static func runs(_ backfill: JSONObject) -> String {
        let counts = backfill["runs"]?.arrayValue?.compactMap(\.objectValue) ?? []
        let parts = counts.map {
            "\(($0["count"] ?? .null).displayText) \(($0["state"] ?? .null).displayText)"
        }
        let total = (backfill["total_runs"] ?? .null).displayText
        return parts.isEmpty ? total : "\(total): \(parts.joined(separator: ", "))"
    }
}

extension Output {
    func showBackfill(_ backfill: JSONObject) throws(CommandFailure) {
        switch format {
        case .json: try show(json: .object(backfill))
        case .plain: try show([backfill], columns: BackfillListCommand.columns, empty: "")
        case .table:
            var facts = backfill.withoutEmpty
            facts["runs"] = .string(BackfillText.runs(backfill))
            try show(facts, leavingOut: ["total_runs", "dag_display_name"])
        }
    }
}
