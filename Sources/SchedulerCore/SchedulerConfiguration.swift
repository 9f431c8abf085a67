import DAGDomain

/// The limits of the whole installation.
package struct SchedulerConfiguration: Hashable, Sendable {
    /// Task instances that may hold an attempt at once, over all DAGs (Airflow's `core.parallelism`).
    package var parallelism: Int
    /// The longest wait that backoff may reach (Airflow's `core.max_task_retry_delay`).
    package var maximumRetryDelay: Duration
    /// The longest wait between two tries at spawning the same attempt.
    package var maximumSpawnBackoff: Duration

    package init(
        parallelism: Int = 32, maximumRetryDelay: Duration = .seconds(86_400),
        maximumSpawnBackoff: Duration = .seconds(30)
    ) {
        self.parallelism = parallelism
        self.maximumRetryDelay = maximumRetryDelay
        self.maximumSpawnBackoff = maximumSpawnBackoff
    }
}
