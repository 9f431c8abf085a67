import Dispatch
import Glibc

/// Tells when something may have appeared at one of many paths (inotify on the nearest folder that is there). Events
/// are only a hint to look.
final class PathWatcher: Sendable {
    private let descriptor: Int32
    private let source: DescriptorSource

    /// - Parameter onChange: called on `queue`.
    init(queue: DispatchQueue, onChange: @escaping @Sendable () -> Void) throws(HostError) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw .system("inotify_init1", errno) }
        self.descriptor = descriptor
        source = DescriptorSource(descriptor: descriptor, queue: queue) {
            var buffer = [UInt8](repeating: 0, count: 16 * 1024)
            while read(descriptor, &buffer, buffer.count) > 0 {}
            onChange()
        }
    }

    deinit {
        source.cancel()
    }

    /// Watches what is written to a file that is there.
    ///
    /// - Returns: what ends the watch; negative when it could not begin.
    func follow(_ file: String) -> Int32 {
        inotify_add_watch(descriptor, file, UInt32(IN_MODIFY | IN_CLOSE_WRITE))
    }

    func forget(_ watch: Int32) {
        if watch >= 0 { inotify_rm_watch(descriptor, watch) }
    }

    /// Watching a folder twice is the same watch.
    func watch(_ path: String) {
        let events = UInt32(IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF)
        inotify_add_watch(descriptor, FileMatch.nearestFolder(above: path), events)
    }
}
