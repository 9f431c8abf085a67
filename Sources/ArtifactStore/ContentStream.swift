import Crypto
import Glibc

/// Reads a file to its end in pieces of one megabyte, so that its size does not matter.
enum ContentStream {
    /// What went through.
    struct Summary {
        /// Lower-case hexadecimal.
        let sha256: String
        let sizeBytes: Int64
    }

    private static let pieceSize = 1 << 20

    /// - Parameter each: called after each piece.
    static func hash(
        _ input: borrowing FileDescriptor, path: String, each: () throws -> Void = {}
    ) throws -> Summary {
        try read(input, path: path) { _ in try each() }
    }

    static func copy(
        _ input: borrowing FileDescriptor, path: String, to output: borrowing FileDescriptor,
        at target: String
    ) throws -> Summary {
        let number = output.number
        return try read(input, path: path) { piece in
            try FileDescriptor.write(piece, to: number, target)
        }
    }

    private static func read(
        _ input: borrowing FileDescriptor, path: String, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Summary {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 16)
        defer { buffer.deallocate() }
        var hasher = SHA256()
        var size: Int64 = 0
        while true {
            let count = Glibc.read(input.number, buffer.baseAddress, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read", path) }
            if count == 0 { break }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hasher.update(bufferPointer: piece)
            try body(piece)
            size += Int64(count)
        }
        return Summary(sha256: hexadecimal(hasher.finalize()), sizeBytes: size)
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
