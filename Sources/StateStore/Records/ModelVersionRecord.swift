import DAGDomain
import GRDB
import JSONText

/// The columns of a version of a model and how they become one.
enum ModelVersionRecord {
    /// In the order in which `read` takes them.
    static let columns = """
        model_version.model, model_version.version, model_version.created_at, model_version.updated_at,
        model_version.description, model_version.status, model_version.source, model_version.artifact_name,
        model_version.artifact_sha256, model_version.size_bytes, model_version.reference_sha256,
        model_version.tracking_run_id, model_version.dag_id, model_version.run_id, model_version.task_id,
        model_version.map_index, model_version.dag_version_hash, model_version.facts
        """

    static func read(_ reader: inout RowReader) throws -> ModelVersion {
        let key = ModelVersionKey(try reader.identifier(), ModelVersionNumber(try reader.int()))
        let createdAt = try reader.timestamp()
        let updatedAt = try reader.timestamp()
        var content = ModelContent(
            description: try reader.text(), status: try reader.choice(), source: try reader.text())
        let name = try reader.optionalText()
        let hash = try reader.optionalText()
        let size = try reader.optionalInteger()
        if let name, let hash, let size {
            content.artifact = ArtifactReference(
                name: name, path: content.source, sha256: hash, sizeBytes: size)
        }
        content.referenceSHA256 = try reader.optionalText()
        content.trackingRunID = try reader.optionalText()
        content.origin = try readOrigin(&reader)
        content.dagVersion = try reader.optionalIdentifier()
        guard let facts = ModelFactsCoding.decode(try reader.object()) else {
            throw RowError(detail: "the facts of \(key) do not hold what they must")
        }
        content.facts = facts
        return ModelVersion(key: key, createdAt: createdAt, updatedAt: updatedAt, content: content)
    }

    static func readOrigin(_ reader: inout RowReader) throws -> ModelOrigin? {
        let dagID = try reader.optionalIdentifier(DAGID.self)
        let runID = try reader.optionalIdentifier(RunID.self)
        let taskID = try reader.optionalIdentifier(TaskID.self)
        let mapIndex = try reader.optionalInteger()
        guard let dagID, let runID, let taskID else { return nil }
        return ModelOrigin(dagID: dagID, runID: runID, taskID: taskID, mapIndex: Int(mapIndex ?? -1))
    }

    static func insert(
        _ version: ModelVersion, _ tags: [String: String], at: Timestamp, by who: String,
        into batch: WriteBatch
    ) throws {
        let key = version.key
        let content = version.content
        let origin = content.origin
        try batch.execute(
            "INSERT INTO model_version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                key.model.text, key.version.value, version.createdAt.microsecondsSinceEpoch,
                version.updatedAt.microsecondsSinceEpoch, content.description, content.status.rawValue,
                content.source, content.artifact?.name, content.artifact?.sha256,
                content.artifact?.sizeBytes, content.referenceSHA256, content.trackingRunID,
                origin?.dagID.text, origin?.runID.text, origin?.taskID.text, origin?.mapIndex,
                content.dagVersion?.text, ModelFactsCoding.encode(content.facts).text(),
            ])
        try batch.changeOne(
            "UPDATE registered_model SET next_version = ?, updated_at = ? WHERE name = ? AND next_version = ?",
            [key.version.value + 1, at.microsecondsSinceEpoch, key.model.text, key.version.value],
            expecting: "\(key) to be the next version of its model")
        for (name, value) in tags { try tag(key, name, value, in: batch) }
        try ModelRecords.log(
            "model_version_created", key.model, at, who, ["version": ModelRecords.number(key.version)],
            origin,
            in: batch)
    }

    static func tag(
        _ key: ModelVersionKey, _ name: String, _ value: String?, in batch: WriteBatch
    ) throws {
        guard let value else {
            try batch.execute(
                "DELETE FROM model_version_tag WHERE model = ? AND version = ? AND key = ?",
                [key.model.text, key.version.value, name])
            return
        }
        try batch.execute(
            """
            INSERT INTO model_version_tag VALUES (?, ?, ?, ?)
            ON CONFLICT (model, version, key) DO UPDATE SET value = excluded.value
            """, [key.model.text, key.version.value, name, value])
    }

    /// - Parameter column: one of ours.
    static func set(
        _ column: String, of key: ModelVersionKey, to value: String, at: Timestamp, in batch: WriteBatch
    ) throws {
        try batch.changeOne(
            "UPDATE model_version SET \(column) = ?, updated_at = ? WHERE model = ? AND version = ?",
            [value, at.microsecondsSinceEpoch, key.model.text, key.version.value],
            expecting: "\(key) to exist")
    }

    static func measure(
        _ key: ModelVersionKey, _ metrics: [String: Double], at: Timestamp, in batch: WriteBatch
    ) throws {
        let stored = try batch.database.fetch(
            "SELECT facts FROM model_version WHERE model = ? AND version = ?",
            [key.model.text, key.version.value]
        ) { try $0.object() }.first
        guard let stored, var facts = ModelFactsCoding.decode(stored) else {
            throw GuardError(detail: "there are no facts of \(key) to add metrics to")
        }
        facts.metrics.merge(metrics) { _, new in new }
        let merged = stored.merging(ModelFactsCoding.encode(facts))
        try set("facts", of: key, to: merged.text(), at: at, in: batch)
    }
}

