import ArgumentParser
import Foundation
import JSONText

/// `runs export`
struct RunsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract:
            "Write a finished run into one file: the DAG's version, states, tries, logs, outputs, metrics, artifacts.",
        discussion: "Secrets in logs are masked. The file is a SQLite database.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: RunArguments

    @Argument(help: "The new file.", completion: .file())
    var file: String

    func run() async throws {
        let invocation = try Invocation(global)
        let path = URL(fileURLWithPath: file).path
        let answer = try await invocation.withAPI(.records) { client in
            let address = try await client.address(place)
            return try await client.post(address.parts + ["export"], body: ["path": .string(path)])
        }
        if invocation.output.format == .json { return try invocation.output.show(json: answer) }
        let counts = ["logs", "artifacts"].map { "\((answer[$0] ?? .null).displayText) \($0)" }
        try invocation.output.line(path)
        invocation.output.say(
            "\((answer["run_id"] ?? .null).displayText): \(counts.joined(separator: ", ")), "
                + "\((answer["size_bytes"] ?? .null).displayText) bytes")
    }
}

/// `runs import`
struct RunsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take a run over that `runs export` has written, here or elsewhere.",
        discussion:
            "The run is only looked at: nothing of it starts. A run id that its DAG has already is refused.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The file.", completion: .file())
    var file: String

    func run() async throws {
        let invocation = try Invocation(global)
        let path = URL(fileURLWithPath: file).path
        let run = try await invocation.withAPI(.records) { client in
            try await client.post(["api", "v1", "run-imports"], body: ["path": .string(path)])
        }
        if invocation.output.format == .json { return try invocation.output.show(json: run) }
        try invocation.output.line((run["run_id"] ?? .null).displayText)
        invocation.output.say(
            "imported run \((run["run_id"] ?? .null).displayText) of \((run["dag_id"] ?? .null).displayText)")
    }
}
