import Dispatch
import Glibc
import NIOCore

/// A log, opened for reading. A task could have put anything in its place: links are never followed, only a regular
/// file is read, and never more than a piece of it at a time.
final class LogFile: Sendable {
    static let pieceBytes = 64 * 1024

    /// Reading may wait for a disk, which the threads of Swift's concurrency must not.
    private static let queue = DispatchQueue(
        label: "orchestrator.api.logs", qos: .utility, attributes: .concurrent)

    let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Opens the file at `path`, without following links below `root`.
    ///
    /// - Returns: nil when there is nothing, or nothing that is a log.
    static func open(_ path: String, below root: String) -> LogFile? {
        guard let folder = LogFolder(of: path, below: root), let name = path.split(separator: "/").last else {
            return nil
        }
        let descriptor = openat(
            folder.descriptor, String(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let file = LogFile(descriptor: descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid()
        else { return nil }
        return file
    }

    /// The size in bytes at this moment.
    var size: Int64 {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// Up to `count` bytes from `offset`, but no more than `pieceBytes`; empty at the end of the file.
    func read(at offset: Int64, upTo count: Int = LogFile.pieceBytes) async throws(APIError) -> ByteBuffer {
        let result: Result<ByteBuffer, APIError> = await withCheckedContinuation { continuation in
            Self.queue.async { [self] in
                continuation.resume(returning: readNow(at: offset, upTo: min(count, Self.pieceBytes)))
            }
        }
        return try result.get()
    }

    private func readNow(at offset: Int64, upTo count: Int) -> Result<ByteBuffer, APIError> {
        var buffer = ByteBuffer()
        var code: Int32 = 0
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
            while true {
                let got = pread(descriptor, space.baseAddress, count, off_t(offset))
                if got >= 0 { return got }
                guard errno == EINTR else {
                    code = errno
                    return 0
                }
            }
        }
        guard code == 0 else {
            return .failure(.unavailable("the log cannot be read: \(String(cString: strerror(code)))"))
        }
        return .success(buffer)
    }
}
