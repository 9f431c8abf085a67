import DAGDomain
import Hummingbird
import Logging
import NIOCore

/// By which way a request came in; decided by the server that took it, never by anything in the request.
package enum RequestOrigin: Sendable {
    /// TCP: needs the token, and the checks against browsers.
    case network
    /// The unix socket that only its owner can open.
    case unixSocket
    /// The same process.
    case inProcess

    var isTrusted: Bool { self != .network }
}

/// What belongs to one request.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Set by `OriginResponder`; the strictest until then.
    package var origin = RequestOrigin.network
    /// The attempt that asks, by its own token; nil for everybody else.
    package var attempt: AttemptID?
    /// The connection, to be closed when a body comes too slowly; nil for a request of the same process.
    let channel: (any Channel)?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// A request of the same process.
    init(logger: Logger) {
        coreContext = CoreRequestContextStorage(source: InProcessSource(logger: logger))
        channel = nil
        origin = .inProcess
    }

    private struct InProcessSource: RequestContextSource {
        let logger: Logger
    }
}

/// Marks every request that it passes on with the way it came; each server has its own.
package struct OriginResponder<Base: HTTPResponder<APIContext>>: HTTPResponder {
    let origin: RequestOrigin
    let base: Base

    package func respond(to request: Request, context: APIContext) async throws -> Response {
        var context = context
        context.origin = origin
        return try await base.respond(to: request, context: context)
    }
}
