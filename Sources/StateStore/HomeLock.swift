import Glibc

/// The right to use a home: one process at a time. The kernel gives it back when the process ends, however it ends.
package struct HomeLock: ~Copyable, Sendable {
    /// Why the lock was not taken.
    package enum Failure: Error, Hashable, Sendable {
        /// Another process holds it; nil when it has not written its number (yet).
        case held(path: String, processID: Int32?)
        case inputOutput(path: String, detail: String)
    }

    private let descriptor: CInt

    /// Takes the lock of a home and writes this process's number into it. The home is made when it is not there.
    package static func acquire(home: String) throws(Failure) -> HomeLock {
        let path = HomeLayout(home: home).lock
        do {
            try makeFolder(home)
        } catch {
            throw .inputOutput(path: home, detail: "\(error)")
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error: Failure =
                errno == EWOULDBLOCK
                ? .held(path: path, processID: holder(descriptor)) : failure("flock", path)
            close(descriptor)
            throw error
        }
        let lock = HomeLock(descriptor: descriptor)
        let line = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, line, line.count, 0) == line.count else {
            throw failure("write", path)
        }
        return lock
    }

    /// The process that holds the lock of a home, without taking it; nil when it is free.
    package static func holder(home: String) -> Int32? {
        let descriptor = open(HomeLayout(home: home).lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
        return holder(descriptor)
    }

    private init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        // Closing is not enough: a child between fork and exec has a copy of the descriptor, and would keep the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func holder(_ descriptor: CInt) -> Int32? {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: buffer[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    private static func failure(_ call: String, _ path: String) -> Failure {
        .inputOutput(path: path, detail: SystemError(call, path).description)
    }
}
