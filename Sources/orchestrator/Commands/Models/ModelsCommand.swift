import ArgumentParser
import JSONText

/// `models`: what trainings made, and which version is whose champion.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Registered models, their versions and aliases.",
        discussion: """
            A version is written NAME@REF: REF is a number, an alias such as champion, or latest.
            """,
        subcommands: [
            ModelsListCommand.self, ModelsShowCommand.self, ModelsCompareCommand.self,
            ModelsPromoteCommand.self, ModelsRollbackCommand.self, ModelsHistoryCommand.self,
            ModelsGetCommand.self, ModelsDeploymentsCommand.self,
        ])
}

/// A model or one of its versions, as a person writes it: `churn`, `churn@champion`, `churn@3`.
struct ModelAddress {
    let name: String
    let reference: String?

    /// The last `@` divides, since names may have one too.
    init(_ text: String) {
        guard let place = text.lastIndex(of: "@"), place != text.startIndex else {
            (name, reference) = (text, nil)
            return
        }
        name = String(text[..<place])
        reference = String(text[text.index(after: place)...])
    }

    var parts: [String] { ["api", "v1", "models", name] }

    func version(_ reference: String) -> [String] { parts + ["versions", reference] }

    func alias(_ alias: String) -> [String] { parts + ["aliases", alias] }
}

/// `models list`
struct ModelsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The models, or the versions of one.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "A model's name: lists its versions.")
    var name: String?

    @Option(help: "How many.")
    var limit = 100

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000") }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let parts = name.map { ModelAddress($0).parts + ["versions"] } ?? ["api", "v1", "models"]
        let rows = try await invocation.withAPI(.records) { client in
            try await client.rows(parts, query: [("limit", "\(limit)")])
        }
        try invocation.output.show(
            rows, columns: name == nil ? Self.models : Self.versions,
            empty: name == nil ? "no models" : "no versions")
    }

    private static let models: [Column] = [
        .text("NAME", "name"), .text("VERSIONS", "versions"), .text("LATEST", "latest_version"),
        Column("ALIASES") { .init(ModelText.aliases($0["aliases"])) }, .instant("UPDATED", "updated_at"),
    ]

    private static let versions: [Column] = [
        .text("VERSION", "version"), .text("ALIASES", "aliases"), .text("STATUS", "status"),
        .instant("CREATED", "created_at"), Column("BY") { .init(ModelText.origin($0)) },
        Column("METRICS") { .init(ModelText.metrics($0)) },
    ]
}

/// `models show`
struct ModelsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A model with its versions, or one version with how it came to be.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "NAME or NAME@REF.")
    var model: String

    func run() async throws {
        let invocation = try Invocation(global)
        let address = ModelAddress(model)
        let parts = address.reference.map(address.version) ?? address.parts
        var object = try await invocation.withAPI(.records) { client in
            var object = try await client.object(parts)
            if address.reference == nil {
                object["version_list"] = .array(
                    try await client.rows(address.parts + ["versions"]).map(JSONValue.object))
            }
            return object
        }
        guard invocation.output.format != .json else { return try invocation.output.show(object) }
        if let versions = object["version_list"]?.arrayValue {
            object["aliases"] = .string(ModelText.aliases(object["aliases"]))
            object["version_list"] = .string(
                versions.map { ($0["version"] ?? .null).displayText }.joined(separator: ", "))
        }
        try invocation.output.show(ModelText.spread(object.withoutEmpty))
    }
}

/// `models history`
struct ModelsHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Where the aliases of a model have pointed, the newest change first.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The model's name.")
    var name: String

    @Option(help: "Only this alias.")
    var alias: String?

    @Option(help: "How many.")
    var limit = 100

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit must be from 1 to 1000") }
    }

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            try await client.rows(
                ModelAddress(name).parts + ["history"], query: [("alias", alias), ("limit", "\(limit)")])
        }
        try invocation.output.show(rows, columns: Self.columns, empty: "no alias has moved")
    }

    private static let columns: [Column] = [
        .instant("TIME", "at"), .text("ALIAS", "alias"), .text("KIND", "kind"), .text("FROM", "from"),
        .text("TO", "to"), .text("WHO", "who"), Column("BY") { .init(ModelText.origin($0)) },
        .text("REASON", "reason"),
    ]
}

/// How models are told to people.
enum ModelText {
    /// `champion=3, challenger=4`
    static func aliases(_ value: JSONValue?) -> String {
        (value?.objectValue ?? JSONObject()).map { "\($0.key)=\($0.value.displayText)" }.joined(
            separator: ", ")
    }

    /// `churn.evaluate of run x`
    static func origin(_ row: JSONObject) -> String {
        guard let dag = row["dag_id"]?.stringValue, let task = row["task_id"]?.stringValue else { return "" }
        let index = row["map_index"]?.intValue ?? -1
        return "\(dag).\(task)" + (index < 0 ? "" : "[\(index)]")
            + " of run \((row["run_id"] ?? .null).displayText)"
    }

    /// A line for each metric, param and file, such as `metrics.roc_auc` and `datasets.extract.customers.csv`.
    static func spread(_ object: JSONObject) -> JSONObject {
        var result = JSONObject()
        for (key, value) in object {
            if let members = value.objectValue {
                for (name, member) in members { result["\(key).\(name)"] = member }
            } else if let files = value.arrayValue?.compactMap(\.objectValue), !files.isEmpty {
                for file in files {
                    let name = [file["task_id"], file["name"] ?? file["path"]].compactMap { $0?.stringValue }
                    let size = file["size_bytes"].map { ", \($0.displayText) bytes" } ?? ""
                    let line = "\(key).\(name.joined(separator: "."))"
                    // The instances of a mapped task leave files of one name.
                    let others = result[line].map { "\($0.displayText); " } ?? ""
                    result[line] = .string(others + (file["sha256"] ?? .null).displayText + size)
                }
            } else {
                result[key] = value
            }
        }
        return result
    }

    static func metrics(_ row: JSONObject) -> String {
        (row["metrics"]?.objectValue ?? JSONObject()).map { "\($0.key)=\($0.value.displayText)" }
            .joined(separator: ", ")
    }
}
