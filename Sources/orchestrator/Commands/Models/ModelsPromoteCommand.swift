import ArgumentParser
import JSONText

/// `models promote`
struct ModelsPromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Point an alias, champion if nothing else is said, at a version.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "NAME@REF, or NAME with the version after it.")
    var model: String

    @Argument(help: "The version: a number, an alias or latest.")
    var version: String?

    @Option(help: "The alias that moves.")
    var alias = "champion"

    @Option(help: "Why; shown in the history.")
    var reason: String?

    func run() async throws {
        let invocation = try Invocation(global)
        let address = ModelAddress(model)
        if version != nil, address.reference != nil {
            throw CommandFailure(.wrongUsage, "the version is given twice: \(model) and \(version ?? "")")
        }
        guard let version = version ?? address.reference else {
            throw CommandFailure(.wrongUsage, "say which version: \(address.name)@REF, or one more argument")
        }
        var body: JSONObject = ["version": .string(version)]
        body["reason"] = reason.map(JSONValue.string)
        let request = APIRequest(.put, address.alias(alias), body: .object(body))
        let change = try await invocation.withAPI(.records) { try await $0.json(request) }
        try invocation.show(change)
    }
}

/// `models rollback`
struct ModelsRollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Go back to the version that an alias had before; again goes further back.",
        discussion: """
            If the present version was brought into service by a task with "deploy", that task runs again with the \
            version before: its command, its health checks, and then the alias. Else the alias moves, and no more.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The model's name.")
    var name: String

    @Option(help: "The alias that goes back.")
    var alias = "champion"

    @Option(help: "Why; shown in the history.")
    var reason: String?

    @Flag(help: "Move the alias and no more, whatever is in service.")
    var aliasOnly = false

    func run() async throws {
        let invocation = try Invocation(global)
        let place = ModelAddress(name).alias(alias)
        var body = JSONObject()
        body["reason"] = reason.map(JSONValue.string)
        let plan = try await invocation.withAPI(.records) { try await $0.object(place + ["rollback"]) }
        if plan["deploys"] == true, !aliasOnly { return try await deploy(plan, place, body, invocation) }
        body["alias_only"] = true
        let request = APIRequest(.post, place + ["rollback"], body: .object(body))
        let change = try await invocation.withAPI(.records) { try await $0.json(request) }
        if !aliasOnly {
            invocation.output.say(
                "no task with \"deploy\" brought the version into service: only the alias moves")
        }
        try invocation.show(change)
    }

    private func deploy(
        _ plan: JSONObject, _ place: [String], _ body: JSONObject, _ invocation: Invocation
    ) async throws {
        let text = { (key: String) in (plan[key] ?? .null).displayText }
        invocation.output.say(
            "\(text("dag_id")).\(text("task_id")) brings \(text("model"))@\(text("to")) into service again")
        let run = try await ForegroundRun(
            invocation: invocation, order: RunOrder(rollingBack: place, body: body)
        ).perform()
        let now = try await invocation.withAPI(.records) { try await $0.object(ModelAddress(name).parts) }
        guard run.state == "success", now["aliases"]?[alias] == plan["to"] else {
            throw CommandFailure(
                .failed, "\(alias) of \(name) was not rolled back: the run \(run.runID) is \(run.state)",
                hint: "orchestrator why \(run.dagID) \(run.runID) \(text("task_id"))")
        }
        var answer = plan
        answer["run_id"] = .string(run.runID)
        try invocation.show(.object(answer))
    }
}

extension Invocation {
    /// An alias that moved, or stood where it was to go.
    fileprivate func show(_ change: JSONValue) throws(CommandFailure) {
        if output.format == .json { return try output.show(json: change) }
        let text = { (key: String) in (change[key] ?? .null).displayText }
        try output.line("\(text("model"))@\(text("to"))")
        let from = text("from")
        if from == text("to") {
            output.say("\(text("alias")) of \(text("model")) is version \(from) already")
        } else {
            output.say(
                "\(text("alias")) of \(text("model")) moved "
                    + (from.isEmpty ? "" : "from version \(from) ") + "to version \(text("to"))")
        }
    }
}

/// `models compare`
struct ModelsCompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "What differs between versions of a model: metrics, params, data, code.",
        discussion: """
            `models compare churn@champion latest` or `models compare churn 3 4 5`; with a name alone the champion
            and the newest version.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "NAME or NAME@REF, then further versions.")
    var versions: [String]

    @Flag(help: "Also what is the same.")
    var all = false

    func run() async throws {
        let invocation = try Invocation(global)
        let wanted = try Self.addresses(versions)
        let found = try await invocation.withAPI(.records) { client in
            var found: [JSONObject] = []
            for parts in wanted { found.append(try await client.object(parts)) }
            return found
        }
        let names = found.map { version in
            "\((version["model"] ?? .null).displayText)@\((version["version"] ?? .null).displayText)"
        }
        let columns =
            [Column.text("WHAT", "what")]
            + names.enumerated().map { place, name in
                Column(name) { row in .init((row["values"]?.arrayValue?[place] ?? .null).displayText) }
            }
        let rows = VersionTable(found, isComplete: all).rows
        if invocation.output.format == .json {
            return try invocation.output.show(
                json: [
                    "versions": .array(names.map(JSONValue.string)),
                    "rows": .array(rows.map(JSONValue.object)),
                ])
        }
        try invocation.output.show(rows, columns: columns, empty: "the versions do not differ")
    }

    /// The paths of the versions that the arguments name.
    static func addresses(_ arguments: [String]) throws(CommandFailure) -> [[String]] {
        guard let first = arguments.first.map({ ModelAddress($0) }) else {
            throw CommandFailure(.wrongUsage, "say which versions")
        }
        var wanted: [[String]] = first.reference.map { [first.version($0)] } ?? []
        for argument in arguments.dropFirst() {
            let other = ModelAddress(argument)
            wanted.append(other.reference.map(other.version) ?? first.version(argument))
        }
        if wanted.isEmpty { wanted = [first.version("champion"), first.version("latest")] }
        if wanted.count == 1 { wanted.append(first.version("champion")) }
        return wanted
    }
}

