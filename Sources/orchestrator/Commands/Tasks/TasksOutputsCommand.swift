import ArgumentParser
import JSONText

/// `tasks outputs`
struct TasksOutputsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outputs", abstract: "The outputs that a task instance handed on.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: TaskArguments

    func run() async throws {
        let invocation = try Invocation(global)
        let outputs = try await place.details(invocation)["outputs"]?.objectValue ?? JSONObject()
        if outputs.isEmpty, invocation.output.format == .table { invocation.output.say("no outputs") }
        try invocation.output.show(outputs)
    }
}
