import DAGDomain

/// Which keys belong to which roles: asked by the reader of tasks and by the schema for editors.
enum RoleKeys {
    /// Keys that make sense for one role only.
    static let own: [(role: TaskRole, keys: [String])] = [
        (.triggerDAG, ["trigger_dag", "trigger_dag_id", "conf", "wait_for_completion"]),
        (
            .sensor,
            ["file", "at", "delay", "delay_from", "time_of_day", "external", "poke_interval", "soft_fail"]
        ),
        (.approval, ["subject", "body", "default", "on_reject"]),
        (.monitor, ["drift"]),
    ]

    /// What a sensor can wait for: exactly one of these.
    static let awaited = ["file", "at", "delay", "time_of_day", "external", "command", "http", "sql"]

    /// The ways to run: a task has exactly one of these.
    static let ways = ["command", "http", "sql", "container"]

    /// The ways to send a notice, and the kinds of deadlines: each has exactly one of them.
    static let noticeKinds = ["command", "webhook", "email"]
    static let deadlineKinds = ["not_started_by", "not_finished_by", "average_runtime"]

    /// A clause of `retrain_when` is one of these, and a number has one bound.
    static let retrainClauses = ["cron", "asset", "metric", "drift", "new_rows", "any", "all"]
    static let retrainBounds = ["above", "below"]
    /// What cannot stand beside `retrain_when`: there the clock and assets are clauses.
    static let withoutRetraining = ["every", "cron", "assets"]

    /// A table that a monitoring task compares is one of these.
    static let driftTables = ["model", "artifact", "path"]

    static let noticeChoices = words(noticeKinds)
    static let deadlineChoices = words(deadlineKinds)
    static let wayChoices = words(ways)
    static let awaitedChoices = words(awaited)

    /// `"a", "b" or "c"`
    private static func words(_ keys: [String]) -> String {
        let quoted = keys.map { "\"\($0)\"" }
        return quoted.dropLast().joined(separator: ", ") + " or " + (quoted.last ?? "")
    }

    /// Roles that run nothing.
    static let withoutCommand: [TaskRole] = [.noop, .latestOnly, .approval, .triggerDAG]

    /// Roles that decide about a whole run and so cannot be many.
    static let unmappable: [TaskRole] = [.branch, .shortCircuit, .approval, .latestOnly]

    static let mappings = ["expand", "expand_kwargs", "matrix"]
}
