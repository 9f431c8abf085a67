import ArgumentParser
import JSONText

/// `dags show`
struct DAGsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A DAG's settings, parameters and tasks.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: DAGArgument

    func run() async throws {
        let invocation = try Invocation(global)
        let details = try await invocation.withAPI(.records) { try await $0.object(argument.parts) }
        let merged = (details["dag"]?.objectValue ?? JSONObject()).merging(details.without(["dag"]))
        let output = invocation.output
        guard output.format == .table else { return try output.show(merged) }
        var facts = merged.withoutEmpty
        if let sentence = merged["assets"]?["sentence"] { facts["assets"] = sentence }
        if let sentence = merged["retraining"]?["sentence"] { facts["retraining"] = sentence }
        try output.show(
            facts, leavingOut: ["tasks", "groups", "errors", "latest_run", "documentation"])
        try output.line("")
        let tasks = merged["tasks"]?.arrayValue?.compactMap(\.objectValue) ?? []
        try output.show(tasks, columns: TasksListCommand.definitionColumns, empty: "no tasks")
        for error in merged["errors"]?.arrayValue ?? [] {
            output.warn("the newest text of the file is broken: " + (error["message"]?.stringValue ?? ""))
        }
    }
}

extension JSONObject {
    func without(_ keys: Set<String>) -> JSONObject {
        JSONObject(filter { !keys.contains($0.key) }.map { ($0.key, $0.value) })
    }

    /// Without members that say nothing: null, empty text, empty lists and objects.
    var withoutEmpty: JSONObject {
        JSONObject(
            filter { _, value in
                switch value {
                case .null: false
                case .string(let text): !text.isEmpty
                case .array(let items): !items.isEmpty
                case .object(let object): !object.isEmpty
                default: true
                }
            }.map { ($0.key, $0.value) })
    }
}
