import JSONText

/// How many runs with the same key may run at once, and what happens to one too many.
package struct RunConcurrency: Hashable, Sendable {
    /// What the key is made of; nil is the DAG's id, so that the limit is the DAG's own. Runs of all DAGs
    /// with equal keys share one group.
    package let key: ConcurrencyKey?
    package let limit: Int
    package let onConflict: ConcurrencyConflict

    package init(key: ConcurrencyKey? = nil, limit: Int = 1, onConflict: ConcurrencyConflict = .queue) {
        self.key = key
        self.limit = limit
        self.onConflict = onConflict
    }
}

/// What happens when a run comes and its group is full.
package enum ConcurrencyConflict: String, Hashable, Sendable, CaseIterable {
    /// It waits.
    case queue
    /// It ends at once with all tasks skipped, as a success.
    case skip
    /// The oldest unfinished runs of the group are cancelled to make room.
    case cancelRunning = "cancel_running"
    /// It ends at once, cancelled.
    case cancelNew = "cancel_new"
    /// It ends at once, failed.
    case fail
    /// It waits, and takes the place of those that wait already: they end skipped.
    case coalesce
}

/// A text with places that a run fills in when it is made.
package struct ConcurrencyKey: Hashable, Sendable {
    package enum Segment: Hashable, Sendable {
        case literal(String)
        case parameter(String)
        case field(Field)
    }

    /// What of a run can be part of a key.
    package enum Field: String, Hashable, Sendable, CaseIterable {
        case dagID = "dag_id"
        case runType = "run_type"
        case logicalDate = "logical_date"
        /// The day of the logical date in UTC.
        case day = "ds"
    }

    package let segments: [Segment]

    package init(segments: [Segment]) {
        self.segments = segments
    }

    /// The key of a run. What it does not have (a param without a value, a date) is empty.
    package func text(of run: DAGRun) -> String {
        segments.map { segment in
            switch segment {
            case .literal(let text): text
            case .parameter(let name):
                run.parameters[name].map { $0.stringValue ?? $0.text() } ?? ""
            case .field(.dagID): run.dagID.text
            case .field(.runType): run.type.rawValue
            case .field(.logicalDate): run.logicalDate?.runIDText ?? ""
            case .field(.day): String((run.logicalDate?.runIDText ?? "").prefix(10))
            }
        }.joined()
    }
}
