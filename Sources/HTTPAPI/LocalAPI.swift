import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SchedulerService

/// The same routes without a socket, for commands that read when no daemon runs.
package struct LocalAPI: Sendable {
    package struct Reply: Sendable {
        package let status: Int
        package let body: [UInt8]
    }

    private let responder: RouterResponder<APIContext>
    private let logger: Logger

    package init(controlPlane: ControlPlane, programVersion: String, logger: Logger) {
        self.logger = logger
        // Nobody comes over a network here; the token is one that nobody knows.
        let policy = GatePolicy(token: AccessToken("\(UInt64.random(in: .min ... .max))"), hosts: [])
        responder = APIRouter.make(
            controlPlane: controlPlane, policy: policy,
            identity: ServerIdentity(programVersion: programVersion, startedAt: nil)
        ).buildResponder()
    }

    /// - Parameters:
    ///   - method: `GET`, `POST`...
    ///   - target: path and query, percent-encoded.
    ///   - body: JSON.
    package func respond(
        method: String, target: String, body: [UInt8] = [], accept: String = "application/json"
    ) async throws -> Reply {
        let collected = PieceCollector()
        let status = try await stream(
            method: method, target: target, body: body, accept: accept, begin: { _ in },
            receive: { await collected.add($0) })
        return Reply(status: status, body: await collected.bytes)
    }

    /// Gives the answer's body in pieces as they come, and before them its status to `begin`.
    ///
    /// - Returns: the status, after the last piece.
    package func stream(
        method: String, target: String, body: [UInt8] = [], accept: String = "application/json",
        begin: (Int) -> Void = { _ in },
        receive: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Int {
        var headers: HTTPFields = [.accept: accept]
        if !body.isEmpty {
            headers[.contentType] = "application/json"
            headers[.contentLength] = "\(body.count)"
        }
        let head = HTTPRequest(
            method: HTTPRequest.Method(rawValue: method) ?? .get, scheme: "http", authority: "localhost",
            path: target, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let response = try await responder.respond(to: request, context: APIContext(logger: logger))
        begin(Int(response.status.code))
        try await response.body.write(PieceWriter(receive: receive))
        return Int(response.status.code)
    }
}

private struct PieceWriter: ResponseBodyWriter {
    let receive: @Sendable ([UInt8]) async throws -> Void

    func write(_ buffer: ByteBuffer) async throws {
        try await receive(Array(buffer.readableBytesView))
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

private actor PieceCollector {
    private(set) var bytes: [UInt8] = []

    func add(_ piece: [UInt8]) {
        bytes += piece
    }
}
