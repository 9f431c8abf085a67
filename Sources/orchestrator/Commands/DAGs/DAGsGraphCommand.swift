import ArgumentParser
import JSONText

/// `dags graph`
struct DAGsGraphCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "A DAG's tasks and edges, as a text tree, Graphviz dot or Mermaid.")

    enum Format: String, CaseIterable, ExpressibleByArgument { case tree, dot, mermaid }

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: DAGArgument

    @Option(help: "tree, dot or mermaid.")
    var format = Format.tree

    func run() async throws {
        let invocation = try Invocation(global)
        let details = try await invocation.withAPI(.records) { try await $0.object(argument.parts) }
        let tasks = details["tasks"]?.arrayValue?.compactMap(\.objectValue) ?? []
        if invocation.output.format == .json { return try invocation.output.show(json: edges(of: tasks)) }
        let drawing = GraphDrawing(name: argument.dag, details: details)
        let text =
            switch format {
            case .tree: drawing.tree()
            case .dot: drawing.dot()
            case .mermaid: drawing.mermaid()
            }
        try invocation.output.results.write(text)
    }

    private func edges(of tasks: [JSONObject]) -> JSONValue {
        .array(
            tasks.map { task in
                [
                    "task_id": task["task_id"] ?? .null, "depends_on": task["depends_on"] ?? .array([]),
                    "group": task["group"] ?? .null, "mapping": task["mapping"] ?? .null,
                ]
            })
    }
}
