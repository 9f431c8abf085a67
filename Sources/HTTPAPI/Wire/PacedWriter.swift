import Hummingbird
import NIOCore

/// Writes a long body no faster than its connection takes it.
///
/// A write returns once the piece is handed to the connection's thread, and is held back only when that thread has found
/// the connection full. While the thread does not get its turn (a busy machine, a file that is read from memory), hundreds
/// of megabytes would queue up in between: so each megabyte waits for it.
struct PacedWriter {
    static let strideBytes = 1 << 20

    private var writer: any ResponseBodyWriter
    private let loop: (any EventLoop)?
    private var handedOver = 0

    /// - Parameter loop: of the connection; nil without one.
    init(_ writer: any ResponseBodyWriter, _ loop: (any EventLoop)?) {
        self.writer = writer
        self.loop = loop
    }

    mutating func write(_ piece: ByteBuffer) async throws {
        let count = piece.readableBytes
        try await writer.write(piece)
        handedOver += count
        guard handedOver >= Self.strideBytes, let loop else { return }
        handedOver = 0
        try await loop.submit {}.get()
    }

    func finish() async throws {
        let writer = writer
        try await writer.finish(nil)
    }
}

extension APIContext {
    /// That of the connection; nil for a request of the same process.
    var loop: (any EventLoop)? { channel?.eventLoop }
}
