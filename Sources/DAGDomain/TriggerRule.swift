/// What the states of the upstream tasks must be for a task to run. Airflow's names and meaning
/// (`airflow/task/trigger_rule.py`); `TriggerRuleEvaluation` holds the table.
package enum TriggerRule: String, Hashable, Sendable, CaseIterable {
    case allSuccess = "all_success"
    case allFailed = "all_failed"
    case allDone = "all_done"
    case allDoneMinOneSuccess = "all_done_min_one_success"
    case oneSuccess = "one_success"
    case oneFailed = "one_failed"
    case oneDone = "one_done"
    case noneFailed = "none_failed"
    case noneFailedMinOneSuccess = "none_failed_min_one_success"
    case noneSkipped = "none_skipped"
    case allSkipped = "all_skipped"
    case always
}

/// How a task's priority follows from the weights of the tasks around it (Airflow's `weight_rule`).
package enum WeightRule: String, Hashable, Sendable, CaseIterable {
    /// Own weight plus that of everything downstream: finish what was begun first. The default.
    case downstream
    /// Own weight plus that of everything upstream: start every run's early tasks first.
    case upstream
    /// Own weight only.
    case absolute
}