/// Where aliases point and have pointed.
enum AliasRecord {
    /// In the order in which `read` takes them.
    static let columns = """
        model, alias, from_version, to_version, at, who, reason, kind, dag_id, run_id, task_id, map_index
        """

    static func read(_ reader: inout RowReader) throws -> AliasChange {
        AliasChange(
            model: try reader.identifier(), alias: try reader.identifier(),
            from: try reader.optionalInteger().map { ModelVersionNumber(Int($0)) },
            to: try reader.optionalInteger().map { ModelVersionNumber(Int($0)) }, at: try reader.timestamp(),
            who: try reader.text(), reason: try reader.text(), kind: try reader.choice(),
            origin: try ModelVersionRecord.readOrigin(&reader))
    }

    static func move(_ change: AliasChange, in batch: WriteBatch) throws {
        let id: [(any DatabaseValueConvertible)?] = [change.model.text, change.alias.text]
        try DeploymentRecord.replace(change.model, change.alias, by: change.to, in: batch)
        let expected = change.from.map { "at version \($0)" } ?? "nowhere"
        switch (change.from, change.to) {
        case (nil, let to?):
            try batch.execute("INSERT INTO model_alias VALUES (?, ?, ?)", id + [to.value])
        case (let from?, let to?):
            try batch.changeOne(
                "UPDATE model_alias SET version = ? WHERE model = ? AND alias = ? AND version = ?",
                [to.value] + id + [from.value],
                expecting: "alias \(change.alias) of \(change.model) \(expected)")
        case (let from?, nil):
            try batch.changeOne(
                "DELETE FROM model_alias WHERE model = ? AND alias = ? AND version = ?", id + [from.value],
                expecting: "alias \(change.alias) of \(change.model) \(expected)")
        case (nil, nil): throw GuardError(detail: "alias \(change.alias) of \(change.model) does not move")
        }
        let origin = change.origin
        try batch.execute(
            """
            INSERT INTO model_alias_change (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            id + [
                change.from?.value, change.to?.value, change.at.microsecondsSinceEpoch, change.who,
                change.reason, change.kind.rawValue, origin?.dagID.text, origin?.runID.text,
                origin?.taskID.text, origin?.mapIndex,
            ])
        try ModelRecords.touch(change.model, change.at, in: batch)
        try ModelRecords.log(
            "model_alias_\(change.kind.rawValue)", change.model, change.at, change.who,
            [
                "alias": .string(change.alias.text), "from": change.from.map(ModelRecords.number) ?? .null,
                "to": change.to.map(ModelRecords.number) ?? .null, "reason": .string(change.reason),
            ], origin, in: batch)
    }
}
