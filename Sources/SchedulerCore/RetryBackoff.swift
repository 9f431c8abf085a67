import DAGDomain

/// How long a failed task waits for its next attempt.
///
/// Airflow's formula (`airflow/models/taskinstance.py`, `next_retry_datetime`) with two deliberate
/// differences: the exponent counts the attempts since the last clear, so that clearing a task resets its
/// backoff; and the jitter comes from the 64-bit FNV-1a hash of the same text instead of SHA-1. Without
/// backoff the delay is exact.
package struct RetryBackoff: Hashable, Sendable {
    /// No delay with backoff is longer (Airflow's `core.max_task_retry_delay`).
    package let limit: Duration

    package init(limit: Duration) {
        self.limit = limit
    }

    /// - Parameters:
    ///   - triesSinceClear: attempts since the run began or the task was cleared, the failed one included:
    ///     1, 2...
    ///   - identity: what makes the jitter of this attempt its own; the same text always gives the same
    ///     delay.
    package func delay(policy: RetryPolicy, triesSinceClear: Int, identity: String) -> Duration {
        guard let factor = policy.backoffFactor else { return policy.delay }
        let limitInSeconds = max(1, limit.inSeconds)
        var grown = policy.delay.inSeconds
        var remaining = triesSinceClear - 1
        while remaining > 0, grown < limitInSeconds, grown > 0, factor > 1 {
            grown *= factor
            remaining -= 1
        }
        if factor <= 1, remaining > 0 { grown *= Self.power(factor, remaining) }
        let base = UInt64(max(1, min(grown, limitInSeconds).rounded(.up)))
        let jitter = Self.fnv1a(identity) % base
        var delay = min(Duration.seconds(Int64(base + jitter)), limit)
        if let maximum = policy.maximumDelay { delay = min(delay, maximum) }
        return delay
    }

    /// The text whose hash spreads the retries of tasks that failed together.
    package static func identity(dag: DAGID, task: TaskID, run: DAGRun, tryNumber: Int) -> String {
        "\(dag)#\(task)#\(run.logicalDate?.rfc3339 ?? run.runID.text)#\(tryNumber)"
    }

    private static func power(_ factor: Double, _ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<min(exponent, 1_024) { result *= factor }
        return result
    }

    /// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/).
    static func fnv1a(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            hash ^= UInt64(byte)
            hash = hash &* 0x0000_0100_0000_01b3
        }
        return hash
    }
}
