import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import SchedulerService
import StateStore

/// One task instance: everything about it, why it stands where it stands, and its log.
struct V1TaskRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        let task = api.group("dags/:dag_id/runs/:dag_run_id/tasks/:task_id")
        task.get("", use: get)
        task.get("why", use: why)
        task.get("logs", use: logs)
    }

    @Sendable private func get(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.TaskInstanceDetails> {
        let place = try TaskPlace(request, context)
        let explanation = try await explanation(of: place)
        return Answer(
            try await backend.reading { backend in
                let (run, row) = try backend.instance(place)
                return try V1.TaskInstanceDetails(
                    row, of: run.run, backend, explanation: explanation.sentence)
            })
    }

    @Sendable private func why(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Explanation> {
        let place = try TaskPlace(request, context)
        var answer = V1.Explanation(try await explanation(of: place))
        let sequel = try await backend.reading { try $0.sequel(of: place) }
        answer.reason = ([answer.reason] + sequel).joined(separator: " ")
        return Answer(answer)
    }

    private func explanation(of place: TaskPlace) async throws -> TaskExplanation {
        try await backend.controlPlane.explain(
            dagID: place.dagID, runID: place.runID, taskID: place.taskID, mapIndex: place.mapIndex)
    }

    /// The text of the log as it is; with `follow=true` until the attempt has ended.
    @Sendable private func logs(_ request: Request, _ context: APIContext) async throws -> Response {
        let place = try TaskPlace(request, context)
        let query = try QueryItems(request)
        let tryNumber = try query.int("try", in: 1...Int(Int32.max))
        guard try query.bool("follow") ?? false else {
            return try await LogRequest(place, tryNumber: tryNumber, backend).plain(request)
        }
        _ = try await backend.reading { try $0.instance(place) }
        let follower = LogFollower(backend: backend, place: place, tryNumber: tryNumber)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/plain; charset=utf-8",
                .contentDisposition: "attachment; filename=\"log.txt\"",
            ], body: .following(request, context) { send in try await follower.run(send: send) })
    }
}
