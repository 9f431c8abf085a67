import APITypes
import HTTPTypes
import JSONText

/// Why a request was not answered as asked; every case has one status and one code, which the command line turns into
/// its exit codes.
enum APIError: Error, Sendable {
    case unauthorized
    case forbidden(String)
    /// The request was meant for another server, or a browser was tricked into sending it.
    case misdirected
    case badRequest(String)
    /// Nothing has this path.
    case noSuchRoute
    case unknown(Subject, String)
    case brokenDAG(String)
    case invalidParameters([String])
    case conflict(String)
    /// A name or date that is taken already, as Airflow tells it.
    case duplicate(String)
    case bodyTooLarge
    case notJSON
    case invalidBody([AirflowV2.ValidationError])
    case unavailable(String)
    /// The home is not as it must be, for example without its key.
    case badConfiguration(String)
    /// Our own fault; what happened is in the log, under the request's id.
    case failure(requestID: String)

    /// What a request named and nobody knows.
    enum Subject: String, Sendable {
        case dag, run, task, attempt, pool, output, version, file, variable, connection, backfill, asset,
            webhook, notice, model, artifact
        case queuedEvent = "queued_event"
        case assetAlias = "asset_alias"
        case importError = "import_error"
    }

    var status: HTTPResponse.Status {
        switch self {
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .misdirected: .misdirectedRequest
        case .badRequest, .brokenDAG, .invalidParameters: .badRequest
        case .noSuchRoute, .unknown: .notFound
        case .conflict, .duplicate: .conflict
        case .bodyTooLarge: .contentTooLarge
        case .notJSON: .unsupportedMediaType
        case .invalidBody: .unprocessableContent
        case .unavailable: .serviceUnavailable
        case .failure, .badConfiguration: .internalServerError
        }
    }

    var code: String {
        switch self {
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .misdirected: "misdirected"
        case .badRequest, .invalidBody, .notJSON: "invalid_request"
        case .noSuchRoute: "no_such_route"
        case .unknown(let subject, _): "unknown_\(subject.rawValue)"
        case .brokenDAG: "broken_dag"
        case .invalidParameters: "invalid_parameters"
        case .conflict, .duplicate: "conflict"
        case .bodyTooLarge: "too_large"
        case .unavailable: "unavailable"
        case .badConfiguration: "bad_configuration"
        case .failure: "internal_error"
        }
    }

    var body: AirflowV2.ErrorBody {
        AirflowV2.ErrorBody(detail: detail, code: code)
    }

    private var detail: JSONValue {
        switch self {
        case .unauthorized: "Not authenticated"
        case .misdirected: "This server does not answer for that host"
        case .noSuchRoute: "Not Found"
        case .bodyTooLarge: "The request body is larger than 1 MB"
        case .notJSON: "The request body must be JSON, sent as application/json"
        case .forbidden(let text), .badRequest(let text), .unknown(_, let text), .brokenDAG(let text),
            .conflict(let text), .unavailable(let text), .badConfiguration(let text):
            .string(text)
        case .invalidParameters(let problems): .string(problems.joined(separator: "\n"))
        case .duplicate(let text):
            ["reason": "Unique constraint violation", "statement": "", "orig_error": .string(text)]
        case .invalidBody(let mistakes): .array(mistakes.map(\.value))
        case .failure(let requestID): .string("Internal error; the log has it under \(requestID)")
        }
    }
}

extension AirflowV2.ValidationError {
    /// A mistake in the body at a key.
    static func body(_ type: String, at path: [JSONValue], _ message: String, input: JSONValue? = nil) -> Self
    {
        Self(type: type, loc: ["body"] + path, msg: message, input: input)
    }

    /// A mistake in a query item.
    static func query(_ type: String, _ name: String, _ message: String, input: String? = nil) -> Self {
        Self(type: type, loc: ["query", .string(name)], msg: message, input: input.map { .string($0) })
    }

    fileprivate var value: JSONValue {
        ["type": .string(type), "loc": .array(loc), "msg": .string(msg), "input": input ?? .null]
    }
}
