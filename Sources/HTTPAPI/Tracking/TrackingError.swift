import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import JSONText
import NIOCore
import SchedulerService
import StateStore

/// An error as MLflow's clients expect it: a word of theirs, a sentence, and the status that goes with the word.
struct TrackingError: Error, Hashable {
    enum Code: String {
        case invalidParameter = "INVALID_PARAMETER_VALUE"
        case badRequest = "BAD_REQUEST"
        case doesNotExist = "RESOURCE_DOES_NOT_EXIST"
        case alreadyExists = "RESOURCE_ALREADY_EXISTS"
        case endpointNotFound = "ENDPOINT_NOT_FOUND"
        case invalidState = "INVALID_STATE"
        case notImplemented = "NOT_IMPLEMENTED"
        case permissionDenied = "PERMISSION_DENIED"
        case unauthenticated = "UNAUTHENTICATED"
        case unavailable = "TEMPORARILY_UNAVAILABLE"
        case internalError = "INTERNAL_ERROR"

        var status: HTTPResponse.Status {
            switch self {
            case .invalidParameter, .badRequest, .alreadyExists: .badRequest
            case .doesNotExist, .endpointNotFound: .notFound
            case .invalidState, .internalError: .internalServerError
            case .notImplemented: .notImplemented
            case .permissionDenied: .forbidden
            case .unauthenticated: .unauthorized
            case .unavailable: .serviceUnavailable
            }
        }
    }

    let code: Code
    let message: String
    /// Other than the code's where HTTP says more.
    var status: HTTPResponse.Status

    init(_ code: Code, _ message: String, status: HTTPResponse.Status? = nil) {
        self.code = code
        self.message = message
        self.status = status ?? code.status
    }

    static func invalid(_ message: String) -> TrackingError { TrackingError(.invalidParameter, message) }

    static func missing(_ name: String) -> TrackingError {
        .invalid("Missing value for required parameter '\(name)'.")
    }

    var response: Response {
        let body: JSONValue = ["error_code": .string(code.rawValue), "message": .string(message)]
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body.text())))
    }
}

extension TrackingError {
    /// Nil for what has to be written into the log.
    init?(_ error: any Error) {
        switch error {
        case let error as TrackingError: self = error
        case let error as TrackingRefusal: self.init(error)
        case let error as ControlPlaneError: self.init(error)
        case let error as APIError: self.init(error)
        case let error as StateStoreError: self.init(ControlPlaneError.unavailable(error.sentence))
        default: return nil
        }
    }

    init(_ error: APIError) {
        let code: Code =
            switch error {
            case .unauthorized: .unauthenticated
            case .forbidden, .misdirected: .permissionDenied
            case .noSuchRoute: .endpointNotFound
            case .unknown: .doesNotExist
            case .badRequest, .brokenDAG, .invalidParameters, .notJSON, .invalidBody, .bodyTooLarge:
                .invalidParameter
            case .conflict, .duplicate: .alreadyExists
            case .unavailable: .unavailable
            case .failure, .badConfiguration: .internalError
            }
        let text = error.body.detail.stringValue ?? error.body.detail.text()
        self.init(code, text, status: error.status)
    }

    private init(_ error: ControlPlaneError) {
        switch error {
        case .conflict(let text): self.init(.alreadyExists, text)
        case .invalidRequest(let text): self.init(.invalidParameter, text)
        case .unavailable(let text): self.init(.unavailable, text)
        default: self.init(APIError(error))
        }
    }

    init(_ refusal: TrackingRefusal) {
        switch refusal {
        case .unknownExperiment(let id):
            self.init(.doesNotExist, "No Experiment with id=\(id) exists")
        case .experimentNameTaken(let name):
            self.init(.alreadyExists, "Experiment(name=\(name)) already exists.")
        case .experimentDeleted(let id):
            self.init(
                .invalidParameter,
                "The experiment \(id) must be in the 'active' state. Current state is deleted.")
        case .deletedExperimentRenamed:
            self.init(.invalidState, "Cannot rename a non-active experiment.")
        case .unknownRun(let id): self.init(.doesNotExist, "Run with id=\(id) not found")
        case .runDeleted(let id):
            self.init(
                .invalidParameter, "The run \(id) must be in the 'active' state. Current state is deleted.")
        case .unknownRunTag(let key, let run):
            self.init(.doesNotExist, "No tag with name: \(key) in run with id \(run)")
        case .unknownExperimentTag(let key, let id):
            self.init(.doesNotExist, "No tag with name: \(key) in experiment with id \(id)")
        case .paramsChanged(let run, let params): self = Self.changed(params, of: run)
        case .unknownLoggedModel(let id):
            self.init(.doesNotExist, "Logged model with ID '\(id)' not found.")
        case .unknownLoggedModelTag(let key, let model):
            self.init(.doesNotExist, "No tag with key '\(key)' found for model with ID '\(model)'.")
        case .loggedModelParamTaken(let key, let model):
            self.init(.invalidParameter, "The param '\(key)' of the model '\(model)' is logged already.")
        }
    }

    private static func changed(_ params: [TrackingRefusal.ChangedParam], of run: String) -> TrackingError {
        let list = params.map { param in
            "Param with key='\(param.key)' was already logged with value='\(param.old)' for run ID='\(run)'. "
                + "Attempted logging new value '\(param.new)'."
        }
        return .invalid("Changing param values is not allowed. " + list.joined(separator: " "))
    }
}
