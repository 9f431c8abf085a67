import DAGDomain
import JSONText

/// What a task sees in its environment: an allow-list from the daemon's own, then `env`, then the contract's variables.
enum TaskEnvironment {
    private static let inherited: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "SHELL", "TERM",
    ]

    /// What a task may have of the daemon's environment.
    static func inherited(from environment: [String: String]) -> [String: String] {
        environment.filter { inherited.contains($0.key) || $0.key.hasPrefix("LC_") }
    }

    /// Who the attempt is.
    static func identity(run: DAGRun, task: TaskID, mapIndex: Int, tryNumber: Int) -> [String: String] {
        [
            "ORCHESTRATOR_DAG_ID": run.dagID.text,
            "ORCHESTRATOR_RUN_ID": run.runID.text,
            "ORCHESTRATOR_TASK_ID": task.text,
            "ORCHESTRATOR_MAP_INDEX": String(mapIndex),
            "ORCHESTRATOR_TRY_NUMBER": String(tryNumber),
            "ORCHESTRATOR_RUN_TYPE": run.type.rawValue,
            "ORCHESTRATOR_LOGICAL_DATE": run.logicalDate?.rfc3339 ?? "",
            "ORCHESTRATOR_DATA_INTERVAL_START": run.dataIntervalStart?.rfc3339 ?? "",
            "ORCHESTRATOR_DATA_INTERVAL_END": run.dataIntervalEnd?.rfc3339 ?? "",
            // No GPU was asked for: without this a CUDA program would take every one.
            "CUDA_VISIBLE_DEVICES": "",
        ]
    }

    /// Each scalar parameter as `ORCHESTRATOR_PARAM_<NAME>`: strings as they are, other scalars as JSON. A value
    /// that no environment can hold (a NUL byte) is left to the parameter file.
    static func parameters(_ parameters: JSONObject) -> [String: String] {
        var variables: [String: String] = [:]
        for (name, value) in parameters where value.isScalar {
            let text = value.stringValue ?? value.text()
            guard !text.utf8.contains(0) else { continue }
            variables["ORCHESTRATOR_PARAM_" + variableName(name)] = text
        }
        return variables
    }

    /// Upper case, everything but letters and digits as `_`.
    static func variableName(_ name: String) -> String {
        String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
