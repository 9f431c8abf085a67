import Synchronization
import TaskExecution

/// Connects the executor to the runner, which does not exist yet when the executor is made.
final class EventRelay: Sendable {
    /// In a box: a function that is read out of a generic container is wrapped once more each time.
    private struct Receiver {
        let receive: @Sendable (AttemptEvent) -> Void
    }

    private let receiver = Mutex<Receiver?>(nil)

    func connect(_ receive: @escaping @Sendable (AttemptEvent) -> Void) {
        receiver.withLock { $0 = Receiver(receive: receive) }
    }

    func deliver(_ event: AttemptEvent) {
        receiver.withLock { $0 }?.receive(event)
    }
}
