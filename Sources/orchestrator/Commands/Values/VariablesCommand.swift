import ArgumentParser
import JSONText

/// `variables`: values under names, for the templates of tasks.
struct VariablesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "variables", abstract: "List, get, set, delete, export and import variables.",
        subcommands: [
            VariablesListCommand.self, VariablesGetCommand.self, VariablesSetCommand.self,
            VariablesDeleteCommand.self, VariablesExportCommand.self, VariablesImportCommand.self,
        ])

    static let parts = ["api", "v1", "variables"]
}

/// `variables list`
struct VariablesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All variables of the database; sensitive values are `***`.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let invocation = try Invocation(global)
        let rows = try await invocation.withAPI(.records) { try await $0.rows(VariablesCommand.parts) }
        try invocation.output.show(
            rows,
            columns: [.text("KEY", "key"), .text("VALUE", "value"), .text("DESCRIPTION", "description")],
            empty: "no variables")
    }
}

/// `variables get`
struct VariablesGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "The value of a variable, in the clear.",
        discussion: "Looks where a task would: in the daemon's environment, the home's files, the database.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The variable's key.")
    var key: String

    @Option(name: .customLong("default"), help: "What to print when there is none.")
    var standard: String?

    func run() async throws {
        let invocation = try Invocation(global)
        do {
            let variable = try await invocation.withAPI(.records) { client in
                try await client.object(VariablesCommand.parts + [key], query: [("reveal", "true")])
            }
            if invocation.output.format == .json {
                return try invocation.output.show(json: .object(variable))
            }
            try invocation.output.line(variable["value"]?.stringValue ?? "")
        } catch let failure as CommandFailure where failure.status == .notFound {
            guard let standard else { throw failure }
            try invocation.output.line(standard)
        }
    }
}

/// `variables set`
struct VariablesSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Make a variable, or change its value.",
        discussion:
            "A value as an argument can be seen in the list of processes: give secrets with --file or `-`.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The variable's key.")
    var key: String

    @Argument(help: "The value; `-` reads standard input.")
    var value: String?

    @Option(help: "A file with the value; `-` is standard input.")
    var file: String?

    @Option(help: "What the variable is for.")
    var description: String?

    @Flag(help: "Refuse a value that is not JSON.")
    var json = false

    func run() async throws {
        let invocation = try Invocation(global)
        guard let text = try ValueText.read(value, file: file) else {
            throw CommandFailure(.wrongUsage, "give the value as an argument, with --file, or `-`")
        }
        if json {
            do throws(JSONSyntaxError) { _ = try JSONValue.parse(text) } catch {
                throw CommandFailure(.badData, "the value is not JSON: \(error.description)")
            }
        }
        let variable = try await invocation.withAPI(.records) { client in
            try await client.setVariable(key, text, description: description)
        }
        if invocation.output.format == .json { return try invocation.output.show(json: variable) }
        invocation.output.say("set the variable \(key)")
    }
}

/// `variables delete`
struct VariablesDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete a variable.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The variable's key.")
    var key: String

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let invocation = try Invocation(global)
        try await invocation.withAPI(.records) { client in
            try invocation.confirm("Delete the variable \(key)?", isYes: yes)
            _ = try await client.json(APIRequest(.delete, VariablesCommand.parts + [key]))
        }
        invocation.output.say("deleted the variable \(key)")
    }
}

extension APIClient {
    func setVariable(_ key: String, _ value: String, description: String?) async throws -> JSONValue {
        var body: JSONObject = ["value": .string(value)]
        body["description"] = description.map(JSONValue.string)
        return try await json(APIRequest(.put, VariablesCommand.parts + [key], body: .object(body)))
    }
}
