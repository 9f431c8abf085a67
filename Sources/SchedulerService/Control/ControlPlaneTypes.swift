import DAGDomain
import DAGLoading
import JSONText
import SchedulerCore

/// A run that a person, a program or a task asks for, before its parameters are checked.
package struct TriggerRequest: Sendable {
    package var dagID: DAGID
    package var runID: RunID?
    package var logicalDate: Timestamp?
    /// The `conf` of the request: parameters by name.
    package var conf: JSONObject
    /// `--param k=v` texts, read by the declared type; they win over `conf`.
    package var parameterTexts: [(name: String, text: String)]
    package var note: String?
    package var trigger: RunTrigger
    /// Whether tasks may be served from the cache.
    package var usesCache = true
    package var type = DAGRunType.manual

    package init(
        dagID: DAGID, runID: RunID? = nil, logicalDate: Timestamp? = nil, conf: JSONObject = JSONObject(),
        parameterTexts: [(name: String, text: String)] = [], note: String? = nil, trigger: RunTrigger
    ) {
        self.dagID = dagID
        self.runID = runID
        self.logicalDate = logicalDate
        self.conf = conf
        self.parameterTexts = parameterTexts
        self.note = note
        self.trigger = trigger
    }
}

/// Which task instances of a run a clear or a mark is about.
package struct InstanceSelection: Sendable {
    /// Empty means all tasks of the run.
    package var taskIDs: [TaskID]
    package var includesUpstream: Bool
    package var includesDownstream: Bool
    package var onlyFailed: Bool
    package var onlyRunning: Bool
    /// Of these named tasks only the instances with these map indices.
    package var mapIndices: [TaskID: Set<Int>]
    /// `--param` texts: params that the run gets for what is cleared.
    package var assignments: [String]
    /// For a clear: whether what is cleared may be served from the cache.
    package var usesCache = false

    package init(
        taskIDs: [TaskID] = [], includesUpstream: Bool = false, includesDownstream: Bool = false,
        onlyFailed: Bool = false, onlyRunning: Bool = false, mapIndices: [TaskID: Set<Int>] = [:],
        assignments: [String] = []
    ) {
        self.taskIDs = taskIDs
        self.includesUpstream = includesUpstream
        self.includesDownstream = includesDownstream
        self.onlyFailed = onlyFailed
        self.onlyRunning = onlyRunning
        self.mapIndices = mapIndices
        self.assignments = assignments
    }
}

/// Why the control plane did not do what it was asked; each case names what the person can act on.
package enum ControlPlaneError: Error, Sendable {
    case unknownDAG(DAGID)
    /// The DAG's file is broken and it has no good version, or its newest text is broken.
    case brokenDAG(DAGID, [Diagnostic])
    case unknownRun(DAGID, RunID)
    case unknownTask(DAGID, TaskID)
    case unknownAttempt(DAGID, RunID, TaskID, tryNumber: Int)
    case unknownPool(PoolName)
    case unknownBackfill(BackfillID)
    case unknownNotice(Int64)
    /// By number or URI; with the known URI that looks most like it.
    case unknownAsset(String, nearest: String?)
    case unknownModel(ModelName, nearest: String?)
    case unknownModelVersion(ModelVersionKey)
    /// In a sentence.
    case unknownArtifact(String)
    case unknownAlias(ModelName, AliasName)
    /// One sentence for each parameter that is wrong.
    case invalidParameters([String])
    case invalidRequest(String)
    /// The run id, the logical date or the state does not allow it.
    case conflict(String)
    /// Try again later: the daemon is stopping, or its disk is full.
    case unavailable(String)
    /// The home is not as it must be, for example without its key.
    case badConfiguration(String)
}

/// Where a task instance stands and why, for `why`.
package struct TaskExplanation: Sendable {
    package let dagID: DAGID
    package let runID: RunID
    package let taskID: TaskID
    package let mapIndex: Int
    package let state: TaskInstanceState
    /// The whole answer in one or more sentences.
    package let sentence: String

    package init(
        dagID: DAGID, runID: RunID, taskID: TaskID, mapIndex: Int, state: TaskInstanceState, sentence: String
    ) {
        self.dagID = dagID
        self.runID = runID
        self.taskID = taskID
        self.mapIndex = mapIndex
        self.state = state
        self.sentence = sentence
    }
}

/// A run that the schedule will ask for.
package struct UpcomingRun: Sendable {
    package let dagID: DAGID
    package let logicalDate: Timestamp
    package let dataIntervalStart: Timestamp
    package let dataIntervalEnd: Timestamp
    /// When it starts.
    package let runAfter: Timestamp
    /// The wall-clock time of the logical date in the DAG's zone, with the offset.
    package let localTime: String
    /// What daylight saving did to the logical date, if anything.
    package let daylightSavingMark: String?

    package init(dagID: DAGID, _ run: DueRun, _ timetable: Timetable) {
        self.dagID = dagID
        logicalDate = run.logicalDate
        dataIntervalStart = run.dataIntervalStart
        dataIntervalEnd = run.dataIntervalEnd
        runAfter = run.runAfter
        localTime = timetable.zone.localText(of: run.logicalDate)
        daylightSavingMark = timetable.daylightSavingMark(for: run.logicalDate)?.description
    }
}

/// Something that changed, told to followers after it was committed.
package enum Update: Sendable {
    case run(DAGRun)
    case instance(dagID: DAGID, runID: RunID, taskID: TaskID, instance: TaskInstance)
    case dag(DAGID)
}
