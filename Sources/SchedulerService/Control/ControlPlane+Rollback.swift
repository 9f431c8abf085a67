import DAGDomain
import JSONText
import LifecycleCore
import SchedulerCore
import StateStore

/// What rolling back an alias comes to.
package struct RollbackPlan: Sendable {
    package let model: ModelName
    package let alias: AliasName
    package let from: ModelVersionNumber?
    package let to: ModelVersionNumber
    /// The task that brought what is in service there; nil moves the alias and no more.
    package let task: (dag: DAG, index: Int)?
    /// What the run of that task gets.
    package let parameters: JSONObject

    package var key: ModelVersionKey { ModelVersionKey(model, to) }
}

/// Going back to the version before: where a task with `deploy` has brought the present one into service, it does so with
/// that one, as a run of its own.
extension ControlPlane {
    /// - Parameter movesAliasOnly: whatever is in service stays there.
    /// - Throws: `.conflict` when there is nothing before, or the deployment cannot be done again.
    package func rollback(
        of alias: AliasName, of model: ModelName, movesAliasOnly: Bool = false
    ) async throws(ControlPlaneError) -> RollbackPlan {
        let from = try registeredModel(model).aliases[alias]
        let before: Result<ModelVersionNumber, ModelRefusal> = try await engine.perform { engine in
            Result { () throws(ModelRefusal) in try engine.models.versionBefore(alias, of: model) }
        }
        let to: ModelVersionNumber
        do { to = try before.get() } catch { throw .conflict(error.sentence) }
        let inService = try reading { () throws(StateStoreError) in
            try store.deployments(.inService(model, alias), limit: 1).rows.first
        }
        guard let inService, !movesAliasOnly else {
            return RollbackPlan(
                model: model, alias: alias, from: from, to: to, task: nil, parameters: JSONObject())
        }
        let task = try deployingTask(inService)
        return RollbackPlan(
            model: model, alias: alias, from: from, to: to, task: task,
            parameters: try parameters(like: ModelVersionKey(model, to), or: inService, for: task.dag))
    }

    /// The task as its file has it now, else as it was when it deployed.
    private func deployingTask(
        _ deployment: Deployment
    ) throws(ControlPlaneError) -> (dag: DAG, index: Int) {
        let origin = deployment.origin
        func task(in dag: DAG?) -> (dag: DAG, index: Int)? {
            guard let dag, let index = dag.index(of: origin.taskID), dag.tasks[index].deploy != nil,
                dag.tasks[index].model?.name == deployment.key.model,
                dag.tasks[index].deployAlias == deployment.alias
            else { return nil }
            return (dag, index)
        }
        if let found = task(in: try? catalog.triggerable(origin.dagID)) { return found }
        let run = try reading { () throws(StateStoreError) in try store.run(origin.dagID, origin.runID) }?.run
        let dag = run.flatMap { try? library.dag($0.dagID, $0.version) }
        if let found = task(in: dag) { return found }
        throw .conflict(
            "\(deployment.key) was brought into service by `\(origin.taskID)` of `\(origin.dagID)`, which is not there "
                + "any more: nothing can be put back; `--alias-only` moves the alias alone")
    }

    /// The params with which the version was deployed, else those of the present one, as far as the DAG still has them.
    private func parameters(
        like key: ModelVersionKey, or present: Deployment, for dag: DAG
    ) throws(ControlPlaneError) -> JSONObject {
        let earlier = try reading { () throws(StateStoreError) in
            try store.deployments(.version(key)).rows.first {
                $0.alias == present.alias && $0.state == .replaced && $0.origin.dagID == dag.id
            }
        }
        let origin = (earlier ?? present).origin
        let run = try reading { () throws(StateStoreError) in try store.run(origin.dagID, origin.runID) }?.run
        let known = run?.parameters ?? JSONObject()
        let declared = Set(dag.settings.parameters.map(\.name))
        var request = TriggerRequest(dagID: dag.id, trigger: .restAPI)
        request.conf = JSONObject(known.filter { declared.contains($0.key) }.map { ($0.key, $0.value) })
        return try parameters(for: dag, request)
    }

    /// Starts the run of a plan that deploys. Nothing else of the DAG runs in it, and it waits for no other run.
    package func rollBack(
        _ plan: RollbackPlan, trigger: RunTrigger, by user: String, reason: String = ""
    ) async throws(ControlPlaneError) -> DAGRun {
        guard let (dag, task) = plan.task else { throw .invalidRequest("the rollback deploys nothing") }
        let note = "rolls \(plan.model) back to version \(plan.to)" + (reason.isEmpty ? "" : ": \(reason)")
        let request = RunRequest(
            dagID: dag.id, type: .manual, trigger: trigger, parameters: plan.parameters, note: note, dag: dag,
            cacheUse: .never, redeploys: plan.key)
        let others = dag.tasks.indices.filter { $0 != task }.map { InstancePlace(task: $0) }
        return try await engine.perform { engine throws(ControlPlaneError) in
            guard (try? engine.models.versionBefore(plan.alias, of: plan.model)) == plan.to else {
                throw .conflict("the alias `\(plan.alias)` of `\(plan.model)` has moved meanwhile; try again")
            }
            try engine.checkNotTaken(request)
            let decision = engine.handle(.runRequested(request))
            if let refusal = decision.refusal { throw ControlPlaneError(refusal) }
            guard let run = decision.createdRun else { throw .invalidRequest("the scheduler made no run") }
            if !others.isEmpty {
                engine.handle(
                    .instancesMarked(
                        run.number, others, as: .skipped, by: "\(user), who rolls \(plan.model) back"))
            }
            return run
        }
    }
}
