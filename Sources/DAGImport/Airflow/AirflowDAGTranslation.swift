import DAGDomain
import JSONText

/// One serialized DAG to one file of ours.
struct AirflowDAGTranslation {
    private let entry: AirflowDocument.Entry
    private let vocabulary: Vocabulary
    private(set) var notes = NoteList()
    private var handled: Set<String> = ["tasks", "dag_id", "_dag_id", "timetable", "schedule_interval"]

    init(_ entry: AirflowDocument.Entry, vocabulary: Vocabulary) {
        self.entry = entry
        self.vocabulary = vocabulary
    }

    /// - Parameter names: the ids of the DAGs of the file.
    mutating func translate(names: inout Names) -> ImportedDAG {
        let name = value("dag_id")?.stringValue ?? "unnamed"
        let id = names.newID(for: name)
        notes.dagID = id
        if id != name {
            notes.different(
                "dag_id", "\"\(name)\" is no id here", advice: "what names it must name \"\(id)\"")
        }
        var json: JSONObject = ["dag_id": .string(id)]
        readTexts(into: &json)
        readSchedule(into: &json)
        readLimits(into: &json)
        let parameters = readParameters(into: &json)
        readOthers(into: &json)
        var tasks = AirflowTaskList(
            entry, parameters: parameters, vocabulary: vocabulary, notes: NoteList(dagID: id))
        if let owner = tasks.commonOwner { json["owner"] = .string(owner) }
        json["tasks"] = .array(tasks.translate().map(JSONValue.object))
        readGroups(tasks, into: &json)
        notes.append(contentsOf: tasks.notes)
        reportRest()
        json["x-import"] = .object(summary(name))
        return ImportedDAG(id: id, json: json)
    }

    /// A key under its name in Airflow 3 or, with an underscore, in Airflow 2.
    private func value(_ key: String) -> JSONValue? { entry.dag[key] ?? entry.dag["_" + key] }

    private mutating func take(_ key: String) -> JSONValue? {
        handled.formUnion([key, "_" + key])
        guard let found = value(key)?.unwrapped, !found.isNull else { return nil }
        return found
    }

    private mutating func readTexts(into json: inout JSONObject) {
        let display = take("dag_display_name") ?? take("dag_display_property_value")
        if let text = take("description")?.stringValue { json["description"] = .string(text) }
        if let text = take("doc_md")?.stringValue { json["doc"] = .string(text) }
        if let display = display?.stringValue, !display.isEmpty, display != value("dag_id")?.stringValue {
            if json["description"] == nil { json["description"] = .string(display) }
            notes.different("dag_display_name", "\"\(display)\": lists show the id")
        }
        let tags = (take("tags")?.arrayValue ?? []).compactMap(\.stringValue).filter { !$0.isEmpty }
        if !tags.isEmpty { json["tags"] = .array(tags.map(JSONValue.string)) }
    }

    private mutating func readSchedule(into json: inout JSONObject) {
        let schedule = AirflowSchedule(entry.dag, vocabulary: vocabulary, notes: NoteList(dagID: notes.dagID))
        json = json.merging(schedule.keys)
        notes.append(contentsOf: schedule.notes)
        let isScheduled = json["schedule"]?.isNull == false
        for key in ["start_date", "end_date"] {
            guard let date = take(key) else { continue }
            if let text = AirflowDate.text(date) {
                json[key] = .string(text)
            } else {
                notes.untranslated(key, "\(date.text()) is no date")
            }
        }
        // Airflow 2 leaves out what is true, Airflow 3 what is false.
        let catchup = take("catchup")?.boolValue ?? (entry.version < 3)
        if isScheduled, json["schedule"] != "@once", json["schedule"] != "@continuous" {
            json["catchup"] = .bool(catchup)
        }
    }

    private mutating func readLimits(into json: inout JSONObject) {
        for key in ["max_active_runs", "max_active_tasks"] {
            guard let number = take(key), number != 16 else { continue }
            carry(key, number, into: &json)
        }
        guard let timeout = take("dagrun_timeout") else { return }
        carry("dagrun_timeout", DurationValue.json(timeout) ?? timeout, into: &json)
    }

