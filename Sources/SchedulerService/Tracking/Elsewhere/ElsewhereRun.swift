import DAGDomain
import Glibc
import JSONText

/// A run on an MLflow server of the person's own.
struct ElsewhereRun: Hashable, Sendable {
    let id: String
    let experiment: String

    /// What the program is told of it.
    var variables: [String: String] { ["MLFLOW_RUN_ID": id, "MLFLOW_EXPERIMENT_ID": experiment] }

    /// Kept beside the attempt's log, for a daemon that takes the attempt over.
    private static func path(_ context: AttemptContext) -> String {
        "\(context.files.runFolder)/\(context.attempt).mlflow.json"
    }

    func write(for context: AttemptContext) {
        RunFolder.make(for: context.files)
        let object: JSONObject = ["run_id": .string(id), "experiment_id": .string(experiment)]
        // Without it a daemon that takes over looks for the run by its tag.
        try? SmallFile.write(JSONValue.object(object).text() + "\n", to: Self.path(context))
    }

    static func read(for context: AttemptContext) -> ElsewhereRun? {
        guard let bytes = try? SmallFile.read(path(context), limit: 1 << 16),
            let value = try? JSONValue.parse(bytes: bytes), let id = value["run_id"]?.stringValue,
            let experiment = value["experiment_id"]?.stringValue
        else { return nil }
        return ElsewhereRun(id: id, experiment: experiment)
    }
}

/// The run of an attempt before it is made.
struct ElsewhereDraft: Hashable, Sendable {
    let experiment: String
    let name: String
    /// Milliseconds since 1970.
    let startedAt: Int64
    let tags: JSONObject
    /// Whether it stays although nothing is logged on it: a version may refer to it.
    let isKept: Bool

    static let attemptTag = "orchestrator.attempt_id"

    init(_ context: AttemptContext) {
        let index = context.key.mapIndex
        experiment = Self.chosenExperiment(context) ?? context.dag.id.text
        name = index < 0 ? context.task.id.text : "\(context.task.id)[\(index)]"
        startedAt = WallClock.now().microsecondsSinceEpoch / 1_000
        var tags = Self.tags(
            ModelOrigin(
                dagID: context.dag.id, runID: context.run.runID, taskID: context.task.id, mapIndex: index))
        tags["orchestrator.try_number"] = .string("\(context.tryNumber)")
        tags[Self.attemptTag] = .string(context.attempt.text)
        self.tags = tags.merging(["mlflow.user": "orchestrator"])
        isKept = context.task.model != nil
    }

    /// Of a task instance, by which its runs are found.
    static func tags(_ origin: ModelOrigin) -> JSONObject {
        var tags: JSONObject = [
            "orchestrator.dag_id": .string(origin.dagID.text),
            "orchestrator.run_id": .string(origin.runID.text),
            "orchestrator.task_id": .string(origin.taskID.text),
        ]
        if origin.mapIndex >= 0 { tags["orchestrator.map_index"] = .string("\(origin.mapIndex)") }
        return tags
    }

    /// The experiment that the task or its DAG names in `env`.
    private static func chosenExperiment(_ context: AttemptContext) -> String? {
        let entries = context.dag.settings.environment + context.task.environment
        let named = entries.last { $0.name == "MLFLOW_EXPERIMENT_NAME" }?.value
        guard let named, named.isLiteral, !named.literalText.isEmpty else { return nil }
        return named.literalText
    }

    var attemptTag: (String, String) {
        (Self.attemptTag, tags[Self.attemptTag]?.stringValue ?? "")
    }

    func run(in experiment: String) -> TrackingServer.Draft {
        TrackingServer.Draft(
            experiment: experiment, name: name, startedAt: startedAt, tags: tags.texts)
    }

    var json: JSONObject {
        var object: JSONObject = [
            "experiment": .string(experiment), "name": .string(name), "started_at": .integer(startedAt),
            "tags": .object(tags),
        ]
        object["keep"] = isKept ? true : nil
        return object
    }

    init?(_ object: JSONObject) {
        guard let experiment = object["experiment"]?.stringValue, let name = object["name"]?.stringValue,
            let startedAt = object["started_at"]?.intValue, let tags = object["tags"]?.objectValue
        else { return nil }
        self.experiment = experiment
        self.name = name
        self.startedAt = startedAt
        self.tags = tags
        isKept = object["keep"] != nil
    }
}

extension RunFolder {
    /// Makes the folder of an attempt's run; what cannot be made shows when the attempt is prepared.
    static func make(for files: AttemptFiles) {
        let parent = files.runFolder.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        for path in [parent.joined(separator: "/"), files.runFolder] { mkdir(path, 0o700) }
    }
}

extension JSONObject {
    /// Its members that are texts.
    var texts: [(String, String)] {
        compactMap { member in member.value.stringValue.map { (member.key, $0) } }
    }
}

extension Metric {
    /// As MLflow's server tells the newest value of a metric; numbers that are none come as words.
    init?(tracked metric: JSONValue) {
        guard let name = metric["key"]?.stringValue,
            let value = metric["value"]?.doubleValue
                ?? metric["value"]?.stringValue.flatMap({ Double($0.lowercased()) })
        else { return nil }
        let step = metric["step"]?.intValue ?? metric["step"]?.stringValue.flatMap { Int64($0) }
        self.init(name: name, value: value, step: step ?? 0)
    }

    /// As MLflow's server takes it. It knows no brackets in names: `auc[x:a]` is `auc/x:a` there.
    func tracked(at milliseconds: Int64) -> JSONValue {
        let name = name.replacing("[", with: "/").replacing("]", with: "")
        let number: JSONValue =
            JSONValue(value) ?? .string(value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity")
        return [
            "key": .string(name), "value": number, "timestamp": .integer(milliseconds),
            "step": .integer(step ?? 0),
        ]
    }
}
