import Glibc

/// One call of the program: its settings and where its output goes. The first thing every command makes.
struct Invocation: Sendable {
    let configuration: Configuration
    let output: Output
    let environment: [String: String]

    /// Reads the settings and warns of environment variables that nobody reads.
    ///
    /// - Parameter options: settings that only this command has as options.
    init(_ global: GlobalOptions, options: [Setting: String] = [:]) throws(CommandFailure) {
        let surroundings = Configuration.Surroundings.system()
        let given = global.settings.merging(options) { _, own in own }
        configuration = try Configuration(options: given, surroundings: surroundings)
        environment = surroundings.environment
        let wantsColour = try !configuration.boolean(.noColor)
        let results = Terminal(descriptor: STDOUT_FILENO, wantsColour: wantsColour, environment: environment)
        let messages = Terminal(descriptor: STDERR_FILENO, wantsColour: wantsColour, environment: environment)
        let chosen = configuration.text(.output).flatMap(OutputFormat.init(rawValue:))
        let standard: OutputFormat = results.isInteractive ? .table : .plain
        output = Output(format: chosen ?? standard, results: results, messages: messages)
        for name in KnownEnvironment.unknownNames(in: environment) {
            output.warn("unknown environment variable \(name); docs/cli.md lists the settings")
        }
    }
}
