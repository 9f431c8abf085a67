import DAGDomain
import JSONText
import LifecycleCore
import SchedulerCore
import StateStore

/// A run that did again what had made a version of a model, and how it compares.
package struct Reproduction: Sendable {
    package let key: ModelVersionKey
    package let run: DAGRun
    package let report: ReproductionReport
    /// What is known to be different from then: a sentence each.
    package let differences: [String]
    /// Tasks that failed. The run can be a success all the same, because its deployment is skipped.
    package let failed: [TaskID]

    package var isReproduced: Bool { run.state == .success && failed.isEmpty && report.isReproduced }
}

extension ControlPlane {
    /// Runs what made a version again: the DAG as it was, with the same params, nothing from the cache. The run makes a
    /// version of its own, moves no alias, and deploys nothing.
    package func reproduce(
        _ name: ModelName, _ reference: ModelReference, trigger: RunTrigger, by user: String
    ) async throws(ControlPlaneError) -> DAGRun {
        let version = try modelVersion(name, reference).version
        guard let origin = version.content.origin, let hash = version.content.dagVersion else {
            throw .conflict("\(version.key) was not made by a run, so there is nothing to run again")
        }
        let dag: DAG
        do { dag = try library.dag(origin.dagID, hash) } catch {
            throw .conflict("the DAG that made \(version.key) cannot be read back: \(error)")
        }
        let original = try reading { () throws(StateStoreError) in try store.run(origin.dagID, origin.runID)
        }?.run
        let request = RunRequest(
            dagID: dag.id, type: .manual, trigger: trigger,
            parameters: original?.parameters ?? version.content.facts.parameters,
            note: "reproduces \(version.key)", dag: dag, cacheUse: .never, reproduces: version.key)
        let deployments = dag.tasks.indices.filter { dag.tasks[$0].role == .deploy }.map {
            InstancePlace(task: $0)
        }
        return try await engine.perform { engine throws(ControlPlaneError) in
            try engine.checkNotTaken(request)
            let decision = engine.handle(.runRequested(request))
            if let refusal = decision.refusal { throw ControlPlaneError(refusal) }
            guard let run = decision.createdRun else { throw .invalidRequest("the scheduler made no run") }
            if !deployments.isEmpty {
                engine.handle(
                    .instancesMarked(run.number, deployments, as: .skipped, by: "\(user), who reproduces"))
            }
            return run
        }
    }

    /// How a run of `reproduce` compares with the version. Before the run has ended, with what there is by now.
    package func reproduction(
        dagID: DAGID, runID: RunID, tolerance: Double
    ) throws(ControlPlaneError) -> Reproduction {
        let run = try existingRun(dagID, runID)
        guard let key = run.reproduces else { throw .invalidRequest("run `\(runID)` reproduces no version") }
        let version = try modelVersion(key).version
        let dag = try definition(of: run)
        let stored = try reading { () throws(StateStoreError) in try store.loadRun(run.number) }
        let instances = stored?.instances ?? []
        let metrics = try metrics(of: instances, dag, like: version)
        let failed = Set(instances.filter { $0.state.isFailure }.map(\.key.task)).sorted()
        return Reproduction(
            key: key, run: run,
            report: ReproductionReport(
                recorded: version.content.facts.metrics, reproduced: metrics, tolerance: tolerance),
            differences: try differences(of: run, dag, from: version), failed: failed.map { dag.tasks[$0].id }
        )
    }

    /// The training's metrics, and over them those of every evaluation, as versions have them.
    private func metrics(
        of instances: [TaskInstance], _ dag: DAG, like version: ModelVersion
    ) throws(ControlPlaneError) -> [String: Double] {
        guard let origin = version.content.origin, let training = dag.index(of: origin.taskID)
        else {
            return [:]
        }
        var metrics: [String: Double] = [:]
        let evaluations = dag.graph.topologicalOrder.filter { dag.tasks[$0].role == .evaluate }
        for task in [training] + evaluations {
            for instance in instances where instance.key.task == task {
                guard task != training || instance.key.mapIndex == origin.mapIndex else { continue }
                let found = try reading { () throws(StateStoreError) in
                    try store.lastMetrics(of: instance.key)
                }
                for metric in found { metrics[metric.name] = metric.value }
            }
        }
        return metrics
    }
}
