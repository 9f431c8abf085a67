import JSONText

/// A workflow as its file describes it, checked and immutable: what a run is pinned to.
package struct DAG: Hashable, Sendable {
    package let id: DAGID
    /// SHA-256 of the file's bytes.
    package let version: DAGVersionHash
    /// The absolute path of the file when it was loaded, and of its folder (the tasks' working directory).
    package let path: String
    package let folder: String
    package let settings: DAGSettings
    /// In file order; a task's position here is its *task index*.
    package let tasks: [TaskDefinition]
    package let graph: DAGGraph
    /// Outer groups before the inner ones.
    package let groups: [TaskGroup]

    /// - Precondition: every name in `dependsOn` is the id of a task, and ids are unique; the loader has checked it.
    package init(
        id: DAGID, version: DAGVersionHash, path: String, folder: String, settings: DAGSettings,
        tasks: [TaskDefinition], groups: [TaskGroup] = []
    ) throws(DAGGraph.Cycle) {
        var indices: [TaskID: Int] = [:]
        for (index, task) in tasks.enumerated() {
            let previous = indices.updateValue(index, forKey: task.id)
            precondition(previous == nil, "duplicate task id \(task.id)")
        }
        let upstream = tasks.map { task in
            task.dependsOn.map { name in
                guard let index = indices[name] else { preconditionFailure("unknown upstream \(name)") }
                return index
            }
        }
        self.id = id
        self.version = version
        self.path = path
        self.folder = folder
        self.settings = settings
        self.tasks = tasks
        self.graph = try DAGGraph(upstream: upstream)
        self.groups = groups
        self.indices = indices
    }

    private let indices: [TaskID: Int]

    package func index(of task: TaskID) -> Int? { indices[task] }

    /// Every asset that the file names, once each; the first description that says something counts.
    package var assets: [Asset] {
        var known: [AssetURI: Int] = [:]
        var assets: [Asset] = []
        for asset in settings.scheduleAssets + tasks.flatMap({ $0.outlets + $0.inlets }) {
            if let place = known[asset.uri] {
                if assets[place] == Asset(asset.uri) { assets[place] = asset }
            } else {
                known[asset.uri] = assets.count
                assets.append(asset)
            }
        }
        return assets
    }

    /// Every alias that the file names, in order.
    package var assetAliases: [AssetAliasName] {
        Set((settings.assets?.aliases ?? []) + tasks.flatMap(\.lateAssets.aliases)).sorted()
    }

    /// Two values with the same identity are the same text; comparing whole definitions would be quadratic work.
    package static func == (left: DAG, right: DAG) -> Bool {
        left.id == right.id && left.version == right.version && left.path == right.path
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(version)
    }
}

/// The keys of a DAG file that are not tasks.
package struct DAGSettings: Hashable, Sendable {
    package var description: String
    package var documentation: String
    package var owner: String
    package var tags: [String]
    package var schedule: Schedule
    /// Updates of assets that start a run, beside the schedule.
    package var assets: AssetCondition?
    /// What the file says of the assets in the condition, each once.
    package var scheduleAssets: [Asset] = []
    /// When data or a model ask for a run; stands alone.
    package var retraining: RetrainSchedule?
    package var timeZone: TimeZoneName
    package var startDate: Timestamp?
    package var endDate: Timestamp?
    package var catchup: CatchupPolicy
    /// Whether a run stands for the time from one tick to the next and starts when that is over.
    package var usesIntervals: Bool
    /// The days on which the schedule does not tick.
    package var calendar: ScheduleCalendar
    /// The longest delay of a scheduled run's start; the DAG's own one follows from its id.
    package var jitter: Duration
    /// Runs of this DAG that may be running at once; further ones wait as `queued`.
    package var maximumActiveRuns: Int
    /// Task instances of one run that may be queued or running at once, as Airflow 3 counts it.
    package var maximumActiveTasks: Int
    package var runTimeout: Duration?
    /// Runs that exclude each other; nil is no limit beyond `maximumActiveRuns`.
    package var concurrency: RunConcurrency?
    /// Kinds of runs that may be made; nil is all.
    package var allowedRunTypes: Set<DAGRunType>?
    /// So many failed runs in a row pause the DAG.
    package var maximumConsecutiveFailedRuns: Int?
    package var parameters: [ParameterDefinition]
    package var environment: [EnvironmentEntry]
    /// Who is told how runs begin and end.
    package var notices: Notices = [:]
    package var deadlines: [Deadline] = []

    package init(
        description: String = "", documentation: String = "", owner: String = "", tags: [String] = [],
        schedule: Schedule = .manual, assets: AssetCondition? = nil, timeZone: TimeZoneName = .utc,
        startDate: Timestamp? = nil,
        endDate: Timestamp? = nil, catchup: CatchupPolicy = .none, usesIntervals: Bool = false,
        calendar: ScheduleCalendar = ScheduleCalendar(), jitter: Duration = .zero,
        maximumActiveRuns: Int = 16,
        maximumActiveTasks: Int = 16, runTimeout: Duration? = nil,
        concurrency: RunConcurrency? = nil, allowedRunTypes: Set<DAGRunType>? = nil,
        maximumConsecutiveFailedRuns: Int? = nil, parameters: [ParameterDefinition] = [],
        environment: [EnvironmentEntry] = []
    ) {
        self.description = description
        self.documentation = documentation
        self.owner = owner
        self.tags = tags
        self.schedule = schedule
        self.assets = assets
        self.timeZone = timeZone
        self.startDate = startDate
        self.endDate = endDate
        self.catchup = catchup
        self.usesIntervals = usesIntervals
        self.calendar = calendar
        self.jitter = jitter
        self.maximumActiveRuns = maximumActiveRuns
        self.maximumActiveTasks = maximumActiveTasks
        self.runTimeout = runTimeout
        self.concurrency = concurrency
        self.allowedRunTypes = allowedRunTypes
        self.maximumConsecutiveFailedRuns = maximumConsecutiveFailedRuns
        self.parameters = parameters
        self.environment = environment
    }
}

extension DAGSettings {
    /// Whether runs start without anybody asking.
    package var runsByItself: Bool { schedule != .manual || assets != nil || retraining != nil }

    /// The rows of instants in it: of `retrain_when` those of the clock's clauses.
    package var tickingSchedule: Schedule {
        guard let retraining else { return schedule }
        let expressions = retraining.expressions
        return expressions.isEmpty ? .manual : .cron(expressions)
    }
}

/// A parameter that a run can be given: a name with a JSON Schema, whose `default` is used when nothing is given.
package struct ParameterDefinition: Hashable, Sendable {
    package let name: String
    /// A JSON Schema object; for a plain default `{"default": value}`.
    package let schema: JSONObject

    package init(name: String, schema: JSONObject) {
        self.name = name
        self.schema = schema
    }

    package var defaultValue: JSONValue? { schema["default"] }
}
