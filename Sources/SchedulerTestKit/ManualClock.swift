import DAGDomain

/// A wall clock that goes where it is told, also backwards.
package struct ManualClock: Hashable, Sendable {
    package private(set) var now: Timestamp

    /// - Parameter now: 2026-01-01T00:00:00Z unless told otherwise.
    package init(now: Timestamp = Timestamp(secondsSinceEpoch: 1_767_225_600)) {
        self.now = now
    }

    package mutating func advance(by duration: Duration) {
        now = now + duration
    }

    /// Moves forward to an instant; an instant that has passed changes nothing.
    package mutating func advance(to instant: Timestamp) {
        now = max(now, instant)
    }
}
