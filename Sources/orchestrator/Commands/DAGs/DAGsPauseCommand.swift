import ArgumentParser
import JSONText

/// `dags pause`
struct DAGsPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let a DAG's schedule start no more runs; running ones go on.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: DAGArgument

    func run() async throws {
        try await argument.setPaused(true, Invocation(global))
    }
}

/// `dags unpause`
struct DAGsUnpauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpause", abstract: "Let a DAG's schedule start runs again.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var argument: DAGArgument

    func run() async throws {
        try await argument.setPaused(false, Invocation(global))
    }
}

extension DAGArgument {
    /// Pausing what is paused is no error.
    fileprivate func setPaused(_ isPaused: Bool, _ invocation: Invocation) async throws {
        let answer = try await invocation.withAPI(.records) { client in
            try await client.json(APIRequest(.patch, parts, body: ["is_paused": .bool(isPaused)]))
        }
        if invocation.output.format == .json {
            let row: JSONValue = [
                "dag_id": .string(dag), "is_paused": answer["dag"]?["is_paused"] ?? .bool(isPaused),
            ]
            try invocation.output.show(json: row)
        } else {
            invocation.output.say("\(dag) is \(isPaused ? "paused" : "not paused")")
        }
    }
}
