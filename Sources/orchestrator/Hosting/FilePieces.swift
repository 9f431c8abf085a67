import Glibc
import NIOCore

/// The bytes of a file, piece by piece, so that one of any size is never in memory as a whole.
struct FilePieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let path: String
    let length: Int64
    private let size: Int

    /// - Parameter size: of a piece, in bytes.
    /// - Returns: nil when there is no such file.
    init?(_ path: String, size: Int) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.path = path
        self.size = size
        length = Int64(status.st_size)
    }

    /// The file is gone or may not be read.
    struct Unreadable: Error {
        let code: Int32
    }

    final class Descriptor {
        let number: Int32

        init(_ path: String) { number = open(path, O_RDONLY | O_CLOEXEC) }

        deinit { if number >= 0 { close(number) } }
    }

    struct Iterator: AsyncIteratorProtocol {
        let file: Descriptor
        let size: Int

        mutating func next() async throws -> ByteBuffer? {
            guard file.number >= 0 else { throw Unreadable(code: ENOENT) }
            var buffer = ByteBufferAllocator().buffer(capacity: size)
            let (number, size) = (file.number, size)
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { space in
                Swift.max(0, read(number, space.baseAddress, size))
            }
            return count == 0 ? nil : buffer
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(file: Descriptor(path), size: size) }
}
