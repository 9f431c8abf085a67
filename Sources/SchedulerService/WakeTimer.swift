import CProcess
import DAGDomain
import Dispatch
import Glibc
import Synchronization

/// One timer for the nearest instant at which something is due; also fires when the wall clock is set.
///
/// Waiting costs nothing: no tick, no polling. `timerfd_create(2)` describes the cancel-on-set behaviour.
final class WakeTimer: Sendable {
    private let source: DescriptorSource
    private let armed = Armed()

    private final class Armed: Sendable {
        let instant = Mutex<Timestamp?>(nil)
    }

    /// - Parameter onWake: called on `queue` when the instant is reached or the clock was set.
    init(queue: DispatchQueue, onWake: @escaping @Sendable () -> Void) throws(HostError) {
        let descriptor = clock_timer_create()
        guard descriptor >= 0 else { throw .system("timerfd_create", errno) }
        let armed = armed
        source = DescriptorSource(descriptor: descriptor, queue: queue) {
            guard clock_timer_consume(descriptor) > 0 else { return }
            armed.instant.withLock { $0 = nil }
            onWake()
        }
    }

    /// Asks for a wake-up at `instant`; nil asks only to be told when the clock is set.
    func arm(_ instant: Timestamp?) {
        let instant = instant ?? .distantFuture
        let changed = armed.instant.withLock { current in
            defer { current = instant }
            return current != instant
        }
        guard changed else { return }
        // The kernel counts seconds in 64 bits of nanoseconds: beyond the year 2262 is "never".
        clock_timer_arm(source.descriptor, min(instant.microsecondsSinceEpoch, 9_000_000_000_000_000))
    }

    func cancel() {
        source.cancel()
    }
}
