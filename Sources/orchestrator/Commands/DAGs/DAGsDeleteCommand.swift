import ArgumentParser
import JSONText

/// `dags delete`
struct DAGsDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a DAG's history. Its file is left; if it is there, the DAG comes back empty.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: DAGArgument

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let invocation = try Invocation(global)
        try await invocation.withAPI(.records) { client in
            let runs = try await client.get(argument.parts + ["runs"], query: [("limit", "1")])
            let count = runs["total_entries"]?.intValue ?? 0
            try invocation.confirm("Delete \(argument.dag) with \(count) runs?", isYes: yes)
            _ = try await client.json(APIRequest(.delete, argument.parts))
        }
        invocation.output.say("deleted the history of \(argument.dag)")
    }
}
