import ArgumentParser

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The home: database, logs, artifacts. Default: ~/.orchestrator", valueName: "dir"))
    var home: String?

    @Option(
        help: ArgumentHelp("The DAG folder. Default: ./dags if it exists, else HOME/dags", valueName: "dir"))
    var dags: String?

    @Option(
        help: ArgumentHelp(
            "The daemon of another machine; the token is in ORCHESTRATOR_TOKEN", valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp(
            "table, json or plain. Default: table on a terminal, else plain", valueName: "format"))
    var output: OutputFormat?

    @Flag(help: "No colour.")
    var noColor = false

    /// What was given, as settings.
    var settings: [Setting: String] {
        var settings: [Setting: String] = [:]
        settings[.home] = home
        settings[.dags] = dags
        settings[.url] = url
        settings[.output] = output?.rawValue
        if noColor { settings[.noColor] = "true" }
        return settings
    }
}