/// The facts of several versions side by side.
struct VersionTable {
    private(set) var rows: [JSONObject] = []

    /// - Parameter isComplete: whether what is the same is shown too.
    init(_ versions: [JSONObject], isComplete: Bool) {
        let facts = versions.map(Self.facts)
        var names: [String] = []
        for fact in facts {
            for key in fact.keys where !names.contains(key) { names.append(key) }
        }
        for name in names {
            let values = facts.map { $0[name] ?? .null }
            guard isComplete || Set(values).count > 1 else { continue }
            rows.append(["what": .string(name), "values": .array(values)])
        }
    }

    private static func facts(_ version: JSONObject) -> JSONObject {
        var facts = JSONObject()
        for (name, value) in version["metrics"]?.objectValue ?? JSONObject() {
            facts["metric \(name)"] = value
        }
        for (name, value) in version["params"]?.objectValue ?? JSONObject() { facts["param \(name)"] = value }
        for dataset in version["datasets"]?.arrayValue ?? [] {
            let name =
                "\((dataset["task_id"] ?? .null).displayText).\((dataset["name"] ?? .null).displayText)"
            facts["data \(name)"] = dataset["sha256"]
        }
        for file in version["environment"]?.arrayValue ?? [] {
            facts["environment \((file["path"] ?? .null).displayText)"] = file["sha256"]
        }
        facts["git_commit"] = version["git_commit"]
        facts["git_dirty"] = version["git_dirty"]
        facts["dag_version"] = version["dag_version"]
        facts["model sha256"] = version["artifact"]?["sha256"]
        facts["aliases"] = version["aliases"]
        return facts
    }
}
