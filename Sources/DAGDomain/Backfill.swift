import JSONText

/// The key of a backfill inside an installation, given once, in order of creation.
package struct BackfillID: Hashable, Comparable, Sendable {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }

    package static func < (left: BackfillID, right: BackfillID) -> Bool { left.value < right.value }
}

/// What a backfill does with dates that have a finished run already.
package enum ReprocessBehavior: String, Hashable, Sendable, CaseIterable {
    /// They are left alone.
    case none
    /// Runs that failed or were cancelled run again.
    case failed
    /// All finished runs run again.
    case completed

    package func includes(_ state: DAGRunState) -> Bool {
        switch self {
        case .none: false
        case .failed: state == .failed || state == .cancelled
        case .completed: state.isFinished
        }
    }
}

/// The wish that a DAG's schedule had run between two dates, and how far it has come true.
package struct Backfill: Hashable, Sendable {
    package let id: BackfillID
    package let dagID: DAGID
    /// Both inclusive.
    package let fromDate: Timestamp
    package let toDate: Timestamp
    /// Runs of this backfill that may be running at once, whatever the DAG's own limit says.
    package let maximumActiveRuns: Int
    /// The newest date first.
    package let isReversed: Bool
    /// One run for all dates.
    package let isCollapsed: Bool
    package let reprocess: ReprocessBehavior
    /// What its new runs were given.
    package let parameters: JSONObject
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    /// While paused, none of its queued runs starts.
    package var isPaused: Bool
    /// When its last run ended, or it was cancelled.
    package var completedAt: Timestamp?

    package init(
        id: BackfillID, dagID: DAGID, fromDate: Timestamp, toDate: Timestamp, maximumActiveRuns: Int = 10,
        isReversed: Bool = false, isCollapsed: Bool = false, reprocess: ReprocessBehavior = .none,
        parameters: JSONObject = JSONObject(), createdAt: Timestamp, updatedAt: Timestamp? = nil,
        isPaused: Bool = false, completedAt: Timestamp? = nil
    ) {
        self.id = id
        self.dagID = dagID
        self.fromDate = fromDate
        self.toDate = toDate
        self.maximumActiveRuns = maximumActiveRuns
        self.isReversed = isReversed
        self.isCollapsed = isCollapsed
        self.reprocess = reprocess
        self.parameters = parameters
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
        self.isPaused = isPaused
        self.completedAt = completedAt
    }
}
