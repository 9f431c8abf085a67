import DAGDomain

/// The limits of the whole installation.
package struct SchedulerConfiguration: Hashable, Sendable {
    /// Task instances that may hold an attempt at once, over all DAGs (Airflow's `core.parallelism`).
    package var parallelism: Int
    /// The longest wait that backoff may reach (Airflow's `core.max_task_retry_delay`).
    package var maximumRetryDelay: Duration
    /// The longest wait between two tries at spawning the same attempt.
    package var maximumSpawnBackoff: Duration
    /// Queued runs of one DAG with which its schedule makes no further ones, so that a long catch-up is made
    /// as it is worked off.
    package var maximumQueuedCatchup: Int
    /// How long an instance waits for slots until it is as good as one with a weight of one more.
    package var aging: Aging

    package init(
        parallelism: Int = 32, maximumRetryDelay: Duration = .seconds(86_400),
        maximumSpawnBackoff: Duration = .seconds(30), maximumQueuedCatchup: Int = 1_000,
        aging: Aging = .standard
    ) {
        self.parallelism = parallelism
        self.maximumRetryDelay = maximumRetryDelay
        self.maximumSpawnBackoff = maximumSpawnBackoff
        self.maximumQueuedCatchup = maximumQueuedCatchup
        self.aging = aging
    }
}