    private mutating func readParameters(into json: inout JSONObject) -> Set<String> {
        var parameters = AirflowParameters(vocabulary: vocabulary, notes: NoteList(dagID: notes.dagID))
        parameters.read(entry.dag["params"], isScheduled: json["schedule"]?.isNull == false)
        // Airflow takes the params of a task from the task, the DAG and the run, in that order of growing weight.
        for task in entry.dag["tasks"]?.arrayValue ?? [] {
            parameters.readTask(task.unwrapped)
        }
        if !parameters.keys.isEmpty { json["params"] = .object(parameters.keys) }
        notes.append(contentsOf: parameters.notes)
        return Set(parameters.keys.keys)
    }

    /// Keys that some version of ours knows by the same name.
    private mutating func readOthers(into json: inout JSONObject) {
        if let limit = take("max_consecutive_failed_dag_runs"), limit != 0 {
            carry("max_consecutive_failed_dag_runs", limit, into: &json)
        }
        readDeadlines(into: &json)
        if let types = take("allowed_run_types") { carry("allowed_run_types", types, into: &json) }
        if let paused = take("is_paused_upon_creation")?.boolValue, paused {
            notes.different(
                "is_paused_upon_creation", "true",
                advice: "`orchestrator dags pause \(notes.dagID ?? "")` after the first load")
        }
    }

    private mutating func readDeadlines(into json: inout JSONObject) {
        guard let found = take("deadline") else { return }
        var deadlines: [JSONValue] = []
        for alert in (found.arrayValue ?? [found]).map(\.unwrapped) {
            switch AirflowNotices.deadline(alert) {
            case .none(let message, let advice): notes.untranslated("deadline", message, advice: advice)
            case .ours(let deadline):
                guard vocabulary.hasDAG(["deadline": .object(deadline)]) else {
                    notes.untranslated("deadline", alert.text(), advice: AirflowKeys.advice["deadline"] ?? "")
                    continue
                }
                deadlines.append(.object(deadline))
                let callback = AirflowNotices.callback(alert) ?? "of Python"
                notes.untranslated(
                    "deadline", "the callback \(callback)",
                    advice: "name in \"notify\" of the deadline who is told")
            }
        }
        if !deadlines.isEmpty { json["deadline"] = deadlines.count == 1 ? deadlines[0] : .array(deadlines) }
    }

    private mutating func carry(_ key: String, _ value: JSONValue, into json: inout JSONObject) {
        if vocabulary.hasDAG([key: value]) {
            json[key] = value
        } else {
            notes.untranslated(key, value.text(), advice: AirflowKeys.advice[key] ?? "")
        }
    }

    private mutating func readGroups(_ tasks: AirflowTaskList, into json: inout JSONObject) {
        let groups = AirflowGroups(take("task_group"))
        guard !groups.isEmpty else { return }
        for name in groups.mapped {
            notes.untranslated(
                "task_group", "the group \(name) is mapped",
                advice: "map its tasks one by one, or trigger a DAG for each value")
        }
        let all = (json["tasks"]?.arrayValue ?? []).compactMap(\.objectValue)
        var nested = json
        nested["tasks"] = nil
        nested = nested.merging(groups.nested(all) { tasks.id(of: $0) })
        if vocabulary.isAccepted(nested) {
            json = nested
        } else {
            notes.different(
                "task_group",
                "the groups \(groups.names.joined(separator: ", ")) remain in the ids of their tasks")
        }
    }

    private mutating func reportRest() {
        for (key, value) in entry.dag where !handled.contains(key) && !AirflowKeys.ignoredDAG.contains(key) {
            let plain = value.unwrapped
            if plain.isNothing { continue }
            let name = key.hasPrefix("_") ? String(key.dropFirst()) : key
            notes.untranslated(name, "\(plain.text().prefix(200))", advice: AirflowKeys.advice[name] ?? "")
        }
    }

    private func summary(_ name: String) -> JSONObject {
        [
            "from": .string("Airflow \(entry.version < 3 ? "2" : "3")"), "dag_id": .string(name),
            "file": value("fileloc") ?? .null,
            "untranslated": .array(
                notes.notes.filter { $0.kind == .untranslated && $0.taskID == nil }.map {
                    .string("\($0.key): \($0.message)")
                }),
        ]
    }
}
