import DAGDomain

/// Something that is due at an instant.
package enum WakeReason: Hashable, Sendable {
    /// The next tick of a DAG's schedule.
    case tick(DAGID)
    /// A run that updates of assets start.
    case assets(DAGID)
    /// A clause of the clock, or a run that `retrain_when` starts.
    case retrain(DAGID)
    /// A retry, or a spawn to try again.
    case instance(TaskInstanceKey)
    case runTimeout(RunNumber)
    /// By its place in the run's plan.
    case deadline(RunNumber, Int)
}

/// An entry of the queue of instants. Entries are never removed early; the machine checks each against its
/// state when it comes up.
package struct WakeEntry: Comparable, Hashable, Sendable {
    package let at: Timestamp
    package let reason: WakeReason

    package static func < (left: WakeEntry, right: WakeEntry) -> Bool {
        if left.at != right.at { return left.at < right.at }
        return left.reason.order < right.reason.order
    }
}

extension WakeReason {
    /// A total order, so that what is due at the same instant happens in a reproducible order.
    fileprivate var order: (Int, String, Int64, Int) {
        switch self {
        case .tick(let dag): (0, dag.text, 0, 0)
        case .assets(let dag): (3, dag.text, 0, 0)
        case .retrain(let dag): (4, dag.text, 0, 0)
        case .instance(let key): (1, "", key.run.value, key.task)
        case .runTimeout(let run): (2, "", run.value, 0)
        case .deadline(let run, let index): (3, "", run.value, index)
        }
    }
}
