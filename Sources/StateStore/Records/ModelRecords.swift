import DAGDomain
import GRDB
import JSONText

/// The rows of registered models, and of what was done to them.
enum ModelRecords {
    static func write(_ change: ModelChange, at: Timestamp, by who: String, in batch: WriteBatch) throws {
        switch change {
        case .modelCreated(let model, let tags):
            try batch.execute(
                "INSERT INTO registered_model VALUES (?, ?, ?, ?, 1)",
                [
                    model.name.text, model.description, model.createdAt.microsecondsSinceEpoch,
                    model.updatedAt.microsecondsSinceEpoch,
                ])
            for (key, value) in tags { try tag(model.name, key, value, in: batch) }
            try log("model_created", model.name, at, who, in: batch)
        case .modelRenamed(let name, let newName):
            try batch.changeOne(
                "UPDATE registered_model SET name = ?, updated_at = ? WHERE name = ?",
                [newName.text, at.microsecondsSinceEpoch, name.text], expecting: "model \(name) to exist")
            try batch.execute(
                "UPDATE model_alias_change SET model = ? WHERE model = ?", [newName.text, name.text])
            try batch.execute("UPDATE deployment SET model = ? WHERE model = ?", [newName.text, name.text])
            try log("model_renamed", newName, at, who, ["from": .string(name.text)], in: batch)
        case .modelDeleted(let name):
            try batch.changeOne(
                "DELETE FROM registered_model WHERE name = ?", [name.text],
                expecting: "model \(name) to exist")
            try log("model_deleted", name, at, who, in: batch)
        case .versionCreated(let version, let tags):
            try ModelVersionRecord.insert(version, tags, at: at, by: who, into: batch)
        case .versionDeleted(let key):
            try batch.changeOne(
                "DELETE FROM model_version WHERE model = ? AND version = ?",
                [key.model.text, key.version.value],
                expecting: "\(key) to exist")
            try touch(key.model, at, in: batch)
            try log(
                "model_version_deleted", key.model, at, who, ["version": number(key.version)], in: batch)
        case .versionMeasured(let key, let metrics, let origin):
            try ModelVersionRecord.measure(key, metrics, at: at, in: batch)
            try log(
                "model_version_measured", key.model, at, who,
                ["version": number(key.version), "metrics": .object(ModelFactsCoding.encode(metrics))],
                origin,
                in: batch)
        case .edited(let edit): try write(edit, at: at, by: who, in: batch)
        case .aliasMoved(let change): try AliasRecord.move(change, in: batch)
        }
    }

    private static func write(
        _ edit: ModelEdit, at: Timestamp, by who: String, in batch: WriteBatch
    ) throws {
        switch edit {
        case .describeModel(let name, let text):
            try batch.changeOne(
                "UPDATE registered_model SET description = ? WHERE name = ?", [text, name.text],
                expecting: "model \(name) to exist")
        case .tagModel(let name, let key, let value): try tag(name, key, value, in: batch)
        case .describeVersion(let key, let text):
            try ModelVersionRecord.set("description", of: key, to: text, at: at, in: batch)
        case .tagVersion(let key, let name, let value):
            try ModelVersionRecord.tag(key, name, value, in: batch)
        case .setStatus(let key, let status):
            try ModelVersionRecord.set("status", of: key, to: status.rawValue, at: at, in: batch)
        }
        try touch(edit.model, at, in: batch)
        var detail = words(edit)
        detail["version"] = edit.version.map(number)
        try log("model_edited", edit.model, at, who, detail, in: batch)
    }

    private static func words(_ edit: ModelEdit) -> JSONObject {
        switch edit {
        case .describeModel(_, let text), .describeVersion(_, let text): ["description": .string(text)]
        case .tagModel(_, let key, let value), .tagVersion(_, let key, let value):
            ["tag": .string(key), "value": value.map(JSONValue.string) ?? .null]
        case .setStatus(_, let status): ["status": .string(status.rawValue)]
        }
    }

    private static func tag(
        _ model: ModelName, _ key: String, _ value: String?, in batch: WriteBatch
    ) throws {
        guard let value else {
            try batch.execute(
                "DELETE FROM registered_model_tag WHERE model = ? AND key = ?", [model.text, key])
            return
        }
        try batch.execute(
            """
            INSERT INTO registered_model_tag VALUES (?, ?, ?)
            ON CONFLICT (model, key) DO UPDATE SET value = excluded.value
            """, [model.text, key, value])
    }

    static func touch(_ model: ModelName, _ at: Timestamp, in batch: WriteBatch) throws {
        try batch.changeOne(
            "UPDATE registered_model SET updated_at = ? WHERE name = ?",
            [at.microsecondsSinceEpoch, model.text],
            expecting: "model \(model) to exist")
    }

    static func log(
        _ what: String, _ model: ModelName, _ at: Timestamp, _ who: String,
        _ detail: JSONObject = JSONObject(), _ origin: ModelOrigin? = nil, in batch: WriteBatch
    ) throws {
        let whole: JSONObject = ["model": .string(model.text)]
        try StateStore.insert(
            RecordedEvent(
                who: who, what: what, dagID: origin?.dagID, runID: origin?.runID, taskID: origin?.taskID,
                mapIndex: origin?.mapIndex, detail: whole.merging(detail)), at: at, into: batch)
    }

    static func number(_ version: ModelVersionNumber) -> JSONValue { .integer(Int64(version.value)) }
}
