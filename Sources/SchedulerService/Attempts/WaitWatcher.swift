import DAGDomain
import SchedulerCore
import StateStore

/// Watches what deferred instances wait for, and tells the scheduler when it is there.
final class WaitWatcher: Sendable {
    private let engine: SchedulerEngine
    private let store: StateStore
    private let library: DefinitionLibrary

    init(engine: SchedulerEngine, store: StateStore, library: DefinitionLibrary) {
        self.engine = engine
        self.store = store
        self.library = library
    }

    func begin(_ key: TaskInstanceKey, tryNumber: Int) {
    }

    func end(_ key: TaskInstanceKey) {
    }

    /// Follows a committed batch: runs that others wait for may have ended.
    func follow(_ transitions: [Transition]) {
    }
}
