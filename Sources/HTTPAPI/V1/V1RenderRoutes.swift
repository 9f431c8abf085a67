import APITypes
import DAGDomain
import Hummingbird
import JSONText
import SchedulerService

/// What a task gets: with its values filled in, for a run or for one that is only thought of.
struct V1RenderRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.get("dags/:dag_id/runs/:dag_run_id/tasks/:task_id/rendered", use: rendered)
        api.post("dags/:dag_id/tasks/:task_id/render", use: render)
        api.post("dags/:dag_id/tasks/:task_id/trial", use: trial)
    }

    @Sendable private func rendered(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.RenderedTask> {
        let place = try TaskPlace(request, context)
        return Answer(
            V1.RenderedTask(
                try await backend.reading { backend in
                    try backend.controlPlane.rendered(
                        dagID: place.dagID, runID: place.runID, taskID: place.taskID,
                        mapIndex: place.mapIndex)
                }))
    }

    @Sendable private func render(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.RenderedTask> {
        let preview = try await preview(request, context)
        return Answer(
            V1.RenderedTask(try await backend.reading { try $0.controlPlane.rendered(preview) }))
    }

    /// Has secrets in the clear, so it is for those who can read the home.
    @Sendable private func trial(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.TaskTrialPlan> {
        guard context.origin.isTrusted else {
            throw APIError.forbidden(
                "a task is tried on the machine of the daemon only, over its unix socket")
        }
        let preview = try await preview(request, context)
        return Answer(
            V1.TaskTrialPlan(try await backend.reading { try $0.controlPlane.trialPlan(preview) }))
    }

    private func preview(_ request: Request, _ context: APIContext) async throws -> TaskPreview {
        let (dagID, taskID) = (try context.dagID(), try context.taskID())
        let body = try await request.decodeBody(V1.TaskPreviewBody.self)
        return TaskPreview(
            dagID: dagID, taskID: taskID, mapIndex: body.mapIndex ?? -1,
            logicalDate: try body.logicalDate.map { try BodyDate.read($0, key: "logical_date") },
            conf: body.conf ?? [:], parameterTexts: (body.params ?? []).map { ($0.name, $0.text) })
    }
}

extension V1.RenderedTask {
    fileprivate init(_ task: RenderedTask) {
        self.init(
            dagID: task.dagID.text, runID: task.runID?.text, taskID: task.taskID.text,
            mapIndex: task.mapIndex, tryNumber: task.tryNumber, fields: task.fields,
            problems: task.problems, recorded: task.isRecorded)
    }
}

extension V1.TaskTrialPlan {
    fileprivate init(_ plan: TrialPlan) {
        self.init(
            path: plan.dagPath, taskID: plan.taskID.text, arguments: plan.arguments,
            perform: plan.performance.map {
                ["kind": .string($0.kind), "specification": .object($0.specification)]
            }, env: plan.environment,
            workingDirectory: plan.workingDirectory, params: plan.parameters, secrets: plan.secrets,
            links: plan.links.map { link in
                [
                    "variable": .string(link.variable), "folder": .string(link.folder),
                    "name": .string(link.name), "target": .string(link.target),
                ]
            }, skipReason: plan.skipReason)
    }
}
