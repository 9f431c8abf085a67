import ArgumentParser
import DAGLoading
import JSONText

/// `schema`
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "The JSON Schema of DAG files, for editors.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try Invocation(global).output.line(DAGSchema.json.text(pretty: true))
    }
}
