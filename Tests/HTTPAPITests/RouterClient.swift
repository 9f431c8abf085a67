import HTTPTypes
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import NIOCore

@testable import HTTPAPI

/// Gives requests to a responder without a socket, with the whole body at hand.
struct RouterClient: Sendable {
    let responder: any HTTPResponder<APIContext>
    let logger: Logger

    struct Answer: Sendable {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let body: ByteBuffer
    }

    func execute(
        _ target: String, _ method: HTTPRequest.Method, _ headers: HTTPFields, _ body: ByteBuffer?
    ) async throws -> Answer {
        var headers = headers
        if let body { headers[.contentLength] = String(body.readableBytes) }
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "localhost", path: target, headerFields: headers),
            body: RequestBody(buffer: body ?? ByteBuffer()))
        let response = try await responder.respond(to: request, context: APIContext(logger: logger))
        let writer = Writer()
        try await response.body.write(writer)
        return Answer(
            status: response.status, headers: response.headers, body: writer.body.withLockedValue { $0 })
    }

    private struct Writer: ResponseBodyWriter {
        let body = NIOLockedValueBox(ByteBuffer())

        func write(_ buffer: ByteBuffer) async throws {
            body.withLockedValue { $0.writeImmutableBuffer(buffer) }
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
}
