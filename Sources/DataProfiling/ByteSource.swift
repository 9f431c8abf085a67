import Glibc

/// A file read from beginning to end through one buffer, in which a record always lies in one piece.
final class ByteSource {
    let path: String
    private(set) var base: UnsafeMutableRawPointer
    /// The bytes between these offsets are read and not used yet.
    var start = 0
    private(set) var end = 0
    private(set) var isAtEnd = false
    private var capacity: Int
    private let descriptor: Int32

    /// Once so many bytes have been read, asking for more is `partRead`.
    var byteLimit: Int64?
    private var readBytes: Int64 = 0

    static let recordLimitBytes = 64 << 20

    /// Opens a regular file; a FIFO or a device is refused and never waited for.
    init(path: String, capacity: Int = 1 << 20) throws(DataFileError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            throw code == ENOENT || code == ENOTDIR
                ? .missing(path: path) : .inputOutput(path: path, code: code)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .notAFile(path: path)
        }
        self.path = path
        self.capacity = capacity
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        base.deallocate()
        close(descriptor)
    }

    var bytes: UnsafePointer<UInt8> { UnsafePointer(base.assumingMemoryBound(to: UInt8.self)) }

    /// Moves what is not used yet to the front and reads more behind it; a record longer than the buffer makes it grow.
    /// - Parameter line: where the record begins, for an error.
    func refill(line: Int) throws(DataFileError) {
        if let byteLimit, readBytes >= byteLimit { throw .partRead }
        if start > 0 {
            base.copyMemory(from: base + start, byteCount: end - start)
            end -= start
            start = 0
        } else if end == capacity {
            try grow(line: line)
        }
        while true {
            let count = read(descriptor, base + end, capacity - end)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .inputOutput(path: path, code: errno) }
            end += count
            readBytes += Int64(count)
            isAtEnd = count == 0
            return
        }
    }

    func status() throws(DataFileError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .inputOutput(path: path, code: errno) }
        return status
    }

    private func grow(line: Int) throws(DataFileError) {
        guard capacity < Self.recordLimitBytes else {
            throw .recordTooLong(path: path, line: line, limitBytes: Self.recordLimitBytes)
        }
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity * 2, alignment: 16)
        larger.copyMemory(from: base, byteCount: end)
        base.deallocate()
        base = larger
        capacity *= 2
    }
}
