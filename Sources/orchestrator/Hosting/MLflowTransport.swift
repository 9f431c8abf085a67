import AsyncHTTPClient
import DAGDomain
import JSONText
import NIOCore
import NIOHTTP1
import NIOSSL
import SchedulerService
import Synchronization

/// Carries requests to an MLflow server, over connections that are kept. There is no client before the first request, since
/// most commands make none.
final class MLflowTransport: TrackingTransport {
    private struct State {
        var client: HTTPClient?
        var isClosed = false
    }

    private let configuration: HTTPClient.Configuration
    private let host: String
    private let state = Mutex(State())

    /// So much of an answer is read; a run with many metrics has a long one.
    private static let answerLimit = 64 << 20
    /// Bytes of a file that are sent at a time.
    private static let pieceSize = 256 * 1024

    /// - Throws: `CommandFailure` when the file with certificates cannot be used.
    init(_ place: TrackingPlace) throws(CommandFailure) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        // Shorter than servers keep them (uvicorn: 5 s), so that none is used that the other end has just closed.
        configuration.connectionPool.idleTimeout = .seconds(3)
        // Somebody waits for the answer; what may be tried again is tried again elsewhere.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let file = place.authorities {
            guard (try? NIOSSLCertificate.fromPEMFile(file))?.isEmpty == false else {
                throw CommandFailure(.badConfiguration, "tracking.ca_file holds no certificates: \(file)")
            }
            var security = TLSConfiguration.makeClientConfiguration()
            security.trustRoots = .file(file)
            configuration.tlsConfiguration = security
        }
        self.configuration = configuration
        host = WebAddress(place.url)?.host ?? place.url
    }

    deinit { close() }

    func close() {
        let client = state.withLock { state in
            defer { state = State(client: nil, isClosed: true) }
            return state.client
        }
        // What is under way fails; whoever asked has gone already.
        client?.shutdown { _ in }
    }

    private func client() throws(TrackingServerFailure) -> HTTPClient {
        let client = state.withLock { state -> HTTPClient? in
            if state.client == nil, !state.isClosed {
                state.client = HTTPClient(
                    eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
            }
            return state.client
        }
        guard let client else { throw TrackingServerFailure(.unreachable, "the scheduler stops") }
        return client
    }

    func send(_ request: TrackingRequest) async throws(TrackingServerFailure) -> JSONObject {
        let (status, bytes) = try await answer(to: request)
        let body = bytes.isEmpty ? JSONObject() : (try? JSONValue.parse(bytes: bytes))?.objectValue
        guard (200..<300).contains(status) else {
            throw TrackingServerFailure(status: status, body, host: host)
        }
        guard let body else {
            throw TrackingServerFailure(.unreachable, "\(host) does not answer as an MLflow server")
        }
        return body
    }

    private func answer(
        to request: TrackingRequest
    ) async throws(TrackingServerFailure) -> (status: Int, body: [UInt8]) {
        do {
            let response = try await client().execute(
                try message(request), timeout: .nanoseconds(request.timeout.nanoseconds))
            let body = try await response.body.collect(upTo: Self.answerLimit)
            return (Int(response.status.code), Array(body.readableBytesView))
        } catch let failure as TrackingServerFailure {
            throw failure
        } catch let error as HTTPClientError where error == .deadlineExceeded {
            throw TrackingServerFailure(.unreachable, "\(host) did not answer in time")
        } catch {
            throw TrackingServerFailure(.unreachable, "\(host): \(ConnectionLost.detail(of: error))")
        }
    }

    private func message(_ request: TrackingRequest) throws -> HTTPClientRequest {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        message.headers.add(name: "user-agent", value: "orchestrator/\(ProgramVersion.text)")
        if let authorization = request.authorization {
            message.headers.add(name: "authorization", value: authorization)
        }
        switch request.content {
        case .none: break
        case .json(let object):
            message.headers.add(name: "content-type", value: "application/json")
            message.body = .bytes(ByteBuffer(string: object.text()))
        case .file(let path):
            message.headers.add(name: "content-type", value: "application/octet-stream")
            guard let pieces = FilePieces(path, size: Self.pieceSize) else {
                throw TrackingServerFailure(.impossible, "the file \(path) cannot be read")
            }
            message.body = .stream(pieces, length: .known(pieces.length))
        }
        return message
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
