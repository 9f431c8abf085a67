/// When a failed attempt is tried again. `RetryBackoff` computes the delay.
package struct RetryPolicy: Hashable, Sendable {
    /// Extra attempts after the first; 0 means the first failure is final.
    package var retries: Int
    /// The wait before the next attempt; Airflow's default is 300 s.
    package var delay: Duration
    /// The factor by which the delay grows with each attempt since the last clear; nil keeps it constant.
    package var backoffFactor: Double?
    /// The longest delay that backoff may reach.
    package var maximumDelay: Duration?
    /// When given, only these exit codes are tried again; timeouts and signals are not.
    package var retryableExitCodes: Set<Int32>?

    package init(
        retries: Int = 0, delay: Duration = .seconds(300), backoffFactor: Double? = nil,
        maximumDelay: Duration? = nil, retryableExitCodes: Set<Int32>? = nil
    ) {
        self.retries = retries
        self.delay = delay
        self.backoffFactor = backoffFactor
        self.maximumDelay = maximumDelay
        self.retryableExitCodes = retryableExitCodes
    }
}
