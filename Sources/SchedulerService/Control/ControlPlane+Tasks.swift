import DAGDomain
import SchedulerCore
import StateStore

extension ControlPlane {
    /// Gives events about a run to the scheduler, which remembers unfinished runs only: a finished one is read back
    /// first, in the same step.
    func restoringIfFinished(_ run: DAGRun, _ events: [SchedulerEvent]) async throws(ControlPlaneError) {
        let dag = try definition(of: run)
        try await engine.perform { engine throws(ControlPlaneError) in
            if !engine.machine.holds(run.number) {
                engine.handle(try engine.restoring(run, dag))
            }
            for event in events {
                if let refusal = engine.handle(event).refusal { throw ControlPlaneError(refusal) }
            }
        }
    }

    package func definition(of run: DAGRun) throws(ControlPlaneError) -> DAG {
        do { return try library.dag(run.dagID, run.version) } catch {
            throw .unavailable("the definition of run `\(run.runID)` cannot be read back: \(error)")
        }
    }

    func instances(of run: DAGRun) throws(ControlPlaneError) -> [TaskInstance] {
        var filter = InstanceFilter()
        filter.limit = .max
        return try reading { () throws(StateStoreError) in
            try store.instances(of: run.number, filter).rows.map(\.instance)
        }
    }

    // MARK: Why

    /// Why a task instance is where it is: from the scheduler while its run lives, from the record afterwards.
    package func explain(
        dagID: DAGID, runID: RunID, taskID: TaskID, mapIndex: Int
    ) async throws(ControlPlaneError) -> TaskExplanation {
        let run = try existingRun(dagID, runID)
        let dag = try definition(of: run)
        guard let task = dag.index(of: taskID) else { throw .unknownTask(dagID, taskID) }
        let key = TaskInstanceKey(run: run.number, task: task, mapIndex: mapIndex)
        let live = try await engine.perform { engine throws(ControlPlaneError) -> Explanation? in
            engine.machine.explain(key)
        }
        let explanation: Explanation
        if let live {
            explanation = live
        } else {
            explanation = try recordedExplanation(key, of: run, in: dag)
        }
        return TaskExplanation(
            dagID: dagID, runID: runID, taskID: taskID, mapIndex: mapIndex, state: explanation.state,
            sentence: explanation.sentence
                + (try modelSentences(of: dag.tasks[task], key, run, after: explanation.sentence)))
    }

    /// The explanation of a task instance whose run the scheduler does not hold any more.
    private func recordedExplanation(
        _ key: TaskInstanceKey, of run: DAGRun, in dag: DAG
    ) throws(ControlPlaneError) -> Explanation {
        let stored = try instances(of: run)
        guard let instance = stored.first(where: { $0.key == key }) else {
            throw .unknownTask(dag.id, dag.tasks[key.task].id)
        }
        return Explanation(
            dag: dag, instance: instance, instances: { task in stored.filter { $0.key.task == task } })
    }

    // MARK: Logs

    /// The log file of an attempt; `tryNumber` nil means the newest. The file appears when first written.
    package func log(
        dagID: DAGID, runID: RunID, taskID: TaskID, mapIndex: Int, tryNumber: Int?
    ) throws(ControlPlaneError) -> TaskLog {
        let run = try existingRun(dagID, runID)
        let dag = try definition(of: run)
        guard let task = dag.index(of: taskID) else { throw .unknownTask(dagID, taskID) }
        let key = TaskInstanceKey(run: run.number, task: task, mapIndex: mapIndex)
        let attempts = try reading { () throws(StateStoreError) in try store.attempts(of: key) }
        let attempt = tryNumber.map { number in attempts.first { $0.tryNumber == number } } ?? attempts.last
        guard let attempt else {
            throw .unknownAttempt(dagID, runID, taskID, tryNumber: tryNumber ?? 0)
        }
        let files = AttemptFiles(home: settings.home, attempt: attempt.id, key: key)
        return TaskLog(path: files.log, attempt: attempt)
    }
}

/// Where an attempt's output is, and how far the attempt is.
package struct TaskLog: Sendable {
    package let path: String
    package let attempt: Attempt

    package var isFinished: Bool { attempt.state.isFinished }
}
