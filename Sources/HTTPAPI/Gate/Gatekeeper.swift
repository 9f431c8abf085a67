import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SchedulerService
import StateStore

/// Stands in front of every route and of every path that has none: checks who asks, limits what is sent, turns errors
/// into answers and adds the headers that every answer carries.
struct Gatekeeper: RouterMiddleware {
    static let maximumBodyBytes = 1 << 20
    /// How long a body may take to arrive.
    private static let bodyTimeout = TimeAmount.seconds(30)
    private static let maximumTargetBytes = 8192

    let policy: GatePolicy

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            var context = context
            context.attempt = try policy.check(request, origin: context.origin)
            guard request.head.path?.utf8.count ?? 0 <= Self.maximumTargetBytes else {
                throw APIError.badRequest("the request's address is too long")
            }
            response = try await next(try await collectBody(of: request, context: context), context)
        } catch {
            response = try Self.answer(to: error, request: request, context: context)
        }
        Self.addHeaders(to: &response)
        return response
    }

    /// Reads what is sent, so that no route can be made to wait for a body or to be flooded with one.
    private func collectBody(of request: Request, context: APIContext) async throws -> Request {
        guard request.hasBody, !ArtifactRoutes.isUpload(request) else { return request }
        if request.headers[.transferEncoding] == nil, request.hasLargeBody { throw APIError.bodyTooLarge }
        let timer = context.channel.map { channel in
            channel.eventLoop.scheduleTask(in: Self.bodyTimeout) { channel.close(promise: nil) }
        }
        defer { timer?.cancel() }
        var request = request
        do {
            _ = try await request.collectBody(upTo: Self.maximumBodyBytes)
        } catch is NIOTooManyBytesError {
            throw APIError.bodyTooLarge
        } catch let error as HTTPError where error.status == .contentTooLarge {
            throw APIError.bodyTooLarge
        }
        return request
    }

    private static func answer(to error: any Error, request: Request, context: APIContext) throws -> Response
    {
        let error = apiError(for: error, context: context)
        var response =
            TrackingRoutes.isTracking(request.uri.path)
            ? TrackingError(error).response
            : try Answer(error.body, status: error.status).response(from: request, context: context)
        if case .unauthorized = error { response.headers[.wwwAuthenticate] = "Bearer" }
        if case .unavailable = error { response.headers[.retryAfter] = "1" }
        return request.hasLargeBody ? response.closingConnection() : response
    }

    private static func apiError(for error: any Error, context: APIContext) -> APIError {
        switch error {
        case let error as APIError: return error
        case let error as ControlPlaneError: return APIError(error)
        case let error as HTTPError where error.status == .notFound: return .noSuchRoute
        case is CancellationError: return .unavailable("the daemon is stopping")
        default:
            context.logger.error("A request failed.", metadata: ["error": "\(error)"])
            return .failure(requestID: context.requestID)
        }
    }

    /// OWASP's list for a programming interface: nothing is sniffed, framed, cached or run.
    private static func addHeaders(to response: inout Response) {
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        for (name, value) in fixedHeaders { response.headers[name] = value }
    }

    private static let fixedHeaders: [(HTTPField.Name, String)] = [
        ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}

extension APIContext {
    /// The number under which the log knows the request.
    fileprivate var requestID: String { logger[metadataKey: "hb.request.id"]?.description ?? "-" }
}

extension Request {
    fileprivate var hasBody: Bool {
        headers[.transferEncoding] != nil || headers[.contentLength].map { $0 != "0" } ?? false
    }

    /// Too much to be read only to be thrown away; also when nobody says how much it is.
    fileprivate var hasLargeBody: Bool {
        headers[.transferEncoding] != nil
            || headers[.contentLength].map { Int($0) ?? .max > Gatekeeper.maximumBodyBytes } ?? false
    }
}

extension Response {
    private struct EndOfConnection: Error {}

    /// The same answer, after which the connection is closed, so that nobody has to read the rest of what is sent.
    func closingConnection() -> Response {
        let body = body
        var response = self
        response.headers[.connection] = "close"
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            throw EndOfConnection()
        }
        return response
    }
}
