import DAGDomain

extension Explanation {
    /// One sentence for a person, without a full stop of its own subject: "`train` waits for ...".
    package var sentence: String {
        "`\(task)` \(predicate)."
    }

    private var predicate: String {
        switch cause {
        case .runIsQueued(let running, let limit, let ahead):
            let line =
                ahead == 0
                ? "it is the next one" : "\(ahead == 1 ? "1 run waits" : "\(ahead) runs wait") before it"
            return
                "has not started because its run is queued: \(running) of at most \(limit) runs of this DAG "
                + "are running (max_active_runs), \(line)"
        case .groupIsFull(let key, let running):
            return "has not started because its run is queued: \(running) of the runs with the concurrency "
                + "key \(key) \(running == 1 ? "is" : "are") running, and no more may"
        case .backfillIsPaused(let id):
            return "has not started because its run is queued and backfill \(id.value) is paused"
        case .waitsForUpstream(let rule, let named, let unfinished):
            return waiting(rule: rule, named: named, unfinished: unfinished)
        case .poolIsFull, .poolIsUnknown, .poolIsTooSmall, .runIsFull, .taskIsFull, .installationIsFull,
            .waitsForSlots:
            return "is ready and waits: \(obstacle)"
        case .waitsForPast(let reason): return "is held back: \(reason.noun)"
        case .waitsForRetry(let instant, let next, let total, let reason):
            return "waits until \(instant.rfc3339) for try \(next) of \(total), after \(reason.noun)"
        case .waitsOutside(let reason, let since, let until):
            return "waits for \(reason?.noun ?? "something outside")"
                + (since.map { " since \($0.rfc3339)" } ?? "")
                + (until.map { ", \(reason == .waits(.instant) ? "which is" : "next look at") \($0.rfc3339)" }
                    ?? "")
        case .waitsForSpawn(let instant, let error):
            return "could not be started (\(error)) and is tried again at \(instant.rfc3339)"
        case .isStarting(_, let number, let total): return "is being started, try \(number) of \(total)"
        case .isRunning(let since, let number, let total):
            return "is running" + (since.map { " since \($0.rfc3339)" } ?? "") + ", try \(number) of \(total)"
        case .isBeingEnded(let reason): return "is being ended: \(reason.noun)"
        case .settledByRule(let rule, let upstream, let root, let reason, let tries):
            return settled(rule: rule, upstream: upstream, root: root, reason: reason, tries: tries)
        case .skippedByGate(let gate, let verdict):
            return "was skipped because the gate of `\(gate)` did not hold"
                + (verdict.map { ": \($0.failures)" } ?? "")
        case .ended(let reason, let tries): return ended(reason, tries: tries)
        }
    }

    private var obstacle: String {
        switch cause {
        case .poolIsFull(let name, let used, let slots, let needs, let place):
            return "pool `\(name)` has \(used) of \(slots) slots in use, it needs \(needs) and is "
                + "\(place.words) in line"
        case .poolIsUnknown(let name): return "there is no pool `\(name)`"
        case .poolIsTooSmall(let name, let slots, let needs):
            return "it needs \(needs) slots, and pool `\(name)` has only \(slots)"
        case .runIsFull(let active, let limit):
            return "\(active) of at most \(limit) tasks of its run are active (max_active_tasks)"
        case .taskIsFull(let active, let limit, let acrossRuns):
            return "\(active) of at most \(limit) of its instances are active "
                + (acrossRuns
                    ? "in all runs (max_active_tis_per_dag)"
                    : "in its run (max_parallel, max_active_tis_per_dagrun)")
        case .installationIsFull(let active, let limit, let place):
            return "\(active) of at most \(limit) tasks are active in all (parallelism), it is "
                + "\(place.words) in line"
        default: return "for slots"
        }
    }

    private func waiting(rule: TriggerRule, named: [Upstream], unfinished: Int) -> String {
        guard !named.isEmpty else { return "waits for its run to look at it (rule \(rule.rawValue))" }
        var list = named.map { "`\($0.task)` (\($0.state.rawValue))" }.joined(separator: ", ")
        if unfinished > named.count { list += " and \(unfinished - named.count) more" }
        return "waits for \(list), rule \(rule.rawValue)"
    }

    private func settled(
        rule: TriggerRule, upstream: Upstream, root: Upstream?, reason: StateReason?, tries: Int
    ) -> String {
        let verb = state == .skipped ? "was skipped" : "did not run (\(state.rawValue))"
        var text =
            "\(verb) because its rule \(rule.rawValue) cannot hold: "
            + "`\(upstream.task)` is \(upstream.state.rawValue)"
        if let root {
            text += "; it began with `\(root.task)`, which is \(root.state.rawValue)"
        }
        if let reason, (root ?? upstream).state != .success {
            text += " (\(reason.noun)\(tries > 1 ? " after \(tries) tries" : ""))"
        }
        return text
    }

    private func ended(_ reason: StateReason?, tries: Int) -> String {
        let after = tries > 1 ? " after \(tries) tries" : ""
        switch (state, reason) {
        case (.success, .gateFailed(let verdict)):
            return "succeeded, but its gate did not hold and what follows was skipped: \(verdict.failures)"
        case (.success, .cached(let run, let number)):
            return "was served from the cache: run \(run), try \(number), had done the same"
        case (.success, .gateWarned(let verdict)):
            return "succeeded\(after), with a warning: \(verdict.warningText)"
        case (.success, .byUser(let text)), (.failed, .byUser(let text)), (.skipped, .byUser(let text)):
            return "was \(text)"
        case (.success, _): return "succeeded" + after
        case (.cancelled, .byUser(let text)): return "was \(text)"
        case (.failed, .exitCode(let code)?): return "failed with exit code \(code)" + after
        case (.failed, .signal(let number)?): return "failed: signal \(number) ended it" + after
        case (.failed, let reason?): return "failed\(after): \(reason.noun)"
        case (.skipped, .exitCode(let code)): return "skipped itself (exit code \(code))"
        case (_, let reason?): return "is \(state.rawValue): \(reason.noun)"
        case (_, nil): return "is \(state.rawValue)"
        }
    }
}

extension Explanation.PlaceInLine {
    /// "3rd of 17".
    package var words: String {
        let ending =
            switch (number % 100, number % 10) {
            case (11...13, _): "th"
            case (_, 1): "st"
            case (_, 2): "nd"
            case (_, 3): "rd"
            default: "th"
            }
        return "\(number)\(ending) of \(of)"
    }
}

extension StateReason {
    /// The reason as a noun phrase: "exit code 3", "signal 9".
    package var noun: String {
        switch self {
        case .triggerRule(let rule, _, let state):
            "rule \(rule.rawValue), with an upstream task \(state.rawValue)"
        case .exitCode(let code): "exit code \(code)"
        case .signal(let number): "signal \(number)"
        case .notStarted(let text): "it could not be started: \(text)"
        case .executionTimeout(let limit): "its execution_timeout of \(limit.inSeconds) s passed"
        case .runTimeout: "the dagrun_timeout passed"
        case .lost(let found): "its attempt was lost: \(found)"
        case .gateFailed(let verdict): "its gate did not hold: \(verdict.failures)"
        case .gateWarned(let verdict): "a warning: \(verdict.warningText)"
        case .upstreamGate: "a gate upstream did not hold"
        case .badReport(let text), .overtaken(let text): text
        case .waitsForRetry(_, let after): after.noun
        case .byUser(let text): text
        case .runEnded: "the run ended before it could start"
        default: flowNoun
        }
    }
}
