import Dispatch
import Hummingbird
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import HTTPAPI

@Suite struct PacedWriterTests {
    /// Takes everything at once, as a connection does whose thread has not had its turn.
    private final class Heap: ResponseBodyWriter {
        let bytes = Mutex(0)
        let grown: AsyncStream<Int>.Continuation

        init(_ grown: AsyncStream<Int>.Continuation) { self.grown = grown }

        func write(_ buffer: ByteBuffer) async throws {
            grown.yield(
                bytes.withLock { bytes in
                    bytes += buffer.readableBytes
                    return bytes
                })
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws { grown.finish() }
    }

    /// While the connection's thread is busy, no more than the stride is handed to it.
    @Test func aBodyWaitsForTheThreadOfItsConnection() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let (growth, grown) = AsyncStream.makeStream(of: Int.self)
        let heap = Heap(grown)
        let goOn = DispatchSemaphore(value: 0)
        let atRelease = loop.submit {
            goOn.wait()
            return heap.bytes.withLock { $0 }
        }
        let piece = ByteBuffer(repeating: 7, count: 64 << 10)
        let writing = Task {
            var writer = PacedWriter(heap, loop)
            for _ in 0..<160 { try await writer.write(piece) }
            try await writer.finish()
        }
        for await bytes in growth where bytes >= PacedWriter.strideBytes { break }
        // Whoever does not wait has many turns to go on.
        for _ in 0..<10_000 { await Task.yield() }
        goOn.signal()
        #expect(try await atRelease.get() == PacedWriter.strideBytes)
        try await writing.value
        #expect(heap.bytes.withLock { $0 } == 160 * piece.readableBytes)
    }

    /// A request of the same process has no connection.
    @Test func withoutAConnectionNothingIsWaitedFor() async throws {
        let (_, grown) = AsyncStream.makeStream(of: Int.self)
        let heap = Heap(grown)
        var writer = PacedWriter(heap, nil)
        for _ in 0..<40 { try await writer.write(ByteBuffer(repeating: 7, count: 64 << 10)) }
        try await writer.finish()
        #expect(heap.bytes.withLock { $0 } == 40 * 64 << 10)
    }
}
