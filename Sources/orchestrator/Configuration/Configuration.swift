import DAGDomain
import JSONText

/// The settings of one call: option, else environment, else `HOME/config.json`, else the built-in default.
struct Configuration: Sendable {
    /// The home as an absolute path; nothing is created here.
    let home: String
    private let values: [Setting: SettingValue]

    /// What the world around the program says; a value, so that precedence can be tested.
    struct Surroundings: Sendable {
        var environment: [String: String]
        var workingDirectory: String
        /// The text of a file; nil when it does not exist.
        var readFile: @Sendable (String) throws(CommandFailure) -> [UInt8]?
        var folderExists: @Sendable (String) -> Bool
    }

    /// - Parameter options: what was given on the command line, as text.
    init(options: [Setting: String], surroundings: Surroundings) throws(CommandFailure) {
        var values: [Setting: SettingValue] = [:]
        for setting in Setting.allCases {
            if let text = options[setting] {
                values[setting] = SettingValue(setting: setting, text: text, source: .option)
            } else if let text = setting.value(in: surroundings.environment) {
                values[setting] = SettingValue(setting: setting, text: text, source: .environment)
            }
        }
        home = Self.home(chosen: values[.home]?.text, surroundings)
        for value in try Self.fileValues(home: home, surroundings) where values[value.setting] == nil {
            values[value.setting] = value
        }
        for value in values.values { try value.check() }
        self.values = values
        workingDirectory = surroundings.workingDirectory
        defaultDAGs =
            [surroundings.workingDirectory + "/dags"].first(where: surroundings.folderExists)
            ?? home + "/dags"
    }

    private let workingDirectory: String
    private let defaultDAGs: String

    func text(_ setting: Setting) -> String? { values[setting]?.text }

    func integer(_ setting: Setting, default standard: Int) throws(CommandFailure) -> Int {
        guard let value = values[setting], case .integer(let range) = setting.kind else { return standard }
        return try value.integer(in: range)
    }

    func boolean(_ setting: Setting) throws(CommandFailure) -> Bool {
        try values[setting]?.boolean() ?? false
    }

    /// An absolute path; nil when the setting is not given.
    func path(_ setting: Setting) -> String? {
        guard let value = values[setting] else { return nil }
        if case .file = value.source { return value.text.absolutePath(in: home) }
        return value.text.absolutePath(in: workingDirectory)
    }

    /// `--dags`, else `./dags` if it exists, else `HOME/dags`.
    var dagFolder: String { path(.dags) ?? defaultDAGs }

    /// Whether somebody chose the DAG folder, so that a missing one is an error.
    var isDAGFolderChosen: Bool { values[.dags] != nil }

    private static func home(chosen: String?, _ surroundings: Surroundings) -> String {
        if let chosen { return chosen.absolutePath(in: surroundings.workingDirectory) }
        let personal = surroundings.environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (personal ?? accountHome() ?? surroundings.workingDirectory) + "/.orchestrator"
    }

    private static func fileValues(
        home: String, _ surroundings: Surroundings
    ) throws(CommandFailure) -> [SettingValue] {
        let path = home + "/config.json"
        guard let bytes = try surroundings.readFile(path) else { return [] }
        return try ConfigurationFile.values(path: path, bytes: bytes)
    }
}

extension String {
    /// The path made absolute by text alone; links are left for the system.
    func absolutePath(in folder: String) -> String {
        if hasPrefix("/") { return self }
        let rest = hasPrefix("./") ? String(dropFirst(2)) : self
        if rest.isEmpty || rest == "." { return folder }
        return folder.hasSuffix("/") ? folder + rest : folder + "/" + rest
    }
}
