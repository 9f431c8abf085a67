import AsyncHTTPClient
import JSONText
import NIOCore
import NIOHTTP1

/// Requests over the daemon's unix socket, or over a network with a bearer token.
struct HTTPTransport: APITransport {
    let place: String
    private let base: String
    private let token: String?

    /// Of the whole process, so never shut down. A daemon that is not there is told at once: the standard
    /// client goes on trying until the request's time is up.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(10)
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }()

    /// Answers larger than this are refused.
    private static let sizeLimit = 256 << 20

    /// - Parameter socketPath: the daemon's `api.sock`, which asks for no token.
    init(socketPath: String) {
        place = socketPath
        base = "http+unix://" + socketPath.percentEncoded
        token = nil
    }

    /// - Parameter url: `http://HOST:PORT` or `https://...`, without a path of its own or with one.
    init(url: String, token: String?) {
        place = url
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.token = token
    }

    func send(_ request: APIRequest) async throws -> APIAnswer {
        let response = try await execute(request, timeout: .seconds(120))
        do {
            let buffer = try await response.body.collect(upTo: Self.sizeLimit)
            return APIAnswer(status: Int(response.status.code), body: Array(buffer.readableBytesView))
        } catch {
            throw ConnectionLost(place: place, detail: ConnectionLost.detail(of: error))
        }
    }

    func open(
        _ request: APIRequest
    ) async throws -> (status: Int, pieces: AsyncThrowingStream<[UInt8], any Error>) {
        let response = try await execute(request, timeout: .hours(24 * 365))
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        let place = place
        let reading = Task {
            do {
                for try await buffer in response.body { continuation.yield(Array(buffer.readableBytesView)) }
                continuation.finish()
            } catch {
                continuation.finish(
                    throwing: ConnectionLost(place: place, detail: ConnectionLost.detail(of: error)))
            }
        }
        continuation.onTermination = { _ in reading.cancel() }
        return (Int(response.status.code), stream)
    }

    func pull(
        _ request: APIRequest, receive: @escaping @Sendable (Int, [UInt8]) async throws -> Void
    ) async throws -> Int {
        let response = try await execute(request, timeout: .hours(24 * 365))
        let status = Int(response.status.code)
        var body = response.body.makeAsyncIterator()
        while true {
            let buffer: ByteBuffer?
            do { buffer = try await body.next() } catch {
                throw ConnectionLost(place: place, detail: ConnectionLost.detail(of: error))
            }
            guard let buffer else { return status }
            try await receive(status, Array(buffer.readableBytesView))
        }
    }

    private func execute(_ request: APIRequest, timeout: TimeAmount) async throws -> HTTPClientResponse {
        var message = HTTPClientRequest(url: base + request.target)
        message.method = .init(rawValue: request.method.rawValue)
        message.headers.add(name: "accept", value: "application/json, text/event-stream, text/plain")
        if let token { message.headers.add(name: "authorization", value: "Bearer " + token) }
        if let body = request.body {
            message.headers.add(name: "content-type", value: "application/json")
            message.body = .bytes(ByteBuffer(string: body.text()))
        }
        do {
            return try await Self.client.execute(message, timeout: timeout)
        } catch let error as HTTPClientError where error == .invalidURL || error == .emptyHost {
            throw CommandFailure(
                .wrongUsage, "\(base) is not a URL of a daemon",
                hint: "for example --url http://127.0.0.1:8080")
        } catch {
            throw ConnectionLost(place: place, detail: ConnectionLost.detail(of: error))
        }
    }
}
