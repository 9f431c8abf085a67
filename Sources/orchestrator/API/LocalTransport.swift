import HTTPAPI
import JSONText
import Synchronization

/// Requests to the routes inside this process.
struct LocalTransport: APITransport {
    let place = "this process"
    private let api: LocalAPI

    init(_ api: LocalAPI) {
        self.api = api
    }

    func send(_ request: APIRequest) async throws -> APIAnswer {
        let reply = try await api.respond(
            method: request.method.rawValue, target: request.target, body: Self.bytes(of: request))
        return APIAnswer(status: reply.status, body: reply.body)
    }

    func open(
        _ request: APIRequest
    ) async throws -> (status: Int, pieces: AsyncThrowingStream<[UInt8], any Error>) {
        let (pieces, piece) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        let (statuses, status) = AsyncThrowingStream.makeStream(of: Int.self)
        let api = api
        let answering = Task {
            do {
                _ = try await api.stream(
                    method: request.method.rawValue, target: request.target, body: Self.bytes(of: request),
                    accept: "text/event-stream, text/plain, application/json", begin: { status.yield($0) },
                    receive: { piece.yield($0) })
                piece.finish()
                status.finish()
            } catch {
                piece.finish(throwing: error)
                status.finish(throwing: error)
            }
        }
        piece.onTermination = { _ in answering.cancel() }
        for try await first in statuses { return (first, pieces) }
        throw ConnectionLost(place: place, detail: "no answer")
    }

    func pull(
        _ request: APIRequest, receive: @escaping @Sendable (Int, [UInt8]) async throws -> Void
    ) async throws -> Int {
        let status = Mutex(0)
        return try await api.stream(
            method: request.method.rawValue, target: request.target, body: Self.bytes(of: request),
            begin: { begun in status.withLock { $0 = begun } },
            receive: { piece in try await receive(status.withLock { $0 }, piece) })
    }

    private static func bytes(of request: APIRequest) -> [UInt8] {
        request.body.map { Array($0.text().utf8) } ?? []
    }
}
