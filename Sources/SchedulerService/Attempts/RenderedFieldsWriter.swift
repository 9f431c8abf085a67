import Dispatch
import StateStore
import Synchronization

/// Records what was filled in, many at a time, beside the scheduler's own commits: nobody waits for it.
final class RenderedFieldsWriter: Sendable {
    private let store: StateStore
    private let queue = DispatchQueue(label: "orchestrator.rendered-fields", qos: .utility)
    private let state = Mutex(State())

    private struct State {
        var rows: [RenderedFieldsRow] = []
        var isScheduled = false
    }

    /// Rows kept while the disk is full; older ones are given up.
    private static let limit = 10_000

    init(store: StateStore) {
        self.store = store
    }

    func put(_ row: RenderedFieldsRow) {
        let isFirst = state.withLock { state in
            defer { state.isScheduled = true }
            state.rows.append(row)
            return !state.isScheduled
        }
        if isFirst { queue.async { self.write() } }
    }

    /// Returns when everything is written that was put.
    func drain() {
        queue.sync { write() }
    }

    private func write() {
        let rows = state.withLock { state in
            defer { state = State() }
            return state.rows
        }
        do {
            try store.recordRendered(rows, at: WallClock.now())
        } catch {
            // Nothing depends on them; the scheduler itself says that the disk is full. The next one tries again.
            state.withLock { $0.rows = Array((rows + $0.rows).suffix(Self.limit)) }
        }
    }
}
