import JSONText

/// Params of a DAG and of its tasks, which here are the DAG's.
struct AirflowParameters {
    private let vocabulary: Vocabulary
    private(set) var keys = JSONObject()
    private(set) var notes: NoteList

    init(vocabulary: Vocabulary, notes: NoteList) {
        self.vocabulary = vocabulary
        self.notes = notes
    }

    mutating func read(_ value: JSONValue?, isScheduled: Bool) {
        for (name, parameter) in Self.pairs(value) {
            guard let definition = definition(name, parameter) else { continue }
            let schedule: JSONObject = isScheduled ? ["schedule": "@daily"] : [:]
            if isScheduled, !vocabulary.hasDAG(schedule.merging(["params": [name: definition]])) {
                notes.untranslated(
                    "params", "\(name) has no default, and the schedule could not start a run without one",
                    advice: "give it a default")
                keys[name] = .object((definition.objectValue ?? [:]).merging(["default": .null]))
                if !vocabulary.hasDAG(schedule.merging(["params": .object(keys)])) { keys[name] = .null }
                continue
            }
            keys[name] = definition
        }
    }

    /// Params that only a task declares: all its run's tasks see them here.
    mutating func readTask(_ task: JSONValue) {
        let id = task["task_id"]?.stringValue ?? ""
        for (name, parameter) in Self.pairs(task["params"]) {
            guard keys[name] == nil else {
                if parameter["default"]?.unwrapped != Self.standard(keys[name]) {
                    notes.untranslated(
                        "params", task: Names.cleaned(id),
                        "\(name) has another default than in the DAG: \(parameter["default"]?.text() ?? "none")",
                        advice: "give the task an \"env\" entry of its own")
                }
                continue
            }
            guard let definition = definition(name, parameter) else { continue }
            keys[name] = definition
            notes.different("params", task: Names.cleaned(id), "\(name) is a param of the whole DAG here")
        }
    }

    private static func standard(_ definition: JSONValue?) -> JSONValue? {
        guard let object = definition?.objectValue else { return definition }
        return object["default"] ?? definition
    }

    /// A schema where there is one, else the plain default; nil with a note where our files cannot say it.
    private mutating func definition(_ name: String, _ parameter: JSONValue) -> JSONValue? {
        let standard = Self.isMissing(parameter) ? nil : parameter["default"]?.unwrapped
        var schema = parameter["schema"]?.unwrapped.objectValue ?? [:]
        if let text = parameter["description"]?.stringValue { schema["description"] = .string(text) }
        if let standard { schema["default"] = standard }
        let isPlain = schema.count == 1 && schema["default"] != nil
        var candidates: [JSONValue] = [.object(schema)]
        if isPlain, let standard, standard.objectValue == nil { candidates.insert(standard, at: 0) }
        for candidate in candidates where vocabulary.hasDAG(["params": [name: candidate]]) {
            return candidate
        }
        // Keys of JSON Schema that we do not have are left out one by one.
        var reduced = schema
        for key in schema.keys where key != "default" {
            var without = reduced
            without[key] = nil
            guard !vocabulary.hasDAG(["params": [name: .object(reduced)]]) else { break }
            reduced = without
            notes.untranslated("params", "\(name): \(key): \(schema[key]?.text() ?? "")")
        }
        if vocabulary.hasDAG(["params": [name: .object(reduced)]]) { return .object(reduced) }
        notes.untranslated(
            "params", "\(name) with the default \(standard?.text() ?? "none")",
            advice: "names are letters, digits and _")
        return nil
    }

    /// Airflow writes a param without a default as one whose default is null and whose schema does not allow null.
    private static func isMissing(_ parameter: JSONValue) -> Bool {
        guard let standard = parameter["default"], standard["__type"] != "arg_not_set" else { return true }
        guard standard.unwrapped.isNull, let type = parameter["schema"]?.unwrapped["type"] else {
            return false
        }
        return type != "null" && type.arrayValue?.contains("null") != true
    }

    /// `[[name, param], ...]`, or an object in older files.
    private static func pairs(_ value: JSONValue?) -> [(String, JSONValue)] {
        if let object = value?.objectValue { return object.map { ($0.key, $0.value) } }
        return (value?.arrayValue ?? []).compactMap { pair in
            guard let name = pair[0]?.stringValue, let parameter = pair[1] else { return nil }
            return (name, parameter)
        }
    }
}
