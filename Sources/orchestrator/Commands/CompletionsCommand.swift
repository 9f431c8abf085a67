import ArgumentParser

/// `completions`
struct CompletionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Let the shell complete commands and options.",
        subcommands: [CompletionsInstallCommand.self, CompletionsPrintCommand.self])
}

/// `completions print`
struct CompletionsPrintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print", abstract: "Print the completion script of a shell.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "bash, zsh or fish.")
    var shell: ShellName

    func run() async throws {
        try Invocation(global).output.line(shell.script)
    }
}

/// `completions install`
struct CompletionsInstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Put the completion script where your shell looks for it.")

    @OptionGroup var global: GlobalOptions

    @Option(help: "bash, zsh or fish. Default: your shell.")
    var shell: ShellName?

    func run() async throws {
        let invocation = try Invocation(global)
        let name = invocation.environment["SHELL"]?.split(separator: "/").last.map(String.init)
        guard let shell = shell ?? name.flatMap(ShellName.init(rawValue:)) else {
            throw CommandFailure(
                .wrongUsage, "your shell is not known", hint: "add --shell bash, zsh or fish")
        }
        guard let home = invocation.environment["HOME"] ?? accountHome() else {
            throw CommandFailure(.badConfiguration, "your home folder is not known", hint: "set HOME")
        }
        let path = shell.path(home: home, environment: invocation.environment)
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        try FileAccess.makeFolder(folder)
        try FileAccess.replace(path, text: shell.script + "\n")
        invocation.output.say("wrote \(path)")
        if let advice = shell.advice(folder: folder) { invocation.output.say(advice) }
    }
}

/// A shell that completions exist for.
enum ShellName: String, CaseIterable, ExpressibleByArgument {
    case bash, zsh, fish

    var script: String {
        let shell: CompletionShell =
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        return OrchestratorCommand.completionScript(for: shell)
    }

    /// Where the shell looks for a user's own completions: bash-completion 2 and fish follow the XDG folders,
    /// for zsh there is a custom only.
    func path(home: String, environment: [String: String]) -> String {
        let data =
            environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.local/share"
        let settings =
            environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.config"
        return switch self {
        case .bash: data + "/bash-completion/completions/orchestrator"
        case .zsh: home + "/.zsh/completions/_orchestrator"
        case .fish: settings + "/fish/completions/orchestrator.fish"
        }
    }

    /// What the person must still do.
    func advice(folder: String) -> String? {
        switch self {
        case .bash: "open a new shell; the package bash-completion must be installed"
        case .zsh: "add to ~/.zshrc, before compinit:  fpath=(\(folder) $fpath)"
        case .fish: nil
        }
    }
}
