import DAGDomain

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
    /// The environment that tasks inherit from, by the allow-list of `TaskEnvironment`.
    package var environment: [String: String]

    package init(
        home: OrchestratorHome, dagFolder: String?, parallelism: Int = 32, answersSchedules: Bool = true,
        executesTasks: Bool = true, pausedAtCreation: Bool = false, shimPath: String,
        programPath: String = TaskPerformance.ownProgram,
        logLimitBytes: UInt64 = 100 * 1024 * 1024, environment: [String: String]
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
        self.environment = environment
    }
}
