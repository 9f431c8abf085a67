import DAGDomain
import JSONText
import LifecycleCore
import StateStore

/// What tasks downstream of a mapped task with `select` see of its best instance.
struct BestTrialOutputs: Sendable {
    let store: StateStore

    /// Empty when no instance that succeeded reported the metric.
    ///
    /// - Parameter paths: where artifacts are, by name.
    func outputs(
        of selection: TrialSelection, run: RunNumber, task: Int,
        paths: ([ArtifactReference]) throws(AttemptPreparation.Failure) -> JSONObject
    ) throws(AttemptPreparation.Failure) -> (outputs: JSONObject, artifacts: JSONObject) {
        let instances: [TaskInstance]
        var values: [(mapIndex: Int, value: Double?)] = []
        let data: [InstanceData]
        do {
            instances = (try store.loadRun(run)?.instances ?? []).filter {
                $0.key.task == task && $0.key.mapIndex >= 0 && $0.state == .success
            }
            for instance in instances {
                let reported = try store.lastMetrics(of: instance.key)
                let value = reported.last { $0.name == selection.metric }?.value
                values.append((instance.key.mapIndex, value))
            }
            data = try store.data(of: run, tasks: [task])
        } catch {
            throw AttemptPreparation.Failure(
                text: "the metrics of the trials cannot be read: \(error.sentence)", isMachineFault: true)
        }
        guard let best = BestTrial(selection, values: values),
            let instance = instances.first(where: { $0.key.mapIndex == best.mapIndex })
        else { return (JSONObject(), JSONObject()) }
        let outputs = best.outputs(parameters: instance.mappedParameters)
        let artifacts = data.first { $0.key.mapIndex == best.mapIndex }?.artifacts ?? []
        return (outputs, [TrialSelection.artifactsName: .object(try paths(artifacts))])
    }
}
