import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import SchedulerService

/// Runs as files, for those who are on this machine: the paths are its own.
struct V1TransferRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.post("dags/:dag_id/runs/:dag_run_id/export", use: export)
        api.post("run-imports", use: importRun)
    }

    @Sendable private func export(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.RunFile> {
        let path = try await path(request, context)
        let (dagID, runID) = (try context.dagID(), try context.runID())
        let summary = try await backend.reading { backend in
            try backend.controlPlane.exportRun(dagID: dagID, runID: runID, to: path)
        }
        return Answer(
            V1.RunFile(
                dagID: summary.dagID.text, runID: summary.runID.text, path: summary.path, logs: summary.logs,
                artifacts: summary.artifacts, sizeBytes: summary.sizeBytes))
    }

    @Sendable private func importRun(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Run> {
        let path = try await path(request, context)
        let staged = try await backend.reading { try $0.controlPlane.stageImport(path) }
        let run = try await backend.controlPlane.importRun(staged, by: context.actor)
        return Answer(V1.Run(run), status: .created)
    }

    private func path(_ request: Request, _ context: APIContext) async throws -> String {
        guard context.origin.isTrusted else {
            throw APIError.forbidden("runs are exported and imported over the unix socket only")
        }
        let path = try await request.decodeBody(V1.PathBody.self).path
        guard path.hasPrefix("/"), !path.contains("\0") else {
            throw APIError.badRequest("path must be absolute")
        }
        return path
    }
}
