import DAGDomain
import Synchronization

/// Keeps what the watchdog found, for those who ask how the daemon is.
final class WatchdogLog: Sendable {
    private let state: Mutex<WatchdogReport>

    init(interval: Duration?) {
        state = Mutex(WatchdogReport(interval: interval))
    }

    var report: WatchdogReport { state.withLock { $0 } }

    func add(_ found: [WatchdogReport.Finding], at now: Timestamp, cost: Duration) {
        state.withLock { $0.add(found, at: now, cost: cost) }
    }
}
