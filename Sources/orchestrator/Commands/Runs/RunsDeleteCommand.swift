import ArgumentParser
import JSONText

/// `runs delete`
struct RunsDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a finished run: its record, outputs and logs.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: RunArguments

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let invocation = try Invocation(global)
        try await invocation.withAPI(.records) { client in
            let address = try await client.address(place)
            let run = try await client.details(address)
            let state = run["state"]?.stringValue ?? ""
            try invocation.confirm("Delete \(address.dag) \(address.run) (\(state))?", isYes: yes)
            _ = try await client.json(APIRequest(.delete, address.parts))
            invocation.output.say("deleted \(address.run)")
        }
    }
}
