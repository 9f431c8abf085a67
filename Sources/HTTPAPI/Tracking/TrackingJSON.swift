import JSONText
import StateStore

/// Rows as MLflow's clients read them: what is empty is left out, as protobuf does.
enum TrackingJSON {
    static func experiment(_ row: ExperimentRow) -> JSONValue {
        var object = JSONObject()
        object["experiment_id"] = .string("\(row.id)")
        object["name"] = .string(row.name)
        object["artifact_location"] = .string(row.artifactLocation)
        object["lifecycle_stage"] = .string(row.stage.rawValue)
        object["last_update_time"] = .integer(row.updatedAt)
        object["creation_time"] = .integer(row.createdAt)
        object["tags"] = list(row.tags.map(text))
        return .object(object)
    }

    static func text(_ row: TrackedText) -> JSONValue {
        ["key": .string(row.key), "value": .string(row.value)]
    }

    /// NaN as a text, and the infinities as the largest numbers: MLflow's database cannot hold them.
    static func number(_ value: Double) -> JSONValue {
        if value.isNaN { return "NaN" }
        let greatest = Double.greatestFiniteMagnitude
        return JSONValue(min(max(value, -greatest), greatest)) ?? .null
    }

    static func metric(_ row: TrackedMetric) -> JSONValue {
        var object = JSONObject()
        object["key"] = .string(row.key)
        object["value"] = number(row.value)
        object["timestamp"] = .integer(row.timestamp)
        object["step"] = .integer(row.step)
        object["model_id"] = row.modelID.map(JSONValue.string)
        object["dataset_name"] = row.datasetName.map(JSONValue.string)
        object["dataset_digest"] = row.datasetDigest.map(JSONValue.string)
        object["run_id"] = row.runID.map(JSONValue.string)
        return .object(object)
    }

    static func runInfo(_ row: TrackingRunRow) -> JSONValue {
        var object = JSONObject()
        object["run_uuid"] = .string(row.id)
        object["experiment_id"] = .string("\(row.experiment)")
        object["run_name"] = .string(row.name)
        object["user_id"] = .string(row.userID)
        object["status"] = .string(row.status.rawValue)
        object["start_time"] = .integer(row.startedAt)
        object["end_time"] = row.endedAt.map(JSONValue.integer)
        object["artifact_uri"] = .string(row.artifactLocation)
        object["lifecycle_stage"] = .string(row.stage.rawValue)
        object["run_id"] = .string(row.id)
        return .object(object)
    }

    static func run(_ row: TrackingRunRow) -> JSONValue {
        var data = JSONObject()
        data["metrics"] = list(row.metrics.map(metric))
        data["params"] = list(row.params.map(text))
        data["tags"] = list(row.tags.map(text))
        var inputs = JSONObject()
        inputs["dataset_inputs"] = list(row.datasets.map(dataset))
        inputs["model_inputs"] = list(
            row.models.filter { $0.direction == .input }.map { ["model_id": .string($0.modelID)] })
        var outputs = JSONObject()
        outputs["model_outputs"] = list(
            row.models.filter { $0.direction == .output }.map {
                ["model_id": .string($0.modelID), "step": .integer($0.step)]
            })
        return [
            "info": runInfo(row), "data": .object(data), "inputs": .object(inputs),
            "outputs": .object(outputs),
        ]
    }

    private static func dataset(_ row: TrackedDataset) -> JSONValue {
        var dataset = JSONObject()
        dataset["name"] = .string(row.name)
        dataset["digest"] = .string(row.digest)
        dataset["source_type"] = .string(row.sourceType)
        dataset["source"] = .string(row.source)
        dataset["schema"] = row.schema.map(JSONValue.string)
        dataset["profile"] = row.profile.map(JSONValue.string)
        var object = JSONObject()
        object["tags"] = list(row.tags.map(text))
        object["dataset"] = .object(dataset)
        return .object(object)
    }

    /// Nil when it is empty.
    static func list(_ values: [JSONValue]) -> JSONValue? {
        values.isEmpty ? nil : .array(values)
    }

    static func page(_ name: String, _ values: [JSONValue], next: Int?) -> JSONObject {
        var object = JSONObject()
        object[name] = list(values)
        object["next_page_token"] = next.map { .string(PageToken.text($0)) }
        return object
    }
}
