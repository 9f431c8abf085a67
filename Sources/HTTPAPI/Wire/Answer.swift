import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A value to be sent as JSON.
struct Answer<Body: Encodable & Sendable>: ResponseGenerator {
    let body: Body
    let status: HTTPResponse.Status

    init(_ body: Body, status: HTTPResponse.Status = .ok) {
        self.body = body
        self.status = status
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        let buffer = try WireJSON.encode(body)
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: buffer))
    }
}

/// An answer without a body.
struct NoContent: ResponseGenerator {
    func response(from request: Request, context: some RequestContext) -> Response {
        Response(status: .noContent)
    }
}

/// How values become JSON: keys in alphabetical order, so that the same state is always the same text.
enum WireJSON {
    static func encode(_ value: some Encodable) throws -> ByteBuffer {
        ByteBuffer(bytes: try makeEncoder().encode(value))
    }

    /// Lines of a stream of JSON values.
    static func lines(_ values: [some Encodable]) throws -> ByteBuffer {
        let encoder = makeEncoder()
        var buffer = ByteBuffer()
        for value in values {
            buffer.writeBytes(try encoder.encode(value))
            buffer.writeInteger(UInt8(ascii: "\n"))
        }
        return buffer
    }

    private static func makeEncoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
