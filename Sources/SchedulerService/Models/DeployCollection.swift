import DAGDomain
import JSONText

/// What is known of an attempt that deploys: when its process is about to start, and however it ended.
enum DeployCollection {
    /// Nil for other tasks, and before what holds at its start has been written down.
    static func beginning(_ context: AttemptContext, at now: Timestamp) -> Deployment? {
        guard let plan = context.task.deploy, let use = context.task.model,
            let alias = context.task.deployAlias,
            let bytes = try? SmallFile.read(context.files.model, limit: ModelStart.sizeLimitBytes),
            let object = try? JSONValue.parse(bytes: bytes).objectValue, let start = ModelStart(object),
            let version = start.version
        else { return nil }
        return Deployment(
            attempt: context.attempt, key: ModelVersionKey(use.name, version), alias: alias,
            strategy: plan.strategy, previous: start.aliases[alias] ?? nil, startedAt: now,
            origin: ModelOrigin(
                dagID: context.dag.id, runID: context.run.runID, taskID: context.task.id,
                mapIndex: context.key.mapIndex))
    }

    /// Notes in the report how far the process came.
    static func settle(_ context: AttemptContext, _ report: inout AttemptReport) {
        guard context.task.deploy != nil else { return }
        let result =
            DeployResult.read(beside: context.files.performance)
            ?? DeployResult(state: .failed, detail: "ended before it had told how far it had come")
        report.deployment = DeploymentEnd(
            state: result.state, detail: result.detail, endedAt: report.endDate)
        if result.isOvertaken, report.outcome == .exited(0) { report.conflict = result.detail }
    }
}

extension TaskDefinition {
    /// The alias that a task with `deploy` moves; nil for others.
    var deployAlias: AliasName? { deploy.map { model?.alias ?? $0.strategy.usualAlias } }
}
