import Glibc
import Synchronization

/// Named places where a test may have the daemon shot: `ORCHESTRATOR_FAILPOINT=name` or `name@n` (the n-th time).
///
/// A kill here stands for losing the machine's power between two steps; every name is tried by the crash tests.
package enum Failpoint: String, CaseIterable, Sendable {
    case beforeCommit = "before_commit"
    case afterCommitBeforeActions = "after_commit_before_actions"
    case afterSpawnBeforeStarted = "after_spawn_before_started"
    case afterEndBeforeCommit = "after_end_before_commit"
    case afterEndCommitBeforeForget = "after_end_commit_before_forget"

    static let chosen: (name: String, count: Int)? = {
        guard let text = getenv("ORCHESTRATOR_FAILPOINT").map({ String(cString: $0) }) else { return nil }
        let parts = text.split(separator: "@")
        return (String(parts.first ?? ""), parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }()

    private static let counter = FailpointCounter()

    package func pass() {
        guard let chosen = Self.chosen, chosen.name == rawValue else { return }
        if Self.counter.next() == chosen.count { kill(getpid(), SIGKILL) }
    }
}

private final class FailpointCounter: Sendable {
    private let passes = Atomic<Int>(0)
    func next() -> Int { passes.add(1, ordering: .relaxed).newValue }
}
