import ArgumentParser
import JSONText

/// `runs clear`
struct RunsClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Run a run's tasks again: all of them, or only the failed ones.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: RunArguments
    @OptionGroup var approval: ChangeOptions

    @Flag(help: "Only failed tasks, and what could not start because of them.")
    var onlyFailed = false

    func run() async throws {
        let change = InstanceChange(place: place, body: ["only_failed": .bool(onlyFailed)], verb: .clear)
        try await change.perform(Invocation(global), approval)
    }
}

/// `runs mark`
struct RunsMarkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mark", abstract: "Declare a run's unfinished tasks, and the run, a success or failed.")

    enum State: String, CaseIterable, ExpressibleByArgument { case success, failed }

    @OptionGroup var global: GlobalOptions
    @OptionGroup var place: RunArguments
    @OptionGroup var approval: ChangeOptions

    @Argument(help: "success or failed.")
    var state: State

    func run() async throws {
        let change = InstanceChange(
            place: place, body: ["state": .string(state.rawValue)], verb: .mark(state.rawValue),
            changesRun: true)
        try await change.perform(Invocation(global), approval)
    }
}
