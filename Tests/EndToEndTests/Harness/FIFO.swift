import Glibc

/// A named pipe through which a task tells a test how far it is, or is held until the test lets it go.
final class FIFO {
    let path: String
    /// Open for both, so that neither side waits for the other to open it.
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        mkfifo(path, 0o600)
        descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw HarnessError("cannot open \(path): errno \(errno)") }
    }

    deinit {
        close(descriptor)
    }

    /// The next line that a task wrote; what there is of it when `process` ends first.
    func line(seconds: Int = 120, orEndOf process: ChildProcess? = nil) throws -> String {
        var line: [UInt8] = []
        while true {
            var waited = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
            if let process {
                waited.append(pollfd(fd: process.descriptor, events: Int16(POLLIN), revents: 0))
            }
            guard poll(&waited, nfds_t(waited.count), Int32(seconds * 1000)) > 0 else {
                throw HarnessError("nobody wrote to \(path) within \(seconds) s")
            }
            if waited[0].revents == 0 { return String(decoding: line, as: UTF8.self) }
            var byte: UInt8 = 0
            guard read(descriptor, &byte, 1) == 1 else { throw HarnessError("cannot read \(path)") }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }

    /// Lets `count` tasks go on that wait in `read line < path`.
    func release(_ count: Int = 1) {
        // One byte a line: a shell reads byte by byte, so each reader takes just its own.
        let text = [UInt8](repeating: UInt8(ascii: "\n"), count: count)
        _ = write(descriptor, text, text.count)
    }
}
