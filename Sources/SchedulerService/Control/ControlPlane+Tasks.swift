import DAGDomain
import DAGLoading
import Glibc
import JSONText
import SchedulerCore
import StateStore

extension ControlPlane {
    /// Resets task instances so that they run again; with `dryRun` only says which.
    package func clear(
        dagID: DAGID, runID: RunID, _ selection: InstanceSelection, dryRun: Bool, by: String
    ) async throws(ControlPlaneError) -> [TaskID] {
        let run = try existingRun(dagID, runID)
        let (dag, places) = try selected(selection, of: run, withSetups: true)
        let parameters = try parameters(of: run, dag, changedBy: selection.assignments)
        if !dryRun, !places.isEmpty {
            let change = parameters.map { [SchedulerEvent.runParametersChanged(run.number, $0)] } ?? []
            try await restoringIfFinished(run, change + [.instancesCleared(run.number, places, by: by)])
        }
        return Self.tasks(of: places, in: dag)
    }

    /// Sets the state of task instances by hand; with `dryRun` only says which.
    package func mark(
        dagID: DAGID, runID: RunID, _ selection: InstanceSelection, as state: TaskInstanceState, dryRun: Bool,
        by: String
    ) async throws(ControlPlaneError) -> [TaskID] {
        guard [.success, .failed, .skipped].contains(state) else {
            throw .invalidRequest("a task can be marked success, failed or skipped, not \(state.rawValue)")
        }
        let run = try existingRun(dagID, runID)
        let (dag, places) = try selected(selection, of: run, withSetups: false)
        if !dryRun, !places.isEmpty {
            try await restoringIfFinished(run, [.instancesMarked(run.number, places, as: state, by: by)])
        }
        return Self.tasks(of: places, in: dag)
    }

    /// The tasks of the selected instances, each once, in topological order.
    private static func tasks(of places: [InstancePlace], in dag: DAG) -> [TaskID] {
        let chosen = Set(places.map(\.task))
        return dag.graph.topologicalOrder.filter(chosen.contains).map { dag.tasks[$0].id }
    }

    private func selected(
        _ selection: InstanceSelection, of run: DAGRun, withSetups: Bool
    ) throws(ControlPlaneError) -> (dag: DAG, places: [InstancePlace]) {
        let dag = try definition(of: run)
        var starts: [Int] = []
        for taskID in selection.taskIDs {
            guard let index = dag.index(of: taskID) else { throw .unknownTask(dag.id, taskID) }
            starts.append(index)
        }
        if starts.isEmpty { starts = Array(dag.tasks.indices) }
        let clear = ClearSelection(
            dag: dag, tasks: starts, includeDownstream: selection.includesDownstream,
            includeUpstream: selection.includesUpstream, onlyFailed: selection.onlyFailed,
            mapIndex: selection.mapIndex, includeSetups: withSetups)
        return (dag, clear.expanded(in: selection.onlyFailed ? try instances(of: run) : []))
    }

    /// The run's params with some of them changed; nil when none is.
    private func parameters(
        of run: DAGRun, _ dag: DAG, changedBy assignments: [String]
    ) throws(ControlPlaneError) -> JSONObject? {
        guard !assignments.isEmpty else { return nil }
        do throws(ParameterResolution.Failure) {
            return try ParameterResolution(dag.settings.parameters).resolve(
                conf: run.parameters, assignments: assignments)
        } catch {
            throw .invalidParameters(error.problems)
        }
    }

    /// Gives events about a run to the scheduler, which remembers unfinished runs only: a finished one is read back
    /// first, in the same step.
    func restoringIfFinished(_ run: DAGRun, _ events: [SchedulerEvent]) async throws(ControlPlaneError) {
        let dag = try definition(of: run)
        try await engine.perform { engine throws(ControlPlaneError) in
            if !engine.machine.holds(run.number) {
                let stored = try reading { () throws(StateStoreError) in
                    try engine.store.loadRun(run.number)
                }
                guard let stored else { throw .unknownRun(run.dagID, run.runID) }
                let outputs = try reading { () throws(StateStoreError) in
                    try engine.store.watchedOutputs(of: run.number, in: dag)
                }
                engine.handle(.runRestored(stored.run, dag, stored.instances, outputs: outputs))
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

    private func instances(of run: DAGRun) throws(ControlPlaneError) -> [TaskInstance] {
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
            sentence: explanation.sentence)
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
