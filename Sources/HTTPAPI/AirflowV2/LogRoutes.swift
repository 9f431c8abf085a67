import APITypes
import Hummingbird
import StateStore

/// `.../taskInstances/{task_id}/logs/{try_number}`; the `Accept` header chooses the form.
struct LogRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("dags/:dag_id/dagRuns/:dag_run_id/taskInstances/:task_id/logs/:try_number", use: get)
    }

    @Sendable private func get(_ request: Request, _ context: APIContext) async throws -> Response {
        let place = try TaskPlace(request, context)
        let query = try QueryItems(request)
        let log = try await LogRequest(
            place, tryNumber: try context.number("try_number", in: 1...Int(Int32.max)), backend)
        let accept = request.headers[.accept] ?? "application/json"
        if accept.hasPrefix("text/plain") { return try log.plain(request) }
        if accept.hasPrefix("application/x-ndjson") { return log.lines() }
        let token = try query.int("token", in: 0...Int.max) ?? 0
        let page = try await log.page(from: Int64(token), isFull: try query.bool("full_content") ?? false)
        return try Answer(page).response(from: request, context: context)
    }
}
