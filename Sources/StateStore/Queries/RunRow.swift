import DAGDomain

/// A run as lists show it.
package struct RunRow: Hashable, Sendable {
    package let run: DAGRun
    /// Of the version it is pinned to, counted from 1 for each DAG.
    package let versionNumber: Int
}

/// What a list of runs is sorted by.
package enum RunOrder: Hashable, Sendable, CaseIterable {
    /// Order of creation.
    case number
    case runAfter, logicalDate, startDate, endDate, state, runID
}

/// Which runs a list shows; nil is no condition.
package struct RunFilter: Hashable, Sendable {
    package var dagIDs: [DAGID]?
    package var runIDs: [RunID]?
    package var states: [DAGRunState]?
    package var types: [DAGRunType]?
    /// Patterns of SQL's LIKE, any of which may match.
    package var dagIDPatterns: [String]?
    package var runIDPatterns: [String]?
    package var runAfter: TimestampRange?
    package var logicalDate: TimestampRange?
    package var startDate: TimestampRange?
    package var endDate: TimestampRange?
    package var parent: TaskInstanceKey?
    package var order = RunOrder.number
    package var descending = true
    package var limit = 50
    package var offset = 0

    package init() {}
}

/// Bounds on an instant, each optional and inclusive.
package struct TimestampRange: Hashable, Sendable {
    package var from: Timestamp?
    package var through: Timestamp?

    package init(from: Timestamp? = nil, through: Timestamp? = nil) {
        self.from = from
        self.through = through
    }
}

/// How many runs of a DAG are in a state.
package struct RunCountRow: Hashable, Sendable {
    package let dagID: DAGID
    package let state: DAGRunState
    package let runs: Int
}
