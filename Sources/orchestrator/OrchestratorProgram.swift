import ArgumentParser
import Glibc

/// The program's entry: reads the arguments, runs one command, turns every error into text and an exit
/// status.
@main
enum OrchestratorProgram {
    static func main() async {
        exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    private static func run(_ arguments: [String]) async -> ExitStatus {
        let command: any ParsableCommand
        do {
            command = try OrchestratorCommand.parseAsRoot(ArgumentOrder.globalOptionsLast(arguments))
        } catch {
            return tell(parserError: error)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                var synchronous = command
                try synchronous.run()
            }
            return .done
        } catch let error
            where error is CleanExit || error is ValidationError
            || OrchestratorCommand.exitCode(for: error).isSuccess
        {
            // `--help` is a command to the parser: running it throws the request for help.
            return tell(parserError: error)
        } catch {
            let failure = CommandFailure(describing: error)
            try? standardError.write(failure.text)
            return failure.status
        }
    }

    /// Help, version, completion scripts and wrong usage, in the parser's own words.
    private static func tell(parserError error: any Error) -> ExitStatus {
        let text = OrchestratorCommand.fullMessage(for: error)
        if OrchestratorCommand.exitCode(for: error).isSuccess {
            try? Terminal(descriptor: STDOUT_FILENO, wantsColour: false, environment: [:]).write(text + "\n")
            return .done
        }
        let lowered = text.hasPrefix("Error: ") ? "error: " + text.dropFirst("Error: ".count) : text
        try? standardError.write(lowered + "\n")
        return .wrongUsage
    }

    private static var standardError: Terminal {
        Terminal(descriptor: STDERR_FILENO, wantsColour: false, environment: [:])
    }
}
