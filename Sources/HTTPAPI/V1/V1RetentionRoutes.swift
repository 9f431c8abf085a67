import APITypes
import DAGDomain
import HTTPTypes
import Hummingbird
import SchedulerService
import StateStore

/// What is kept for how long: pins, pruning, and contents that nothing names any more.
struct V1RetentionRoutes: Sendable {
    let backend: Backend

    func add(to api: RouterGroup<APIContext>) {
        api.put("dags/:dag_id/runs/:dag_run_id/pin", use: pin)
        api.delete("dags/:dag_id/runs/:dag_run_id/pin", use: unpin)
        api.post("prune", use: prune)
        api.post("artifacts/gc", use: collect)
    }

    @Sendable private func pin(_ request: Request, _ context: APIContext) async throws -> NoContent {
        let (dagID, runID, actor) = (try context.dagID(), try context.runID(), context.actor)
        let note = try QueryItems(request)["note"] ?? ""
        _ = try await backend.reading {
            try $0.controlPlane.pinRun(dagID: dagID, runID: runID, note: note, by: actor)
        }
        return NoContent()
    }

    @Sendable private func unpin(_ request: Request, _ context: APIContext) async throws -> NoContent {
        let (dagID, runID, actor) = (try context.dagID(), try context.runID(), context.actor)
        _ = try await backend.reading {
            try $0.controlPlane.unpinRun(dagID: dagID, runID: runID, by: actor)
        }
        return NoContent()
    }

    @Sendable private func prune(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Pruned> {
        let body = try await request.decodeBody(V1.PruneBody.self)
        guard body.olderThan != nil || body.keep != nil else {
            throw APIError.badRequest("older_than or keep must say what may go")
        }
        var rule = RetentionRule(keptRuns: body.keep ?? 1, dagID: body.dagID.map { DAGID($0) })
        if let seconds = body.olderThan {
            guard (0...1e10).contains(seconds) else {
                throw APIError.badRequest("older_than is a number of seconds")
            }
            rule.endedBefore = WallClock.now() - .microseconds(Int64(seconds * 1_000_000))
        }
        let isDryRun = body.dryRun ?? true
        var answer = V1.Pruned(
            try await backend.controlPlane.prune(rule, dryRun: isDryRun, by: context.actor), isDryRun)
        if let instant = rule.endedBefore, !isDryRun, rule.dagID == nil {
            let records = try await backend.controlPlane.prune(before: instant, by: context.actor)
            answer.assetEvents = records.assetEvents
            answer.webhookDeliveries = records.deliveries
        }
        return Answer(answer)
    }

    /// `dry_run` is true unless it is false.
    @Sendable private func collect(
        _ request: Request, _ context: APIContext
    ) async throws -> Answer<V1.Pruned> {
        let isDryRun = try QueryItems(request).bool("dry_run") ?? true
        return Answer(
            try await backend.reading {
                V1.Pruned(try $0.controlPlane.collectArtifacts(dryRun: isDryRun), isDryRun)
            })
    }
}

extension V1.Pruned {
    fileprivate init(_ report: PruneReport, _ isDryRun: Bool) {
        self.init(
            dryRun: isDryRun,
            runs: report.runs.map {
                V1.PrunedRun(
                    dagID: $0.dagID.text, runID: $0.runID.text, endDate: $0.endDate?.rfc3339)
            }, runFolderBytes: report.runFolderBytes, artifactFiles: report.artifactFiles,
            artifactBytes: report.artifactBytes)
    }
}
