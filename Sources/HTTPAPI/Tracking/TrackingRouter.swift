import DAGDomain
import HTTPTypes
import Hummingbird
import JSONText
import NIOCore
import SchedulerService
import StateStore

/// One request of MLflow's protocol, read and ready to be answered on a thread that may wait.
struct TrackingCall: Sendable {
    let fields: TrackingFields
    let backend: Backend
    /// Who asks, for the record.
    let actor: String
    /// The task that asks, with its run.
    let task: TaskTracking.Task?
    let now: Timestamp
    /// The parts of the path that stand for something.
    let path: [String: String]

    var store: StateStore { backend.store }

    /// An experiment that is asked for. A task knows its DAG's by the number that it was told.
    func experimentID() throws -> Int64? {
        let id = try fields.experimentID()
        return id != nil && id == task?.toldExperiment ? task?.experiment : id
    }

    func requiredExperimentID() throws -> Int64 {
        guard let id = try experimentID() else { throw TrackingError.missing("experiment_id") }
        return id
    }
}

/// Adds routes whose errors are MLflow's.
struct TrackingRouter: Sendable {
    typealias Answering = @Sendable (TrackingCall) throws -> JSONObject
    typealias AsyncAnswering = @Sendable (TrackingCall) async throws -> JSONObject

    let backend: Backend
    let api: RouterGroup<APIContext>

    /// What has to ask the database only.
    func on(_ method: HTTPRequest.Method, _ path: String, _ answer: @escaping Answering) {
        onAsync(method, path) { call in try await call.backend.reading { _ in try answer(call) } }
    }

    /// What has to ask the scheduler.
    func onAsync(_ method: HTTPRequest.Method, _ path: String, _ answer: @escaping AsyncAnswering) {
        let names = path.split(separator: "/").filter { $0.hasPrefix(":") }.map { String($0.dropFirst()) }
        raw(method, path) { request, context, task in
            let call = TrackingCall(
                fields: try await TrackingFields(request), backend: backend,
                actor: task?.actor ?? context.actor, task: task, now: WallClock.now(),
                path: Dictionary(try names.map { ($0, try context.text($0)) }) { first, _ in first })
            return Self.response(.object(try await answer(call)))
        }
    }

    /// What reads or writes a body of its own.
    func raw(
        _ method: HTTPRequest.Method, _ path: String,
        _ answer:
            @escaping @Sendable (Request, APIContext, TaskTracking.Task?) async throws -> Response
    ) {
        api.on(RouterPath(path), method: method) { request, context -> Response in
            do {
                return try await answer(request, context, try await task(context.attempt))
            } catch {
                guard let known = TrackingError(error) else { throw error }
                // The rest of a file that was not taken would be read as the next request.
                let isUnread = ArtifactRoutes.isUpload(request) && context.channel != nil
                return isUnread ? known.response.closingConnection() : known.response
            }
        }
    }

    /// The run of the attempt that asks. Its token is worth nothing when it has ended.
    private func task(_ attempt: AttemptID?) async throws -> TaskTracking.Task? {
        guard let attempt else { return nil }
        guard let task = try await backend.reading({ try $0.controlPlane.tracking.task(of: attempt) }) else {
            throw TrackingError(.unauthenticated, "the attempt whose token this is has ended")
        }
        return task
    }

    static func response(_ value: JSONValue) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: value.text())))
    }
}

extension TaskTracking.Task {
    /// For the record.
    fileprivate var actor: String { "task \(instance.dagID) \(instance.runID) \(instance.taskID)" }
}
