import Dispatch
import Foundation
import Glibc
import Synchronization

/// Tells when something in a folder tree of DAG files may have changed. inotify(7) events are only a hint: what is
/// there is decided by reading it, so a lost or doubled event does no harm.
final class DAGFolderWatcher: Sendable {
    private static let interesting = UInt32(
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ATTRIB | IN_DELETE_SELF
            | IN_MOVE_SELF)

    /// How long a burst of changes may grow before it is looked at: editors write a file in several steps.
    private static let settling = DispatchTimeInterval.milliseconds(100)

    private let root: String
    private let descriptor: Int32
    private let queue: DispatchQueue
    private let onChange: @Sendable () -> Void
    private let isSettling = Mutex(false)
    private let source = Mutex<DescriptorSource?>(nil)

    /// - Parameter onChange: called on `queue`, once for a burst.
    init(
        root: String, queue: DispatchQueue, onChange: @escaping @Sendable () -> Void
    ) throws(HostError) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw .system("inotify_init1", errno) }
        self.root = root
        self.descriptor = descriptor
        self.queue = queue
        self.onChange = onChange
        watchTree()
        let source = DescriptorSource(descriptor: descriptor, queue: queue) { [weak self] in
            self?.eventsArrived()
        }
        self.source.withLock { $0 = source }
    }

    func cancel() {
        source.withLock { $0?.cancel() }
    }

    private func eventsArrived() {
        discardEvents()
        let isFirst = isSettling.withLock { settling in
            defer { settling = true }
            return !settling
        }
        guard isFirst else { return }
        queue.asyncAfter(deadline: .now() + Self.settling) { [weak self] in
            guard let self else { return }
            isSettling.withLock { $0 = false }
            // Before reading: a folder made during the reading is then told by its own events.
            watchTree()
            onChange()
        }
    }

    private func discardEvents() {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while read(descriptor, &buffer, buffer.count) > 0 {}
    }

    /// Watches the root and every folder in it; watching one twice is the same watch.
    private func watchTree() {
        inotify_add_watch(descriptor, root, Self.interesting)
        guard let walk = FileManager.default.enumerator(atPath: root) else { return }
        while let relative = walk.nextObject() as? String {
            if walk.fileAttributes?[.type] as? FileAttributeType == .typeDirectory {
                inotify_add_watch(descriptor, root + "/" + relative, Self.interesting)
            }
        }
    }
}
