import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import SchedulerService

/// Questions of approval tasks, and their answers.
struct V1ApprovalRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("approvals", use: list)
        api.post("dags/:dag_id/runs/:dag_run_id/tasks/:task_id/decision", use: decide)
    }

    @Sendable private func list(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Page<V1.Approval>> {
        let dagID = try QueryItems(request).all("dag_id").first.map { DAGID($0) }
        let open = try backend.controlPlane.openApprovals(dagID: dagID)
        return Answer(V1.Page(items: open.map { V1.Approval($0) }, totalEntries: open.count))
    }

    @Sendable private func decide(_ request: Request, _ context: APIContext) async throws -> NoContent {
        let place = try TaskPlace(request, context)
        let body = try await request.decodeBody(V1.DecisionBody.self)
        guard let decision = Approval.Decision(rawValue: body.decision) else {
            throw APIError.badRequest("decision must be approve or reject")
        }
        try await backend.controlPlane.decide(
            dagID: place.dagID, runID: place.runID, taskID: place.taskID, mapIndex: place.mapIndex, decision,
            by: context.actor, note: body.note)
        return NoContent()
    }
}

extension V1.Approval {
    init(_ open: OpenApproval) {
        self.init(
            dagID: open.run.dagID.text, runID: open.run.runID.text, taskID: open.task.id.text,
            mapIndex: open.instance.key.mapIndex, subject: open.approval.subject, body: open.approval.body,
            since: open.instance.startDate?.rfc3339, deadline: open.deadline?.rfc3339,
            fallback: open.approval.fallback?.rawValue)
    }
}
