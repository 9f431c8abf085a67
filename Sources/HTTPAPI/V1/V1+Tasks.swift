import APITypes
import DAGDomain
import JSONText
import SchedulerCore
import SchedulerService
import StateStore

extension V1.TaskInstanceDetails {
    /// Inside `Backend.reading` only.
    init(_ row: InstanceRow, of run: DAGRun, _ backend: Backend, explanation: String?) throws {
        let key = row.instance.key
        let outputs = try backend.store.outputs(of: key)
        let masker = try backend.controlPlane.masker(for: outputs.isEmpty ? nil : key.run)
        self.init(
            dagID: run.dagID.text, runID: run.runID.text,
            taskInstance: V1.TaskInstance(
                row, sentence: explanation, verdict: try backend.store.verdict(of: key),
                metrics: try backend.store.lastMetrics(of: key)),
            tries: try backend.store.attempts(of: key).map { V1.Try($0) },
            outputs: masker.masked(JSONObject(outputs.map { ($0.name, $0.value) })),
            artifacts: try backend.store.artifacts(of: key).map { V1.Artifact($0) }, explanation: explanation)
    }
}

extension V1.Try {
    init(_ attempt: Attempt) {
        self.init(
            tryNumber: attempt.tryNumber, state: attempt.state.rawValue,
            startDate: attempt.startDate?.rfc3339, endDate: attempt.endDate?.rfc3339,
            duration: attempt.duration, exitCode: attempt.exitCode.map { Int($0) },
            signal: attempt.signal.map { Int($0) }, pid: attempt.processID.map { Int($0) },
            failure: attempt.failure?.rawValue,
            reason: attempt.reason?.noun)
    }
}

extension V1.Artifact {
    init(_ artifact: ArtifactReference) {
        self.init(
            name: artifact.name, path: artifact.path, sha256: artifact.sha256, sizeBytes: artifact.sizeBytes)
    }
}

extension V1.Explanation {
    init(_ explanation: TaskExplanation) {
        self.init(
            dagID: explanation.dagID.text, runID: explanation.runID.text, taskID: explanation.taskID.text,
            mapIndex: explanation.mapIndex, state: explanation.state.rawValue, reason: explanation.sentence)
    }
}

extension V1.Task {
    init(_ task: TaskDefinition, at index: Int, in dag: DAG, _ groups: GroupNames) {
        self.init(
            taskID: task.id.text, type: task.role.rawValue, description: task.description,
            dependsOn: task.dependsOn.map(\.text),
            downstream: dag.graph.downstream[index].map { dag.tasks[$0].id.text },
            triggerRule: task.triggerRule.rawValue, retries: task.retry.retries,
            retryDelay: task.retry.delay.inSeconds, executionTimeout: task.executionTimeout?.inSeconds,
            pool: task.pool.text, poolSlots: task.poolSlots, priorityWeight: task.priorityWeight,
            hasGate: task.gate != nil || !task.checks.isEmpty, group: groups.innermost[index],
            mapping: groups.mappings[index]?.summary)
    }
}
