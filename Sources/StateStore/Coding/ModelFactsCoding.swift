import DAGDomain
import JSONText

/// How the facts of a version are stored: one object, numbers that JSON cannot hold as text (`nan`, `inf`, `-inf`).
package enum ModelFactsCoding {
    package static func encode(_ facts: ModelFacts) -> JSONObject {
        var object: JSONObject = [
            "params": .object(facts.parameters), "metrics": .object(encode(facts.metrics)),
            "datasets": .array(
                facts.datasets.map { dataset in
                    [
                        "name": .string(dataset.name), "task_id": .string(dataset.taskID.text),
                        "sha256": .string(dataset.sha256), "size_bytes": .integer(dataset.sizeBytes),
                    ]
                }),
            "environment": .array(
                facts.environment.map { file in
                    [
                        "path": .string(file.path), "sha256": .string(file.sha256),
                        "size_bytes": .integer(file.sizeBytes),
                    ]
                }),
        ]
        if !facts.logged.isEmpty { object["logged_params"] = .object(facts.logged) }
        if let git = facts.git {
            object["git_commit"] = .string(git.commit)
            object["git_dirty"] = git.isDirty.map(JSONValue.bool)
        }
        return object
    }

    package static func encode(_ metrics: [String: Double]) -> JSONObject {
        JSONObject(
            metrics.sorted { $0.key < $1.key }.map { name, value in
                (name, JSONValue(value) ?? .string("\(value)"))
            })
    }

    /// - Returns: nil when the object is not one that `encode` makes; members that it does not know are left out.
    package static func decode(_ object: JSONObject) -> ModelFacts? {
        guard let parameters = object["params"]?.objectValue, let metrics = object["metrics"]?.objectValue,
            let datasets = object["datasets"]?.arrayValue, let environment = object["environment"]?.arrayValue
        else { return nil }
        var facts = ModelFacts(parameters: parameters)
        facts.logged = object["logged_params"]?.objectValue ?? JSONObject()
        guard let decoded = decodeMetrics(metrics) else { return nil }
        facts.metrics = decoded
        for element in datasets {
            guard let dataset = element.objectValue.flatMap(decodeDataset) else { return nil }
            facts.datasets.append(dataset)
        }
        for element in environment {
            guard let file = element.objectValue.flatMap(decodeFile) else { return nil }
            facts.environment.append(file)
        }
        if let commit = object["git_commit"]?.stringValue {
            facts.git = GitState(commit: commit, isDirty: object["git_dirty"]?.boolValue)
        }
        return facts
    }

    package static func decodeMetrics(_ object: JSONObject) -> [String: Double]? {
        var metrics: [String: Double] = [:]
        for (name, value) in object {
            let number = value.stringValue.map { Double($0) } ?? value.doubleValue
            guard let number else { return nil }
            metrics[name] = number
        }
        return metrics
    }

    private static func decodeDataset(_ object: JSONObject) -> ModelDataset? {
        guard let name = object["name"]?.stringValue, let task = object["task_id"]?.stringValue,
            let hash = object["sha256"]?.stringValue, case .integer(let size)? = object["size_bytes"]
        else { return nil }
        return ModelDataset(name: name, taskID: TaskID(task), sha256: hash, sizeBytes: size)
    }

    private static func decodeFile(_ object: JSONObject) -> LockFile? {
        guard let path = object["path"]?.stringValue, let hash = object["sha256"]?.stringValue,
            case .integer(let size)? = object["size_bytes"]
        else { return nil }
        return LockFile(path: path, sha256: hash, sizeBytes: size)
    }
}
