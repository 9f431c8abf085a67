import DAGDomain
import Synchronization

/// Tells followers what was committed. A follower that does not keep up loses its stream (its buffer is bounded) and
/// must ask again: the scheduler never waits for anybody.
package final class UpdateHub: Sendable {
    fileprivate struct Subscriber {
        let dagID: DAGID?
        let runID: RunID?
        let runsOnly: Bool
        let continuation: AsyncStream<Update>.Continuation
    }

    private struct State {
        var subscribers: [Int: Subscriber] = [:]
        var nextKey = 0
        var isClosed = false
    }

    private static let bufferSize = 4096
    private let state = Mutex(State())

    package init() {}

    /// The updates from now on; those of one DAG or one run when named, without those of task instances for a follower
    /// who waits for the run as a whole. Ends when the host stops.
    package func subscribe(
        dagID: DAGID? = nil, runID: RunID? = nil, runsOnly: Bool = false
    ) -> AsyncStream<Update> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Update.self, bufferingPolicy: .bufferingOldest(Self.bufferSize))
        let key = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.nextKey += 1
            state.subscribers[state.nextKey] = Subscriber(
                dagID: dagID, runID: runID, runsOnly: runsOnly, continuation: continuation)
            return state.nextKey
        }
        guard let key else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(key) }
        return stream
    }

    var hasSubscribers: Bool { state.withLock { !$0.subscribers.isEmpty } }

    func publish(_ updates: [Update]) {
        let subscribers = state.withLock { $0.subscribers }
        for (key, subscriber) in subscribers {
            for update in updates where subscriber.wants(update) {
                if case .dropped = subscriber.continuation.yield(update) {
                    subscriber.continuation.finish()
                    remove(key)
                    break
                }
            }
        }
    }

    func close() {
        let subscribers = state.withLock { state in
            state.isClosed = true
            defer { state.subscribers = [:] }
            return state.subscribers
        }
        for subscriber in subscribers.values { subscriber.continuation.finish() }
    }

    private func remove(_ key: Int) {
        state.withLock { _ = $0.subscribers.removeValue(forKey: key) }
    }
}

extension UpdateHub.Subscriber {
    fileprivate func wants(_ update: Update) -> Bool {
        switch update {
        case .run(let run): matches(run.dagID, run.runID)
        case .instance(let dagID, let runID, _, _): !runsOnly && matches(dagID, runID)
        case .dag(let dagID): runID == nil && (self.dagID == nil || self.dagID == dagID)
        }
    }

    private func matches(_ dagID: DAGID, _ runID: RunID) -> Bool {
        (self.dagID == nil || self.dagID == dagID) && (self.runID == nil || self.runID == runID)
    }
}
