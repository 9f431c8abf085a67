import DAGDomain
import Synchronization
import TaskExecution

/// Keeps the events of a pool and lets a test wait for one.
final class EventLog: Sendable {
    private struct Waiter {
        let matches: @Sendable (AttemptEvent) -> Bool
        let continuation: CheckedContinuation<AttemptEvent, Never>
    }

    private struct State {
        var events: [AttemptEvent] = []
        var waiters: [Waiter] = []
        var counts: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let prefix: String

    /// `prefix` is put before the names that tests give.
    init(prefix: String) {
        self.prefix = prefix
    }

    var all: [AttemptEvent] { state.withLock { $0.events } }

    func append(_ event: AttemptEvent) {
        let (waiters, counts) = state.withLock { state in
            state.events.append(event)
            let count = state.events.count
            let waiters = state.waiters.filter { $0.matches(event) }
            let counts = state.counts.filter { $0.count <= count }
            state.waiters.removeAll { $0.matches(event) }
            state.counts.removeAll { $0.count <= count }
            return (waiters, counts)
        }
        for waiter in waiters { waiter.continuation.resume(returning: event) }
        for waiter in counts { waiter.continuation.resume() }
    }

    /// The first event that matches, also one that was there before.
    func first(_ matches: @escaping @Sendable (AttemptEvent) -> Bool) async -> AttemptEvent {
        await withCheckedContinuation { continuation in
            let found = state.withLock { state -> AttemptEvent? in
                if let found = state.events.first(where: matches) { return found }
                state.waiters.append(Waiter(matches: matches, continuation: continuation))
                return nil
            }
            if let found { continuation.resume(returning: found) }
        }
    }

    /// Returns when so many events have come.
    func waitForCount(_ count: Int) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isThere = state.withLock { state in
                if state.events.count >= count { return true }
                state.counts.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    func end(of id: String) async -> AttemptEnd {
        let id = AttemptID(prefix + id)
        let event = await first { event in
            if case .ended(id, _) = event { true } else { false }
        }
        guard case .ended(_, let end) = event else { return AttemptEnd(outcome: .lost(.recordMissing)) }
        return end
    }

    /// The number of the supervisor's process.
    func start(of id: String) async -> Int32 {
        let id = AttemptID(prefix + id)
        let event = await first { event in
            if case .started(id, _, _) = event { true } else { false }
        }
        guard case .started(_, let process, _) = event else { return 0 }
        return process
    }

    /// The first event of any kind about the attempt.
    func answer(for id: String) async -> AttemptEvent {
        let id = AttemptID(prefix + id)
        return await first { event in
            switch event {
            case .started(let other, _, _), .ended(let other, _), .spawnFailed(let other, _),
                .neverStarted(let other):
                other == id
            }
        }
    }
}
