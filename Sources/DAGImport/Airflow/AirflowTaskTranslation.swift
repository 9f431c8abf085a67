import DAGDomain
import JSONText

/// One task of Airflow to one of ours: what it does by its operator, what surrounds it by its keys.
struct AirflowTaskTranslation {
    let id: String
    let parameters: Set<String>
    let vocabulary: Vocabulary
    /// The task with what a mapped one shares with all its instances.
    private(set) var task: JSONObject
    private let dependencies: [String]
    var notes: NoteList
    var json: JSONObject
    private var handled: Set<String> = ["partial_kwargs", "expand_input", "op_kwargs_expand_input"]

    init(
        _ task: JSONObject, id: String, dependencies: [String], parameters: Set<String>,
        vocabulary: Vocabulary,
        notes: NoteList
    ) {
        self.task = task.merging(task["partial_kwargs"]?.unwrapped.objectValue ?? [:])
        self.id = id
        self.dependencies = dependencies
        self.parameters = parameters
        self.vocabulary = vocabulary
        self.notes = notes
        json = ["task_id": .string(id)]
    }

    /// The class of the operator, without its module.
    var operatorName: String {
        (task["task_type"] ?? task["_task_type"])?.stringValue ?? "an unknown operator"
    }

    var isMapped: Bool { task["_is_mapped"] == true }

    /// Params as the loader has to know them when it is asked about templates.
    var dagProbe: JSONObject {
        let pairs = parameters.sorted().map { ($0, JSONValue.string("")) }
        return pairs.isEmpty ? [:] : ["params": .object(JSONObject(pairs))]
    }

    mutating func translate() -> JSONObject {
        if !dependencies.isEmpty { json["depends_on"] = .array(dependencies.map(JSONValue.string)) }
        let isTranslated = translateWork()
        var settings = AirflowTaskSettings(task, id: id, vocabulary: vocabulary, notes: notes)
        settings.read(base: json)
        json = settings.json
        notes = settings.notes
        handled.formUnion(settings.handled)
        reportRest(ofEveryOperator: !isTranslated)
        return json
    }

    /// A value of the task; from now on it counts as dealt with.
    mutating func take(_ key: String) -> JSONValue? {
        handled.insert(key)
        guard let found = task[key]?.unwrapped, !found.isNull else { return nil }
        return found
    }

    /// Leaves a task that runs nothing in the place of one that cannot be translated, with its facts.
    mutating func leaveEmpty(_ key: String, _ message: String, advice: String) -> Bool {
        notes.untranslated(key, task: id, message, advice: advice)
        json["type"] = "noop"
        for key in ["command", "env", "cwd", "trigger_dag", "expand"] { json[key] = nil }
        var facts: JSONObject = ["operator": .string(operatorName), "why": .string(message)]
        for (key, value) in task where !AirflowKeys.ignoredTask.contains(key) {
            let plain = value.unwrapped
            if !plain.isNothing, !AirflowTaskSettings.keys.contains(key), key != "partial_kwargs" {
                facts[key] = plain
            }
        }
        json["x-import"] = .object(facts)
        return false
    }

    /// - Parameter ofEveryOperator: only keys that have nothing to do with the operator itself, whose own stay in
    ///   `x-import`.
    private mutating func reportRest(ofEveryOperator isRestricted: Bool) {
        for (key, value) in task where !handled.contains(key) && !AirflowKeys.ignoredTask.contains(key) {
            let plain = value.unwrapped
            if plain.isNothing || (isRestricted && AirflowKeys.advice[key] == nil) { continue }
            notes.untranslated(
                key, task: id, "\(plain.text().prefix(200))", advice: AirflowKeys.advice[key] ?? "")
        }
    }
}
