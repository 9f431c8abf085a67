import DAGDomain
import GRDB
import JSONText

extension StateStore {
    /// What an instance's last report gave, in the order in which it was reported.
    package func outputs(of key: TaskInstanceKey) throws(StateStoreError) -> [TaskOutput] {
        try read { database in
            try database.fetch(
                """
                SELECT name, value FROM task_output
                WHERE run = ? AND task = ? AND map_index = ? ORDER BY position
                """, Self.values(key), as: Self.readOutput)
        }
    }

    /// Every value of every metric, in the order in which they were reported.
    package func metrics(of key: TaskInstanceKey) throws(StateStoreError) -> [Metric] {
        try read { database in
            try database.fetch(
                """
                SELECT name, value, step FROM metric
                WHERE run = ? AND task = ? AND map_index = ? ORDER BY position
                """, Self.values(key), as: Self.readMetric)
        }
    }

    /// The last value of each metric, in the order of their last values. Does not read the earlier ones.
    package func lastMetrics(of key: TaskInstanceKey) throws(StateStoreError) -> [Metric] {
        try read { database in
            try database.fetch(
                """
                SELECT metric.name, metric.value, metric.step FROM metric_last JOIN metric
                    USING (run, task, map_index, position)
                WHERE metric_last.run = ? AND metric_last.task = ? AND metric_last.map_index = ?
                ORDER BY position
                """, Self.values(key), as: Self.readMetric)
        }
    }

    /// The last value of each metric of the newest successful instance of a task among the runs made before the given one.
    /// Empty when there is none. The task may have had another place in the DAG file then.
    package func metricsOfLastSuccess(
        of task: TaskID, in dag: DAGID, mapIndex: Int, before run: RunNumber
    ) throws(StateStoreError) -> [String: Double] {
        let found: [TaskInstanceKey] = try read { database in
            try database.fetch(
                """
                SELECT task_instance.run, task_instance.task, task_instance.map_index
                FROM dag_run JOIN dag_version_task USING (version)
                    JOIN task_instance ON task_instance.run = dag_run.number
                        AND task_instance.task = dag_version_task.task
                WHERE dag_run.dag_id = ? AND dag_run.number < ? AND dag_version_task.task_id = ?
                    AND task_instance.map_index = ? AND task_instance.state = 'success'
                ORDER BY dag_run.number DESC LIMIT 1
                """, [dag.text, run.value, task.text, mapIndex]
            ) { try $0.instanceKey() }
        }
        guard let key = found.first else { return [:] }
        return Dictionary(try lastMetrics(of: key).map { ($0.name, $0.value) }) { _, last in last }
    }

    package func artifacts(of key: TaskInstanceKey) throws(StateStoreError) -> [ArtifactReference] {
        try read { database in
            try database.fetch(
                """
                SELECT name, path, sha256, size_bytes FROM artifact
                WHERE run = ? AND task = ? AND map_index = ? ORDER BY position
                """, Self.values(key), as: Self.readArtifact)
        }
    }

    /// What the gate said about an instance's last report.
    package func verdict(of key: TaskInstanceKey) throws(StateStoreError) -> GateVerdict? {
        try read { database in
            try database.fetch(
                "SELECT verdict FROM gate_verdict WHERE run = ? AND task = ? AND map_index = ?",
                Self.values(key)
            ) { try $0.verdict() }.first
        }
    }

    /// All verdicts of a run, by task.
    package func verdicts(
        of run: RunNumber
    ) throws(StateStoreError) -> [(key: TaskInstanceKey, verdict: GateVerdict)] {
        try read { database in
            try database.fetch(
                """
                SELECT run, task, map_index, verdict FROM gate_verdict
                WHERE run = ? ORDER BY task, map_index
                """, [run.value]
            ) { reader in (try reader.instanceKey(), try reader.verdict()) }
        }
    }

    /// Outputs and artifacts of all instances of the given tasks, for the inputs of a task: by task and map index,
    /// also those that reported nothing.
    package func data(
        of run: RunNumber, tasks: [Int]
    ) throws(StateStoreError) -> [InstanceData] {
        try read { database in
            var data: [InstanceData] = []
            for task in Set(tasks).sorted() {
                let keys = try database.fetch(
                    "SELECT run, task, map_index FROM task_instance WHERE run = ? AND task = ? ORDER BY map_index",
                    [run.value, task]
                ) { try $0.instanceKey() }
                let outputs = try Self.grouped(
                    database, run, task, "task_output", "name, value", Self.readOutput)
                let artifacts = try Self.grouped(
                    database, run, task, "artifact", "name, path, sha256, size_bytes", Self.readArtifact)
                data += keys.map { key in
                    InstanceData(
                        key: key, outputs: outputs[key.mapIndex] ?? [],
                        artifacts: artifacts[key.mapIndex] ?? [])
                }
            }
            return data
        }
    }

    /// The params of its own that a mapped instance has; empty for another.
    package func mappedParameters(of key: TaskInstanceKey) throws(StateStoreError) -> JSONObject {
        try read { database in
            try database.fetch(
                """
                SELECT mapped_parameters FROM task_instance WHERE run = ? AND task = ? AND map_index = ?
                """, Self.values(key)
            ) { try $0.optionalObject() }.first.flatMap { $0 } ?? JSONObject()
        }
    }

    /// The hashes of all artifacts that a row still names.
    package func referencedArtifacts() throws(StateStoreError) -> Set<String> {
        try read { database in
            Set(try database.fetch("SELECT DISTINCT sha256 FROM artifact") { try $0.text() })
        }
    }

    /// A task's rows of a table by map index, each list in the order of reporting.
    private static func grouped<Value>(
        _ database: Database, _ run: RunNumber, _ task: Int, _ table: String, _ columns: String,
        _ body: (inout RowReader) throws -> Value
    ) throws -> [Int: [Value]] {
        let rows = try database.fetch(
            "SELECT map_index, \(columns) FROM \(table) WHERE run = ? AND task = ? ORDER BY map_index, position",
            [run.value, task]
        ) { reader in (try reader.int(), try body(&reader)) }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    static func values(_ key: TaskInstanceKey) -> [(any DatabaseValueConvertible)?] {
        [key.run.value, key.task, key.mapIndex]
    }

    static func readOutput(_ reader: inout RowReader) throws -> TaskOutput {
        TaskOutput(name: try reader.text(), value: try reader.json())
    }

    static func readMetric(_ reader: inout RowReader) throws -> Metric {
        Metric(
            name: try reader.text(), value: try reader.optionalDouble() ?? .nan,
            step: try reader.optionalInteger())
    }

    static func readArtifact(_ reader: inout RowReader) throws -> ArtifactReference {
        ArtifactReference(
            name: try reader.text(), path: try reader.text(), sha256: try reader.text(),
            sizeBytes: try reader.integer())
    }
}
