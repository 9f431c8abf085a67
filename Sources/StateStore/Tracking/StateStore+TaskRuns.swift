import DAGDomain
import GRDB

/// The tracking runs of task instances.
extension StateStore {
    /// A task instance by its names, which a tracking run keeps.
    package struct TaskRunIdentity: Hashable, Sendable {
        package let run: RunNumber
        package let dagID: DAGID
        package let runID: RunID
        package let taskID: TaskID
        package let mapIndex: Int

        package init(run: RunNumber, dagID: DAGID, runID: RunID, taskID: TaskID, mapIndex: Int) {
            self.run = run
            self.dagID = dagID
            self.runID = runID
            self.taskID = taskID
            self.mapIndex = mapIndex
        }
    }

    /// Makes the run of a task instance for an attempt. What an earlier attempt logged on it is gone then.
    ///
    /// - Parameter number: of the DAG's experiment, if that has to be made: one with the DAG's name is taken.
    /// - Returns: the number of the run's experiment.
    /// - Throws: `TrackingRefusal`, `StateStoreError`.
    package func beginTaskRun(
        _ id: String, attempt: AttemptID, of task: TaskRunIdentity, experiment number: Int64, at: Timestamp
    ) throws -> Int64 {
        try tracking(at: at) { batch in
            let found = try batch.database.fetch(
                "SELECT attempt, experiment FROM tracking_run WHERE id = ?", [id]
            ) { reader in (try reader.optionalText(), try reader.integer()) }.first
            if let found, found.0 == attempt.text { return found.1 }
            if found != nil {
                try batch.execute("DELETE FROM tracking_run WHERE id = ?", [id])
            }
            let experiment = try Self.experiment(of: task.dagID, number: number, at: at, in: batch)
            let name = task.mapIndex < 0 ? task.taskID.text : "\(task.taskID)[\(task.mapIndex)]"
            try Self.insert(
                TrackingRunDraft(
                    id: id, name: name, userID: "orchestrator", startedAt: at.millisecondsSinceEpoch,
                    tags: Self.tags(of: task, name: name)), into: experiment, in: batch)
            try batch.execute(
                """
                UPDATE tracking_run SET dag_id = ?, run_id = ?, task_id = ?, map_index = ?, attempt = ?
                WHERE id = ?
                """,
                [task.dagID.text, task.runID.text, task.taskID.text, task.mapIndex, attempt.text, id])
            return experiment.id
        }
    }

    private static func tags(of task: TaskRunIdentity, name: String) -> [TrackedText] {
        var tags = [
            ("mlflow.runName", name), ("mlflow.user", "orchestrator"),
            ("orchestrator.dag_id", task.dagID.text), ("orchestrator.run_id", task.runID.text),
            ("orchestrator.task_id", task.taskID.text),
        ]
        if task.mapIndex >= 0 { tags.append(("orchestrator.map_index", "\(task.mapIndex)")) }
        return tags.map { TrackedText(key: $0.0, value: $0.1) }
    }

    private static func experiment(
        of dagID: DAGID, number: Int64, at: Timestamp, in batch: WriteBatch
    ) throws -> ExperimentRow {
        if let found = try experiments(batch.database, "WHERE name = ?", [dagID.text]).first { return found }
        if let renamed = try experiments(batch.database, "WHERE id = ?", [number]).first { return renamed }
        let id = try createExperiment(
            named: dagID.text, id: number, artifactLocation: nil,
            tags: [TrackedText(key: "orchestrator.dag_id", value: dagID.text)], at: at, in: batch)
        return try requireExperiment(id, batch.database)
    }

    /// Moves a run on which nothing is logged.
    package func moveEmptyRun(_ id: String, to experiment: Int64, at: Timestamp) throws {
        guard let run = try trackingRun(id), run.experiment != experiment,
            run.metrics.isEmpty, run.params.isEmpty, run.datasets.isEmpty, run.models.isEmpty
        else { return }
        try tracking(at: at) { batch in
            let target = try Self.requireActiveExperiment(experiment, batch.database)
            try batch.execute(
                "UPDATE tracking_run SET experiment = ?, artifact_location = ? WHERE id = ?",
                [experiment, "\(target.artifactLocation)/\(id)/artifacts", id])
        }
    }

    /// An attempt that has not ended.
    package func liveAttempt(_ id: AttemptID) throws(StateStoreError) -> TaskRunIdentity? {
        try read { database in
            try database.fetch(
                """
                SELECT dag_run.number, dag_run.dag_id, dag_run.run_id, dag_version_task.task_id, attempt.map_index
                FROM attempt JOIN dag_run ON dag_run.number = attempt.run
                    JOIN dag_version_task ON dag_version_task.version = dag_run.version
                        AND dag_version_task.task = attempt.task
                WHERE attempt.id = ? AND attempt.state IN ('starting', 'running')
                """, [id.text]
            ) { reader in
                TaskRunIdentity(
                    run: RunNumber(try reader.integer()), dagID: try reader.identifier(),
                    runID: try reader.identifier(), taskID: try reader.identifier(),
                    mapIndex: try reader.int())
            }.first
        }
    }

    /// The run that an attempt logged on; nil when it logged nothing. Looks through the runs of its instance only.
    package func taskRun(
        of attempt: AttemptID, _ task: TaskRunIdentity
    ) throws(StateStoreError) -> String? {
        try read { database in
            try database.fetch(
                """
                SELECT id FROM tracking_run
                WHERE dag_id = ? AND run_id = ? AND task_id = ? AND map_index = ? AND attempt = ?
                """, [task.dagID.text, task.runID.text, task.taskID.text, task.mapIndex, attempt.text]
            ) { try $0.text() }.first
        }
    }

    /// Ends the run of an attempt that is still open.
    package func closeTaskRun(_ id: String, as status: TrackingRunStatus, at: Timestamp) throws {
        guard let run = try trackingRun(id), run.status == .running || run.status == .scheduled else {
            return
        }
        try tracking(at: at) { batch in
            try batch.execute(
                "UPDATE tracking_run SET status = ?, ended_at = ? WHERE id = ?",
                [status.rawValue, at.millisecondsSinceEpoch, id])
        }
    }

    /// Every value of every metric of a run, the latest of each last.
    ///
    /// - Parameter limit: more are left out, the oldest first.
    package func metrics(ofTaskRun id: String, limit: Int = 100_000) throws(StateStoreError) -> [Metric] {
        try read { database in
            try database.fetch(
                """
                SELECT key, value, is_nan, timestamp, step FROM tracking_metric WHERE run = ?
                ORDER BY step DESC, timestamp DESC, value DESC LIMIT ?
                """, [id, limit], as: Self.readTrackedMetric
            ).reversed().map { Metric(name: $0.key, value: $0.value, step: $0.step) }
        }
    }
}
