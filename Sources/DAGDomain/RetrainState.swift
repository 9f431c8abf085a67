/// A clause that has fired, with what it saw.
package struct RetrainFiring: Hashable, Sendable {
    /// `RetrainClause.text`
    package let clause: String
    /// A tick of the clock, or when the report or the update came.
    package let at: Timestamp
    /// The metric, or the rows so far; nil for clauses without a number.
    package let value: Double?
    /// Who reported the number or updated the asset; nil for the clock.
    package let source: AssetEventSource?

    package init(clause: String, at: Timestamp, value: Double? = nil, source: AssetEventSource? = nil) {
        self.clause = clause
        self.at = at
        self.value = value
        self.source = source
    }
}

extension RetrainFiring {
    /// `drift psi above 0.2: 0.31 from drift of monitoring, run manual__1`
    package var sentence: String {
        let origin: String? =
            switch source {
            case nil: nil
            case .task(let dagID, let runID, let taskID, let mapIndex):
                "from \(taskID)\(mapIndex < 0 ? "" : "[\(mapIndex)]") of \(dagID), run \(runID)"
            case .outside(let text): "from \(text)"
            }
        let parts = [value.map(ReadableNumber.text), origin].compactMap(\.self)
        return parts.isEmpty ? "\(clause) at \(at.rfc3339)" : "\(clause): " + parts.joined(separator: " ")
    }
}

/// What the scheduler remembers of a DAG with `retrain_when`, besides its status.
package struct RetrainState: Hashable, Sendable {
    package let dagID: DAGID
    /// What has fired since the last run, by clause: once each, the newest.
    package var firings: [String: RetrainFiring] = [:]
    /// Rows in updates since the last run.
    package var rows: [AssetURI: Int64] = [:]
    /// When runs were started, the oldest first: those that a budget may count.
    package private(set) var starts: [Timestamp] = []

    package init(
        dagID: DAGID, firings: [RetrainFiring] = [], rows: [AssetURI: Int64] = [:], starts: [Timestamp] = []
    ) {
        self.dagID = dagID
        self.firings = Dictionary(firings.map { ($0.clause, $0) }) { _, new in new }
        self.rows = rows
        self.starts = starts
    }

    /// In the order of their instants.
    package var firingsInOrder: [RetrainFiring] {
        firings.values.sorted { ($0.at, $0.clause) < ($1.at, $1.clause) }
    }

    /// A run takes all that has fired; counting begins anew.
    package mutating func startRun(at now: Timestamp) {
        firings = [:]
        rows = [:]
        starts.append(now)
        if starts.count > RetrainBudget.maximumRuns { starts.removeFirst() }
    }
}
