import Hummingbird
import NIOCore
import ServiceLifecycle

extension ResponseBody {
    typealias Sender = (ByteBuffer) async throws -> Void

    /// A body that is written as things happen. It ends when `produce` returns, when the client goes away, and when the
    /// daemon stops.
    static func following(
        _ request: Request, _ context: APIContext,
        _ produce: @escaping @Sendable (Sender) async throws -> Void
    ) -> ResponseBody {
        ResponseBody { writer in
            var output = writer
            if context.channel == nil {
                try await produce { try await output.write($0) }
            } else {
                do {
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await produce { try await output.write($0) }
                    }
                } catch is CancellationError {
                    // The client has gone, or has no more to say: nobody waits for the rest.
                }
            }
            try await output.finish(nil)
        }
    }
}
