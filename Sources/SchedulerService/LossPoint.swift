import Glibc
import Synchronization

/// Named things that a test may have the daemon lose once, as a fault in its own books would:
/// `ORCHESTRATOR_FAILPOINT=name` or `name@n` (the n-th one). Unlike at a `Failpoint` the daemon lives on.
package enum LossPoint: String, CaseIterable, Sendable {
    /// A start that was committed is not handed to the worker pool.
    case start = "lose_start"

    private static let counter = LossCounter()

    package func happens() -> Bool {
        guard let chosen = Failpoint.chosen, chosen.name == rawValue else { return false }
        return Self.counter.next() == chosen.count
    }
}

private final class LossCounter: Sendable {
    private let passes = Atomic<Int>(0)
    func next() -> Int { passes.add(1, ordering: .relaxed).newValue }
}
