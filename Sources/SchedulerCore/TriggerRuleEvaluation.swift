import DAGDomain

/// The table of trigger rules: what becomes of a task, given how its upstream tasks have ended so far.
///
/// The meaning is Airflow's (`airflow/ti_deps/deps/trigger_rule_dep.py`, release 3): most rules settle as
/// soon as the remaining upstream tasks cannot change the answer. `cancelled`, which Airflow does not have,
/// counts as failed.
package enum TriggerRuleEvaluation {
    package enum Verdict: Hashable, Sendable {
        case wait
        case run
        /// The task ends without running: `.upstreamFailed` or `.skipped`.
        case settle(TaskInstanceState)
    }

    /// - Parameter total: the number of upstream tasks; a task without any always runs.
    package static func verdict(rule: TriggerRule, counts: UpstreamCounts, total: Int) -> Verdict {
        let total = Int32(clamping: total)
        if total == 0 { return .run }
        switch rule {
        case .allSuccess, .noneFailed, .noneFailedMinOneSuccess:
            return verdictWithoutFailure(rule: rule, counts: counts, total: total)
        case .allFailed, .allSkipped, .noneSkipped, .allDoneMinOneSuccess:
            return verdictOfExclusion(rule: rule, counts: counts, total: total)
        case .oneSuccess, .oneFailed, .oneDone:
            return verdictOfFirst(rule: rule, counts: counts, total: total)
        case .allDone: return counts.done == total ? .run : .wait
        case .always: return .run
        }
    }

    /// The rules that a failure settles at once.
    private static func verdictWithoutFailure(
        rule: TriggerRule, counts: UpstreamCounts, total: Int32
    ) -> Verdict {
        if counts.failed + counts.upstreamFailed > 0 { return .settle(.upstreamFailed) }
        let passed = counts.success + counts.skipped
        switch rule {
        case .allSuccess:
            if counts.skipped > 0 { return .settle(.skipped) }
            return counts.success == total ? .run : .wait
        case .noneFailedMinOneSuccess:
            if counts.skipped == total { return .settle(.skipped) }
            return passed == total && counts.success > 0 ? .run : .wait
        default:
            return passed == total ? .run : .wait
        }
    }

    /// The rules that one upstream task of the wrong kind settles as skipped.
    private static func verdictOfExclusion(
        rule: TriggerRule, counts: UpstreamCounts, total: Int32
    ) -> Verdict {
        let failures = counts.failed + counts.upstreamFailed
        switch rule {
        case .allFailed:
            if counts.success + counts.skipped > 0 { return .settle(.skipped) }
            return failures == total ? .run : .wait
        case .allSkipped:
            if counts.success + failures > 0 { return .settle(.skipped) }
            return counts.skipped == total ? .run : .wait
        case .noneSkipped:
            if counts.skipped > 0 { return .settle(.skipped) }
            return counts.done == total ? .run : .wait
        default:
            if counts.skipped > 0 { return .settle(.skipped) }
            guard counts.done == total else { return .wait }
            return counts.success > 0 ? .run : .settle(.upstreamFailed)
        }
    }

    /// The rules that one upstream task of the right kind satisfies at once.
    private static func verdictOfFirst(
        rule: TriggerRule, counts: UpstreamCounts, total: Int32
    ) -> Verdict {
        let isDone = counts.done == total
        switch rule {
        case .oneSuccess:
            if counts.success > 0 { return .run }
            guard isDone else { return .wait }
            return .settle(counts.skipped == total ? .skipped : .upstreamFailed)
        case .oneFailed:
            if counts.failed + counts.upstreamFailed > 0 { return .run }
            return isDone ? .settle(.skipped) : .wait
        default:
            if counts.success + counts.failed > 0 { return .run }
            return isDone ? .settle(.skipped) : .wait
        }
    }

    /// Which of the upstream states explains best why a rule settled a task: the first that matches a
    /// preference.
    package static func telling(_ rule: TriggerRule, settledAs state: TaskInstanceState)
        -> (TaskInstanceState) -> Bool
    {
        if state == .upstreamFailed { return { $0.isFailure } }
        return switch rule {
        case .allSuccess, .noneSkipped, .allDoneMinOneSuccess: { $0 == .skipped }
        case .allFailed: { $0 == .success || $0 == .skipped }
        case .allSkipped: { $0 == .success || $0.isFailure }
        default: { $0.isFinished }
        }
    }
}
