import CProcess
// DispatchSource is thread-safe, which its declaration does not say.
@preconcurrency import Dispatch
import Glibc

/// Tells when watched processes end.
///
/// All pidfds are in one epoll set and only that set is a Dispatch source: watching one more process is one
/// system call instead of a new source. Both levels are level-triggered, so an end that happened before the
/// process was added is reported all the same.
final class ExitWatcher: Sendable {
    private static let batch = 64

    private let set: Int32
    private let source: any DispatchSourceRead

    /// `onEnd` is called on `queue` with the keys given to `add`, again and again until `remove`.
    init(queue: DispatchQueue, onEnd: @escaping @Sendable (UInt64) -> Void) throws(SpawnFailure) {
        let set = cprocess_watch_set()
        guard set >= 0 else { throw SpawnFailure(step: .startingSupervisor, errno: errno) }
        self.set = set
        source = DispatchSource.makeReadSource(fileDescriptor: set, queue: queue)
        source.setEventHandler { Self.take(from: set, onEnd: onEnd) }
        source.setCancelHandler { close(set) }
        source.activate()
    }

    private static func take(from set: Int32, onEnd: (UInt64) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: batch) { keys in
            guard let start = keys.baseAddress else { return }
            let count = cprocess_watch_take(set, start, Int32(batch))
            for index in 0..<max(Int(count), 0) { onEnd(keys[index]) }
        }
    }

    /// 0 or an errno value.
    func add(_ pidfd: Int32, key: UInt64) -> Int32 {
        cprocess_watch_add(set, pidfd, key)
    }

    /// Closing is not enough: a child between fork and exec may hold a copy of the descriptor.
    func remove(_ pidfd: Int32) {
        cprocess_watch_remove(set, pidfd)
    }

    func cancel() {
        source.cancel()
    }
}
