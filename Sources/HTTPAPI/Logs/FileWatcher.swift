import Dispatch
import Glibc
import Synchronization

/// Tells when open files grow and folders get new entries, by one inotify instance for all of them; nobody polls.
final class FileWatcher: Sendable {
    private struct Watch {
        let key: Int
        let handler: @Sendable () -> Void
    }

    private struct State {
        var nextKey = 0
        /// By inotify's watch descriptor: a file that several follow has one.
        var watches: [Int32: [Watch]] = [:]
    }

    private let descriptor: Int32
    private let state = Mutex(State())
    private let source: Mutex<any DispatchSourceRead>

    /// - Returns: nil when the system has no inotify instance left.
    init?() {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        source = Mutex(
            DispatchSource.makeReadSource(
                fileDescriptor: descriptor, queue: DispatchQueue(label: "orchestrator.api.watch")))
        source.withLock { source in
            source.setEventHandler { [weak self] in self?.dispatch() }
            source.setCancelHandler { close(descriptor) }
            source.activate()
        }
    }

    deinit {
        source.withLock { $0.cancel() }
    }

    /// Ends its watch when it is released.
    final class Token: Sendable {
        private let end: @Sendable () -> Void

        fileprivate init(end: @escaping @Sendable () -> Void) {
            self.end = end
        }

        deinit {
            end()
        }
    }

    /// Calls `handler` after each change of the file until the token is released.
    ///
    /// - Returns: nil when the file cannot be watched.
    func watch(_ file: LogFile, handler: @escaping @Sendable () -> Void) -> Token? {
        watch(file.descriptor, for: IN_MODIFY | IN_CLOSE_WRITE, handler: handler)
    }

    /// Calls `handler` after each new entry of the folder until the token is released.
    func watch(_ folder: LogFolder, handler: @escaping @Sendable () -> Void) -> Token? {
        watch(folder.descriptor, for: IN_CREATE | IN_MOVED_TO, handler: handler)
    }

    private func watch(
        _ watched: Int32, for events: Int32, handler: @escaping @Sendable () -> Void
    ) -> Token? {
        // By way of the open descriptor: what lies at the path by now may be something else.
        let path = "/proc/self/fd/\(watched)"
        return state.withLock { state in
            let watch = inotify_add_watch(descriptor, path, UInt32(events))
            guard watch >= 0 else { return nil }
            state.nextKey += 1
            let key = state.nextKey
            state.watches[watch, default: []].append(Watch(key: key, handler: handler))
            return Token { [weak self] in self?.remove(key, from: watch) }
        }
    }

    private func remove(_ key: Int, from watch: Int32) {
        state.withLock { state in
            state.watches[watch]?.removeAll { $0.key == key }
            if state.watches[watch]?.isEmpty == true {
                state.watches[watch] = nil
                inotify_rm_watch(descriptor, watch)
            }
        }
    }

    /// Takes everything the kernel has to tell. An overflow of its queue is told to everybody.
    private func dispatch() {
        var changed: Set<Int32> = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            buffer.withUnsafeBytes { bytes in
                var offset = 0
                while offset + MemoryLayout<inotify_event>.size <= count {
                    let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    changed.insert(event.wd)
                    offset += MemoryLayout<inotify_event>.size + Int(event.len)
                }
            }
        }
        let handlers = state.withLock { state in
            let watches = changed.contains(-1) ? Array(state.watches.keys) : Array(changed)
            return watches.flatMap { state.watches[$0] ?? [] }.map(\.handler)
        }
        for handler in handlers { handler() }
    }
}
