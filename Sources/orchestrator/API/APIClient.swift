import JSONText
import Synchronization

/// The API as commands use it: answers are JSON, anything but success is a `CommandFailure`.
struct APIClient: Sendable {
    let transport: any APITransport

    func get(_ parts: [String], query: [(String, String?)] = []) async throws -> JSONValue {
        try await json(APIRequest(.get, parts, query: query))
    }

    func post(_ parts: [String], body: JSONValue) async throws -> JSONValue {
        try await json(APIRequest(.post, parts, body: body))
    }

    /// Sends a request and reads the answer.
    func json(_ request: APIRequest) async throws -> JSONValue {
        let answer: APIAnswer
        do {
            answer = try await transport.send(request)
        } catch let lost as ConnectionLost {
            throw CommandFailure(connectionLost: lost)
        }
        guard (200..<300).contains(answer.status) else { throw CommandFailure(answer: answer) }
        guard !answer.body.isEmpty else { return .null }
        do throws(JSONSyntaxError) {
            return try JSONValue.parse(bytes: answer.body)
        } catch {
            throw CommandFailure(
                .ownFault,
                "the answer of \(transport.place) to \(request.path) is not JSON: \(error.description)")
        }
    }

    /// The rows of a list: an array, or a page with `items`.
    func rows(_ parts: [String], query: [(String, String?)] = []) async throws -> [JSONObject] {
        let value = try await get(parts, query: query)
        guard let items = value.arrayValue ?? value["items"]?.arrayValue else {
            throw CommandFailure(.ownFault, "the answer of \(transport.place) is not a list")
        }
        return items.compactMap(\.objectValue)
    }

    func object(_ parts: [String], query: [(String, String?)] = []) async throws -> JSONObject {
        guard let object = try await get(parts, query: query).objectValue else {
            throw CommandFailure(.ownFault, "the answer of \(transport.place) is not an object")
        }
        return object
    }

    /// The bytes of an answer as they come.
    func bytes(
        _ parts: [String], query: [(String, String?)] = []
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        let (status, pieces) = try await transport.open(APIRequest(.get, parts, query: query))
        guard (200..<300).contains(status) else {
            var body: [UInt8] = []
            for try await piece in pieces { body += piece }
            throw CommandFailure(answer: APIAnswer(status: status, body: body))
        }
        return pieces
    }

    /// The bytes of an answer of any length, one piece after the other.
    func pull(_ parts: [String], _ receive: @escaping @Sendable ([UInt8]) throws -> Void) async throws {
        let taker = PieceTaker(receive)
        let status: Int
        do {
            status = try await transport.pull(APIRequest(.get, parts)) { status, piece in
                try taker.take(status, piece)
            }
        } catch let lost as ConnectionLost {
            throw CommandFailure(connectionLost: lost)
        }
        guard (200..<300).contains(status) else {
            throw CommandFailure(answer: APIAnswer(status: status, body: taker.refusal))
        }
    }

    /// What changes from now on, of one run; ends when the other side stops.
    func events(dagID: String, runID: String) async throws -> AsyncThrowingStream<JSONObject, any Error> {
        let pieces = try await bytes(
            ["api", "v1", "events"], query: [("dag_id", dagID), ("run_id", runID)])
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: JSONObject.self)
        let reading = Task {
            var parser = ServerSentEventParser()
            do {
                for try await piece in pieces {
                    for text in parser.take(piece) {
                        if let object = (try? JSONValue.parse(text))?.objectValue {
                            continuation.yield(object)
                        }
                    }
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in reading.cancel() }
        return stream
    }
}

/// Passes a success on, and keeps the text of a refusal.
private final class PieceTaker: Sendable {
    private static let refusalLimit = 1 << 20

    private let receive: @Sendable ([UInt8]) throws -> Void
    private let text = Mutex<[UInt8]>([])

    init(_ receive: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.receive = receive
    }

    var refusal: [UInt8] { text.withLock { $0 } }

    func take(_ status: Int, _ piece: [UInt8]) throws {
        if (200..<300).contains(status) { return try receive(piece) }
        text.withLock { if $0.count < Self.refusalLimit { $0 += piece } }
    }
}
