import ArgumentParser
import JSONText

/// `db rotate-key`
struct DatabaseRotateKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key",
        abstract: "Seal variables and connections with a new key, and replace HOME/secret.key.",
        discussion: "Older backups of the database need the old key: keep it with them.")

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let invocation = try Invocation(global)
        _ = try await invocation.withAPI(.records) { client in
            try await client.post(["api", "v1", "rotate-key"], body: [:])
        }
        invocation.output.say(
            "sealed everything with a new key in \(invocation.configuration.home)/secret.key")
    }
}
