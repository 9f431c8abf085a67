import Glibc

/// Looks again whenever something changes in one of the folders, until there is an answer.
///
/// The database's log is written in the home at every commit, so a watch on the home sees all progress. What changes
/// elsewhere (memory, other folders) is seen at the latest after the backstop.
struct Waiting {
    let folders: [String]

    private static let backstopMilliseconds: Int32 = 100

    /// - Parameter look: nil while there is no answer yet.
    /// - Throws: `HarnessError` naming `what` when there is none in time, or what `look` throws.
    @discardableResult
    func until<Answer>(_ what: String, seconds: Int = 120, _ look: () throws -> Answer?) throws -> Answer {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw HarnessError("inotify_init1: errno \(errno)") }
        defer { close(descriptor) }
        let events = UInt32(IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_CLOSE_WRITE)
        for folder in folders { inotify_add_watch(descriptor, folder, events) }
        let end = Self.now() + seconds * 1000
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            if let answer = try look() { return answer }
            guard Self.now() < end else { throw HarnessError("waited \(seconds) s in vain for \(what)") }
            var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&waited, 1, Self.backstopMilliseconds)
            while read(descriptor, &buffer, buffer.count) > 0 {}
        }
    }

    /// Milliseconds of a clock that nobody sets.
    static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
