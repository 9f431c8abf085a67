import ArgumentParser
import JSONText

/// `variables export`
struct VariablesExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all variables as JSON, in Airflow's form, values in the clear.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: ArgumentHelp("The file; standard output without one, or with `-`.", valueName: "file"))
    var file: String?

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { client in
            try await client.rows(VariablesCommand.parts, query: [("reveal", "true")])
        }
        var variables = JSONObject()
        for row in rows {
            guard let key = row["key"]?.stringValue, let text = row["value"]?.stringValue else { continue }
            let value = (try? JSONValue.parse(text)) ?? .string(text)
            let description = row["description"]?.stringValue ?? ""
            variables[key] =
                description.isEmpty ? value : ["value": value, "description": .string(description)]
        }
        try invocation.export(variables, to: file, what: "variables")
    }
}

/// `variables import`
struct VariablesImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Set the variables of a file that `variables export` (or Airflow) wrote.",
        discussion: """
            The file is an object: {"KEY": VALUE} or {"KEY": {"value": VALUE, "description": TEXT}}. A value that is
            not a string is kept as JSON.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The file; `-` is standard input.")
    var file: String

    @Option(
        name: [.customShort("a"), .customLong("action-on-existing-key")],
        help: "overwrite, fail or skip. Default: overwrite")
    var mode: ImportMode = .overwrite

    func run() async throws {
        let invocation = try Invocation(global)
        let variables = try ImportMode.object(inFile: file).map { key, value in
            (name: key, value: Self.variable(value))
        }
        let count = try await invocation.withAPI(.records) { client in
            let known = try await client.rows(VariablesCommand.parts).compactMap { $0["key"]?.stringValue }
            let chosen = try mode.chosen(variables, known: Set(known))
            for (key, variable) in chosen {
                _ = try await client.setVariable(key, variable.text, description: variable.description)
            }
            return chosen.count
        }
        invocation.output.say("set \(count) variables")
    }

    /// Airflow takes an object with a `value` for a value with a description.
    private static func variable(_ value: JSONValue) -> (text: String, description: String?) {
        if let inner = value["value"] {
            return (inner.stringValue ?? inner.text(), value["description"]?.stringValue)
        }
        return (value.stringValue ?? value.text(), nil)
    }
}

extension Invocation {
    /// Writes secrets in the clear: a new file is for its owner only.
    func export(_ object: JSONObject, to file: String?, what: String) throws(CommandFailure) {
        let text = object.text(pretty: true) + "\n"
        guard let file, file != "-" else { return try output.results.write(text) }
        try FileAccess.create(file, text: text, mode: 0o600)
        output.say("wrote \(object.count) \(what) to \(file)")
    }
}
