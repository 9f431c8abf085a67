import DAGDomain
import SchedulerCore

/// How a host of the scheduler is set up; fixed for its life.
package struct ServiceSettings: Sendable {
    package var home: OrchestratorHome
    /// Searched recursively for DAG files and watched; nil when the host knows only files it is given.
    package var dagFolder: String?
    /// Task instances that run at once in all.
    package var parallelism: Int
    /// Whether schedules start runs (a foreground `run` does not let them).
    package var answersSchedules: Bool
    /// Whether attempts are started; false for a host that only reads.
    package var executesTasks: Bool
    package var pausedAtCreation: Bool
    package var shimPath: String
    /// This program, which does `http`, `sql` and `container` tasks itself in a process of its own.
    package var programPath: String
    package var logLimitBytes: UInt64
    /// How long a task waits for slots until it is as good as one with a priority weight of one more; nil: never.
    package var agingInterval: Duration?
    /// How often the watchdog looks whether everything goes on; nil: never.
    package var watchdogInterval: Duration?
    /// An MLflow server that tasks are given instead of this one.
    package var trackingElsewhere: TrackingPlace?
    /// The way there; without it tasks are told of the server and nothing else.
    package var trackingTransport: (any TrackingTransport)?
    /// Who is told of runs and tasks in OpenLineage's words; nil: nobody.
    package var openLineage: OpenLineageSettings?
    /// Which finished runs go by themselves; nil: none.
    package var retention: RetentionSettings?
    /// The environment that tasks inherit from, by the allow-list of `TaskEnvironment`.
    package var environment: [String: String]

    package init(
        home: OrchestratorHome, dagFolder: String?, parallelism: Int = 32, answersSchedules: Bool = true,
        executesTasks: Bool = true, pausedAtCreation: Bool = false, shimPath: String,
        programPath: String = TaskPerformance.ownProgram,
        logLimitBytes: UInt64 = 100 * 1024 * 1024, agingInterval: Duration? = Aging.standard.interval,
        watchdogInterval: Duration? = .seconds(60),
        trackingElsewhere: TrackingPlace? = nil, environment: [String: String]
    ) {
        self.home = home
        self.dagFolder = dagFolder
        self.parallelism = parallelism
        self.answersSchedules = answersSchedules
        self.executesTasks = executesTasks
        self.pausedAtCreation = pausedAtCreation
        self.shimPath = shimPath
        self.programPath = programPath
        self.logLimitBytes = logLimitBytes
        self.agingInterval = agingInterval
        self.watchdogInterval = watchdogInterval
        self.trackingElsewhere = trackingElsewhere
        self.environment = environment
    }
}
