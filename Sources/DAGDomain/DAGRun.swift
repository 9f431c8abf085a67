import JSONText

/// The key of a run inside an installation: a number given once, in order of creation.
package struct RunNumber: Hashable, Comparable, Sendable {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }

    package static func < (left: RunNumber, right: RunNumber) -> Bool { left.value < right.value }
}

/// The states of a run. Stored texts are Airflow's, plus `cancelled`.
package enum DAGRunState: String, Hashable, Sendable, CaseIterable {
    case queued, running, success, failed, cancelled

    package var isFinished: Bool { self == .success || self == .failed || self == .cancelled }
}

/// Why a run exists; the first part of its run id.
package enum DAGRunType: String, Hashable, Sendable, CaseIterable {
    case scheduled, manual, backfill
    case assetTriggered = "asset_triggered"
    /// Somebody asked for an asset to be updated.
    case assetMaterialization = "asset_materialization"
}

/// Who asked for a run, in Airflow's words.
package enum RunTrigger: String, Hashable, Sendable, CaseIterable {
    case commandLine = "cli"
    case restAPI = "rest_api"
    case timetable
    case task = "operator"
    case backfill
    case asset
}

/// One execution of a DAG, pinned to the version it was created with until somebody clears it onto another one.
package struct DAGRun: Hashable, Sendable {
    package let number: RunNumber
    package let dagID: DAGID
    package let runID: RunID
    package var version: DAGVersionHash
    package let type: DAGRunType
    package let trigger: RunTrigger
    package let logicalDate: Timestamp?
    package let dataIntervalStart: Timestamp?
    package let dataIntervalEnd: Timestamp?
    /// The earliest instant at which it may start.
    package let runAfter: Timestamp
    package let queuedAt: Timestamp
    /// The resolved parameters: every declared one has a value.
    /// They change only when a clear asks for other ones.
    package var parameters: JSONObject
    package let note: String?
    /// The task instance that asked for this run, when a `trigger_dag` task did.
    package let parent: TaskInstanceKey?
    /// The backfill that made it, or that let it run again.
    package var backfill: BackfillID?
    /// Runs with the same key exclude each other.
    package var concurrencyKey: String?
    package var state: DAGRunState
    package var startDate: Timestamp?
    package var endDate: Timestamp?
    /// Whether tasks with `cache` may be served from it.
    package var cacheUse = CacheUse.exceptCleared
    /// The version of a model that it makes once more, to compare. Such a run moves no alias.
    package var reproduces: ModelVersionKey?
    /// The version of a model that its one task puts into service again. Such a run does nothing else, and waits for no other run.
    package var redeploys: ModelVersionKey?
    /// Why it ended as it did, when that is not evident from its tasks.
    package var reason: RunReason?
    /// Which other run was the reason, as the end of a sentence for people.
    package var reasonDetail: String?
    /// What is known of its deadlines and those of its tasks.
    package var deadlines: [DeadlineRecord] = []
    /// Set when it ends: a run that comes back after a clear has no deadlines.
    package var deadlinesAreClosed = false

    package init(
        number: RunNumber, dagID: DAGID, runID: RunID, version: DAGVersionHash, type: DAGRunType,
        trigger: RunTrigger, logicalDate: Timestamp?, dataIntervalStart: Timestamp?,
        dataIntervalEnd: Timestamp?, runAfter: Timestamp, queuedAt: Timestamp, parameters: JSONObject,
        note: String? = nil, parent: TaskInstanceKey? = nil, backfill: BackfillID? = nil,
        state: DAGRunState = .queued,
        startDate: Timestamp? = nil, endDate: Timestamp? = nil, reason: RunReason? = nil
    ) {
        self.number = number
        self.dagID = dagID
        self.runID = runID
        self.version = version
        self.type = type
        self.trigger = trigger
        self.logicalDate = logicalDate
        self.dataIntervalStart = dataIntervalStart
        self.dataIntervalEnd = dataIntervalEnd
        self.runAfter = runAfter
        self.queuedAt = queuedAt
        self.parameters = parameters
        self.note = note
        self.parent = parent
        self.backfill = backfill
        self.state = state
        self.startDate = startDate
        self.endDate = endDate
        self.reason = reason
    }
}

/// Why a run ended, beyond what its tasks say.
package enum RunReason: String, Hashable, Sendable, CaseIterable {
    /// `dagrun_timeout` passed; unfinished tasks were ended and skipped.
    case timedOut = "timed_out"
    /// Unfinished tasks were left, but none of them can ever start.
    case deadlocked = "all_tasks_deadlocked"
    case cancelledByUser = "cancelled"
    case markedByUser = "marked"
    // Its concurrency group was full, and its DAG wants that it then...
    case skippedByConcurrency = "concurrency_skipped"
    case cancelledByConcurrency = "concurrency_cancelled"
    case failedByConcurrency = "concurrency_failed"
    /// It had not started when a newer run of its group took its place (`cancel_running`).
    case superseded
    /// It waited when a newer run of its group came (`coalesce`).
    case coalesced

    /// The state of a run that ended for this reason before it started; nil for the other reasons.
    package var outcome: DAGRunState? {
        switch self {
        case .skippedByConcurrency, .coalesced: .success
        case .cancelledByConcurrency, .superseded: .cancelled
        case .failedByConcurrency: .failed
        case .timedOut, .deadlocked, .cancelledByUser, .markedByUser: nil
        }
    }
}
