/// Everything about an installation that can be set by option, environment or file: the table that the
/// options, `ORCHESTRATOR_*` and `HOME/config.json` are read by.
///
/// Arguments of one call (`--run-id`, `--count`, `--yes`) are not settings: a task that calls the program
/// inherits `ORCHESTRATOR_RUN_ID`, which must not choose the id of another run.
enum Setting: String, CaseIterable, Sendable {
    case home
    case dags
    case url
    case token
    case output
    case noColor = "no_color"
    case bind
    case port
    case parallelism
    case dagsArePausedAtCreation = "dags_are_paused_at_creation"
    case logLimitBytes = "log_limit_bytes"
    /// Seconds; 0 turns it off.
    case agingInterval = "aging_interval"
    /// Seconds; 0 turns it off.
    case watchdogInterval = "watchdog_interval"
    /// An MLflow server of one's own.
    case trackingURL = "tracking.url"
    case trackingToken = "tracking.token"
    case trackingUsername = "tracking.username"
    case trackingPassword = "tracking.password"
    case trackingConnection = "tracking.connection"
    case trackingAuthorities = "tracking.ca_file"
    case shim
    case openLineageURL = "openlineage.url"
    case openLineageFile = "openlineage.file"
    case openLineageNamespace = "openlineage.namespace"
    case openLineageKey = "openlineage.api_key"
    /// Finished runs of that age go by themselves; 0: none for its age.
    case retentionDays = "retention.days"
    /// Of each DAG the newest so many stay; 0: none goes for its number.
    case retentionRuns = "retention.runs"
    /// Seconds.
    case retentionInterval = "retention.interval"

    /// What kind of value it takes.
    enum Kind: Sendable, Equatable {
        case text
        /// A path; in the file relative to the home, elsewhere to the working directory.
        case path
        case integer(ClosedRange<Int>)
        case boolean
        case choice([String])
    }

    var kind: Kind {
        switch self {
        case .home, .dags, .shim, .openLineageFile, .trackingAuthorities: .path
        case .url, .token, .bind, .trackingURL, .trackingToken, .trackingUsername, .trackingPassword,
            .trackingConnection, .openLineageURL, .openLineageNamespace, .openLineageKey:
            .text
        case .output: .choice(OutputFormat.allCases.map(\.rawValue))
        case .noColor, .dagsArePausedAtCreation: .boolean
        case .port: .integer(0...65_535)
        case .parallelism: .integer(1...100_000)
        case .logLimitBytes: .integer(4_096...1 << 50)
        case .agingInterval: .integer(0...31_536_000)
        case .watchdogInterval: .integer(0...86_400)
        case .retentionDays: .integer(0...36_500)
        case .retentionRuns: .integer(0...1_000_000_000)
        case .retentionInterval: .integer(1...604_800)
        }
    }

    var environmentName: String { "ORCHESTRATOR_" + rawValue.uppercased().replacing(".", with: "_") }

    /// The variable's text; nil when it is not set, or empty. Where a task runs the program,
    /// `ORCHESTRATOR_OUTPUT` is the file for the task's outputs and not a format.
    func value(in environment: [String: String]) -> String? {
        if self == .output, environment["ORCHESTRATOR_TASK_ID"] != nil { return nil }
        return environment[environmentName].flatMap { $0.isEmpty ? nil : $0 }
    }

    var optionName: String { "--" + rawValue.replacing("_", with: "-").replacing(".", with: "-") }

    /// The file lies in the home, so it cannot say where the home is.
    var isAllowedInFile: Bool { self != .home }
}

/// The `ORCHESTRATOR_` variables that are not settings: what a task sees (docs/cli.md), and what tests use.
enum KnownEnvironment {
    private static let names: Set<String> = Set(
        [
            "DAG_ID", "RUN_ID", "TASK_ID", "MAP_INDEX", "TRY_NUMBER", "RUN_TYPE", "LOGICAL_DATE",
            "DATA_INTERVAL_START", "DATA_INTERVAL_END", "PARAMS", "INPUTS", "OUTPUT", "METRICS", "ARTIFACTS",
            "CHECKPOINTS", "MODEL_NAME", "MODEL_VERSION", "MODEL_PATH", "CHAMPION_VERSION", "CHAMPION_PATH",
            "MODEL_SOURCE", "MODEL_REFERENCE_PATH", "PREVIOUS_VERSION", "PREVIOUS_PATH", "FAILPOINT",
            "ATTEMPT_ID",
            "NOTICE",
        ].map { "ORCHESTRATOR_" + $0 })

    /// The params that a task sees, the facts of a notice, and the daemon's variables and connections.
    private static let prefixes = [
        "ORCHESTRATOR_PARAM_", "ORCHESTRATOR_NOTICE_", "ORCHESTRATOR_DEPLOY_", "ORCHESTRATOR_VAR_",
        "ORCHESTRATOR_CONN_",
    ]

    /// The variables of the environment that nobody reads, in alphabetical order.
    static func unknownNames(in environment: [String: String]) -> [String] {
        let settings = Set(Setting.allCases.map(\.environmentName))
        return environment.keys.filter { name in
            name.hasPrefix("ORCHESTRATOR_") && !settings.contains(name) && !names.contains(name)
                && !prefixes.contains(where: name.hasPrefix)
        }.sorted()
    }
}
