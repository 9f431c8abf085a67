import DAGDomain
import GRDB
import JSONText

/// Artifacts and inputs by their content.
extension StateStore {
    private static let artifactSource = """
        artifact JOIN dag_run ON dag_run.number = artifact.run
            JOIN dag_version_task ON dag_version_task.version = dag_run.version
                AND dag_version_task.task = artifact.task
        """

    /// The newest runs first, in each the order of the DAG's file.
    package func artifacts(_ filter: ArtifactFilter) throws(StateStoreError) -> Page<ArtifactRow> {
        let query = filter.query
        return try read { database in
            let rows = try database.fetch(
                """
                SELECT artifact.run, artifact.task, artifact.map_index, dag_run.dag_id, dag_run.run_id,
                    dag_version_task.task_id, artifact.name, artifact.path, artifact.sha256,
                    artifact.size_bytes, task_instance.end_date, \(DatasetFactsRecord.columns)
                FROM \(Self.artifactSource)
                    JOIN task_instance ON task_instance.run = artifact.run
                        AND task_instance.task = artifact.task
                        AND task_instance.map_index = artifact.map_index
                    LEFT JOIN artifact_content ON artifact_content.sha256 = artifact.sha256
                \(query.clause)
                ORDER BY artifact.run DESC, artifact.task, artifact.map_index, artifact.position
                LIMIT ? OFFSET ?
                """, query.values + [filter.limit, filter.offset]
            ) { reader in
                ArtifactRow(
                    key: try reader.instanceKey(), dagID: try reader.identifier(),
                    runID: try reader.identifier(), taskID: try reader.identifier(),
                    artifact: try Self.readArtifact(&reader), createdAt: try reader.optionalTimestamp(),
                    facts: try DatasetFactsRecord.read(&reader))
            }
            let total = try database.fetchCount(
                "SELECT count(*) FROM \(Self.artifactSource) \(query.clause)", query.values)
            return Page(rows: rows, total: total)
        }
    }

    /// Whether some artifact has this content.
    package func namesArtifact(_ sha256: String) throws(StateStoreError) -> Bool {
        try read { database in
            try database.fetchCount("SELECT EXISTS (SELECT 1 FROM artifact WHERE sha256 = ?)", [sha256]) == 1
        }
    }

    // MARK: What is in it

    package func datasetFacts(of sha256: String) throws(StateStoreError) -> DatasetFacts? {
        try read { database in
            try database.fetch(
                "SELECT \(DatasetFactsRecord.columns) FROM artifact_content WHERE sha256 = ?", [sha256],
                as: DatasetFactsRecord.read
            ).first ?? nil
        }
    }

    package func recordDatasetFacts(
        _ facts: DatasetFacts, of sha256: String, at: Timestamp
    ) throws(StateStoreError) {
        try write(at: at) { batch in
            try batch.execute(
                "INSERT OR REPLACE INTO artifact_content VALUES (?, ?, ?, ?, ?, ?)",
                [
                    sha256, facts.format.rawValue, facts.rows, facts.columnsJSON.text(), facts.problem,
                    at.microsecondsSinceEpoch,
                ])
        }
    }

    /// Contents of tables that nobody has looked into, with the format that their name says; of the newest runs first.
    package func unreadDatasets(
        limit: Int, except known: Set<String>
    ) throws(StateStoreError) -> [(sha256: String, format: DatasetFacts.Format)] {
        let found = try read { database in
            try database.fetch(
                """
                SELECT sha256, path FROM artifact
                WHERE (path LIKE '%.csv' OR path LIKE '%.tsv' OR path LIKE '%.jsonl' OR path LIKE '%.ndjson'
                    OR path LIKE '%.parquet') AND NOT EXISTS
                    (SELECT 1 FROM artifact_content WHERE artifact_content.sha256 = artifact.sha256)
                ORDER BY run DESC LIMIT ?
                """, [limit + known.count]
            ) { (try $0.text(), try $0.text()) }
        }
        var seen = known
        return found.compactMap { sha256, path in
            guard let format = DatasetFacts.Format(path: path), seen.insert(sha256).inserted else {
                return nil
            }
            return (sha256, format)
        }
    }

    // MARK: Inputs

    /// What an instance's last attempt found at its start, in the order of the declarations.
    package func inputs(of key: TaskInstanceKey) throws(StateStoreError) -> [InputReference] {
        try read { database in
            try database.fetch(
                """
                SELECT name, place, is_artifact, sha256, size_bytes FROM task_input
                WHERE run = ? AND task = ? AND map_index = ? ORDER BY position
                """, [key.run.value, key.task, key.mapIndex], as: Self.readInput)
        }
    }

    /// All recorded inputs of a run, or of a content.
    package func inputs(
        of run: RunNumber? = nil, sha256: String? = nil
    ) throws(StateStoreError) -> [InputRow] {
        var query = Query()
        if let run { query.add("task_input.run = ?", run.value) }
        if let sha256 { query.add("task_input.sha256 = ?", sha256) }
        return try read { database in
            try database.fetch(
                """
                SELECT task_input.run, task_input.task, task_input.map_index, dag_run.dag_id, dag_run.run_id,
                    dag_version_task.task_id, name, place, is_artifact, sha256, size_bytes
                FROM task_input JOIN dag_run ON dag_run.number = task_input.run
                    JOIN dag_version_task ON dag_version_task.version = dag_run.version
                        AND dag_version_task.task = task_input.task
                \(query.clause)
                ORDER BY task_input.run DESC, task_input.task, task_input.map_index, task_input.position
                LIMIT 1000
                """, query.values
            ) { reader in
                InputRow(
                    key: try reader.instanceKey(), dagID: try reader.identifier(),
                    runID: try reader.identifier(), taskID: try reader.identifier(),
                    input: try Self.readInput(&reader))
            }
        }
    }

    /// Keeps what an attempt found, in place of what an earlier one did.
    package func recordInputs(
        _ inputs: [InputReference], of key: TaskInstanceKey, at: Timestamp
    ) throws(StateStoreError) {
        let id: [(any DatabaseValueConvertible)?] = [key.run.value, key.task, key.mapIndex]
        try write(at: at) { batch in
            try batch.execute("DELETE FROM task_input WHERE run = ? AND task = ? AND map_index = ?", id)
            for (position, input) in inputs.enumerated() {
                try batch.execute(
                    """
                    INSERT INTO task_input SELECT run, task, map_index, ?, ?, ?, ?, ?, ? FROM task_instance
                    WHERE run = ? AND task = ? AND map_index = ?
                    """,
                    [
                        position, input.name, input.place, input.isArtifact, input.sha256, input.sizeBytes,
                    ] + id)
            }
        }
    }

    private static func readInput(_ reader: inout RowReader) throws -> InputReference {
        InputReference(
            name: try reader.text(), place: try reader.text(), isArtifact: try reader.bool(),
            sha256: try reader.text(), sizeBytes: try reader.integer())
    }
}
