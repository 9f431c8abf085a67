import DAGDomain
import JSONText
import SchedulerCore
import StateStore

/// A question that waits for a person.
package struct OpenApproval: Sendable {
    package let run: DAGRun
    package let task: TaskDefinition
    package let approval: Approval
    package let instance: TaskInstance
    /// When it is decided without a person, or fails.
    package let deadline: Timestamp?
}

extension ControlPlane {
    /// The questions that wait for an answer, oldest first.
    package func openApprovals(dagID: DAGID? = nil) throws(ControlPlaneError) -> [OpenApproval] {
        let unfinished = try reading { () throws(StateStoreError) in try store.loadUnfinished().state.runs }
        var open: [OpenApproval] = []
        for entry in unfinished where dagID == nil || entry.run.dagID == dagID {
            let dag = try definition(of: entry.run)
            for instance in entry.instances where instance.state == .deferred {
                let task = dag.tasks[instance.key.task]
                guard let wait = task.flow.wait, case .approval(let approval) = wait.condition else {
                    continue
                }
                open.append(
                    OpenApproval(
                        run: entry.run, task: task, approval: approval, instance: instance,
                        deadline: instance.startDate.map { $0 + wait.timeout }))
            }
        }
        return open.sorted {
            ($0.instance.startDate ?? .epoch, $0.instance.key) < (
                $1.instance.startDate ?? .epoch, $1.instance.key
            )
        }
    }

    /// Answers the question of an approval task.
    ///
    /// - Throws: `conflict` when it does not wait any more.
    package func decide(
        dagID: DAGID, runID: RunID, taskID: TaskID, mapIndex: Int, _ decision: Approval.Decision,
        by user: String,
        note: String?
    ) async throws(ControlPlaneError) {
        let run = try existingRun(dagID, runID)
        let dag = try definition(of: run)
        guard let task = dag.index(of: taskID) else { throw .unknownTask(dagID, taskID) }
        guard dag.tasks[task].role == .approval else {
            throw .invalidRequest("`\(taskID)` is not an approval task")
        }
        let key = TaskInstanceKey(run: run.number, task: task, mapIndex: mapIndex)
        var outputs = [
            TaskOutput(name: "decision", value: .string(decision.rawValue)),
            TaskOutput(name: "decided_by", value: .string(user)),
        ]
        if let note { outputs.append(TaskOutput(name: "note", value: .string(note))) }
        let outcome: WaitOutcome =
            decision == .approve ? .met(outputs: outputs) : .rejected(by: user, outputs: outputs)
        try await engine.perform { engine throws(ControlPlaneError) in
            guard let instance = engine.machine.instance(key), instance.state == .deferred else {
                throw .conflict("`\(taskID)` of run `\(runID)` does not wait for a decision")
            }
            let event = SchedulerEvent.waitEnded(key, tryNumber: instance.tryNumber, outcome)
            if let refusal = engine.handle(event).refusal { throw ControlPlaneError(refusal) }
        }
    }
}
