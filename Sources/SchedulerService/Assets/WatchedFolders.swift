import Dispatch
import Glibc

/// Tells what happens to the files of some folders (inotify(7)): which were written to, and which were closed after
/// writing or moved to their place. What is lost on the way is told as `overflowed`.
final class WatchedFolders: Sendable {
    enum Event: Sendable {
        /// Somebody writes to the file.
        case written(String)
        /// Closed after writing, or moved here.
        case complete(String)
        /// Anything else that makes a look worth while.
        case changed
        case overflowed
    }

    private let descriptor: Int32
    private let source: DescriptorSource
    private let folders: FolderNames

    /// - Parameter onEvents: called on `queue`.
    init(queue: DispatchQueue, onEvents: @escaping @Sendable ([Event]) -> Void) throws(HostError) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw .system("inotify_init1", errno) }
        let folders = FolderNames()
        self.descriptor = descriptor
        self.folders = folders
        source = DescriptorSource(descriptor: descriptor, queue: queue) {
            onEvents(Self.read(descriptor, folders))
        }
    }

    deinit {
        source.cancel()
    }

    /// Watches the folder of a path or pattern, or the nearest one above that is there. Doing so twice is the same.
    func watch(_ path: String) {
        let folder = FileMatch.nearestFolder(above: path)
        let events = UInt32(
            IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM
                | IN_DELETE_SELF | IN_MOVE_SELF)
        let number = inotify_add_watch(descriptor, folder, events)
        if number >= 0 { folders.set(folder, number) }
    }

    private static func read(_ descriptor: Int32, _ folders: FolderNames) -> [Event] {
        var events: [Event] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return events }
            events += parse(buffer[..<count], folders)
        }
    }

    /// The records of inotify(7): a fixed part, then a name that is padded with zero bytes.
    private static func parse(_ bytes: ArraySlice<UInt8>, _ folders: FolderNames) -> [Event] {
        let fixed = MemoryLayout<inotify_event>.size
        var events: [Event] = []
        var place = bytes.startIndex
        while place + fixed <= bytes.endIndex {
            let event = bytes[place...].withUnsafeBytes { $0.loadUnaligned(as: inotify_event.self) }
            let start = place + fixed
            let end = min(start + Int(event.len), bytes.endIndex)
            place = end
            if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
                events.append(.overflowed)
                continue
            }
            let name = String(decoding: bytes[start..<end].prefix { $0 != 0 }, as: UTF8.self)
            guard let folder = folders.name(event.wd), !name.isEmpty else {
                events.append(.changed)
                continue
            }
            let path = folder == "/" ? "/" + name : "\(folder)/\(name)"
            if event.mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0 {
                events.append(.complete(path))
            } else if event.mask & UInt32(IN_MODIFY) != 0 {
                events.append(.written(path))
            } else {
                events.append(.changed)
            }
        }
        return events
    }
}
