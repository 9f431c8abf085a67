/// The environment variables that tell a task about itself. A DAG file cannot set them; other variables of
/// the same prefix (`ORCHESTRATOR_URL`, `ORCHESTRATOR_HOME`) are the user's own.
enum ReservedVariables {
    private static let names: Set<String> = [
        "DAG_ID", "RUN_ID", "TASK_ID", "MAP_INDEX", "TRY_NUMBER", "RUN_TYPE", "LOGICAL_DATE",
        "DATA_INTERVAL_START",
        "DATA_INTERVAL_END", "PARAMS", "INPUTS", "OUTPUT", "METRICS", "ARTIFACTS", "CHECKPOINTS", "OUTLETS",
        "ASSET_EVENTS",
        "MODEL_NAME",
        "ATTEMPT_ID", "MODEL_VERSION", "MODEL_PATH", "CHAMPION_VERSION", "CHAMPION_PATH", "MODEL_SOURCE",
        "MODEL_REFERENCE_PATH", "PREVIOUS_VERSION", "PREVIOUS_PATH", "NOTICE",
    ]

    static func contains(_ name: String) -> Bool {
        let prefix = "ORCHESTRATOR_"
        guard name.hasPrefix(prefix) else { return false }
        let rest = String(name.dropFirst(prefix.count))
        return names.contains(rest) || rest.hasPrefix("PARAM_") || rest.hasPrefix("NOTICE_")
            || rest.hasPrefix("DEPLOY_")
    }
}
