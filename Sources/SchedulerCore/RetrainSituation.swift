import DAGDomain

/// What a DAG with `retrain_when` waits for, for people.
package struct RetrainSituation: Hashable, Sendable {
    /// Why no run starts although the condition holds.
    package enum Obstacle: Hashable, Sendable {
        case paused
        /// Until then.
        case cooldown(Timestamp)
        case budget(Timestamp)
        case activeRuns(limit: Int)
    }

    package let schedule: RetrainSchedule
    /// In the order of their instants.
    package let firings: [RetrainFiring]
    package let rows: [AssetURI: Int64]
    /// When runs were started, the oldest first.
    package let starts: [Timestamp]
    /// Runs in the budget's window that ends now.
    package let spent: Int
    /// The next tick of a clause of the clock.
    package let nextTick: Timestamp?
    package let isMet: Bool
    package let obstacle: Obstacle?

    /// As the end of a sentence that begins with the DAG.
    package var sentence: String {
        let waiting = firings.map(\.sentence).joined(separator: "; ")
        let limits = "cooldown \(DurationText.describe(schedule.cooldown))"
        guard isMet else {
            let progress = rows.filter { $0.value > 0 }.sorted { $0.key < $1.key }
                .map { "\($0.value) new rows of \($0.key) so far" }
            let so = firings.isEmpty ? progress : ["has fired: \(waiting)"] + progress
            let tail = so.isEmpty ? "" : " (" + so.joined(separator: "; ") + ")"
            return "retrains when \(schedule.condition)\(tail)"
        }
        switch obstacle {
        case nil: return "is about to retrain: \(waiting)"
        case .paused: return "retrains when it is unpaused: \(waiting)"
        case .cooldown(let instant):
            return "retrains at \(instant.rfc3339), when its \(limits) is over: \(waiting)"
        case .budget(let instant):
            let budget = schedule.budget?.text ?? ""
            return "retrains at \(instant.rfc3339), when its budget of \(budget) allows it: \(waiting)"
        case .activeRuns(let limit):
            return
                "retrains when fewer than \(limit) of its runs are unfinished (max_active_runs): \(waiting)"
        }
    }
}

extension RetrainSituation {
    /// Nil for a DAG without `retrain_when`.
    ///
    /// - Parameters:
    ///   - state: nil when nothing ever fired.
    ///   - unfinished: the runs that count against `max_active_runs`.
    package init?(
        of dag: DAG, _ status: DAGStatus, _ state: RetrainState?, unfinished: Int, at now: Timestamp
    ) {
        guard let plan = RetrainPlan(dag) else { return nil }
        let state = state ?? RetrainState(dagID: dag.id)
        schedule = plan.schedule
        firings = state.firingsInOrder
        rows = state.rows
        starts = state.starts
        spent = plan.schedule.spent(of: state.starts, at: now)
        nextTick = status.isPaused ? nil : plan.nextTick(after: status.watermark)
        isMet = plan.schedule.condition.isMet { state.firings[$0] != nil }
        let instant = plan.schedule.nextStart(after: state.starts)
        let limit = dag.settings.maximumActiveRuns
        if status.isPaused {
            obstacle = .paused
        } else if unfinished >= limit {
            obstacle = .activeRuns(limit: limit)
        } else if let instant, instant > now {
            let rested = state.starts.last.map { $0 + plan.schedule.cooldown }
            obstacle = rested == instant ? .cooldown(instant) : .budget(instant)
        } else {
            obstacle = nil
        }
    }
}
