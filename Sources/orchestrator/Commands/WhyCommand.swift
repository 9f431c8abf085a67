import ArgumentParser
import JSONText

/// `why`
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Why a task has (not) started, was skipped, retried or failed.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: TaskArguments

    func run() async throws {
        let invocation = try Invocation(global)
        let answer = try await invocation.withAPI(.records) { client in
            let address = try await client.address(place.place)
            return try await client.object(
                address.task(place.task) + ["why"], query: [("map_index", place.mapIndex.map { "\($0)" })])
        }
        if invocation.output.format == .json { return try invocation.output.show(json: .object(answer)) }
        try invocation.output.line((answer["reason"]?.stringValue ?? "").withoutControls)
    }
}
