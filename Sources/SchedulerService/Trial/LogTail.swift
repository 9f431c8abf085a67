import Dispatch
import Glibc
import Synchronization

/// Hands on what is written to a file that does not exist yet, as it is written (inotify on its folder).
final class LogTail: Sendable {
    private struct State {
        var file: Int32 = -1
        var source: DescriptorSource?
    }

    private let path: String
    private let onOutput: @Sendable ([UInt8]) -> Void
    private let queue = DispatchQueue(label: "orchestrator.trial.log")
    private let state = Mutex(State())

    init(path: String, onOutput: @escaping @Sendable ([UInt8]) -> Void) throws {
        self.path = path
        self.onOutput = onOutput
        let watch = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard watch >= 0 else { throw HostError.system("inotify_init1", errno) }
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        guard inotify_add_watch(watch, folder, UInt32(IN_CREATE | IN_MODIFY)) >= 0 else {
            let code = errno
            close(watch)
            throw HostError.system("inotify_add_watch", code)
        }
        let source = DescriptorSource(descriptor: watch, queue: queue) { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 16 * 1024)
            while read(watch, &buffer, buffer.count) > 0 {}
            self?.copy()
        }
        state.withLock { $0.source = source }
    }

    /// Hands on the rest; nothing comes afterwards.
    func finish() {
        state.withLock { state in
            state.source?.cancel()
            state.source = nil
        }
        queue.sync {
            copy()
            state.withLock { state in
                if state.file >= 0 { close(state.file) }
                state.file = -1
            }
        }
    }

    /// On the queue.
    private func copy() {
        let file = state.withLock { state -> Int32 in
            if state.file < 0 { state.file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) }
            return state.file
        }
        guard file >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count > 0 else { return }
            onOutput(Array(buffer[..<count]))
        }
    }
}
