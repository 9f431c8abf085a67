import DAGDomain

/// How many of a task's upstream tasks have ended, and how. Kept up to date with every change, so that a
/// trigger rule is evaluated without looking at the upstream tasks.
package struct UpstreamCounts: Hashable, Sendable {
    package var success: Int32 = 0
    /// Failed or cancelled: a cancelled task has not done its work either.
    package var failed: Int32 = 0
    package var upstreamFailed: Int32 = 0
    package var skipped: Int32 = 0
    package var removed: Int32 = 0

    package init() {}

    package var done: Int32 { success + failed + upstreamFailed + skipped + removed }

    package mutating func add(_ other: UpstreamCounts) {
        success += other.success
        failed += other.failed
        upstreamFailed += other.upstreamFailed
        skipped += other.skipped
        removed += other.removed
    }

    /// Adds `amount` (1 or -1) to the count of a finished state; unfinished states are not counted.
    package mutating func add(_ amount: Int32, to state: TaskInstanceState) {
        switch state {
        case .success: success += amount
        case .failed, .cancelled: failed += amount
        case .upstreamFailed: upstreamFailed += amount
        case .skipped: skipped += amount
        case .removed: removed += amount
        case .pending, .scheduled, .queued, .running, .deferred, .upForRetry: break
        }
    }
}
