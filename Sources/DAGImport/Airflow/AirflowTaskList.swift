import JSONText

/// The tasks of a DAG: their ids, what lies between them, and each by itself.
struct AirflowTaskList {
    private let tasks: [JSONObject]
    private let parameters: Set<String>
    private let vocabulary: Vocabulary
    private var ids: [String: String] = [:]
    private(set) var notes: NoteList

    init(
        _ entry: AirflowDocument.Entry, parameters: Set<String>, vocabulary: Vocabulary, notes: NoteList
    ) {
        self.parameters = parameters
        self.vocabulary = vocabulary
        self.notes = notes
        tasks = (entry.dag["tasks"]?.arrayValue ?? []).compactMap { task in
            guard let own = (task["__var"] ?? task).objectValue else { return nil }
            return entry.taskDefaults.merging(own)
        }
        var names = Names()
        for task in tasks {
            let name = task["task_id"]?.stringValue ?? ""
            ids[name] = names.id(for: name)
        }
    }

    /// The id of a task of Airflow here.
    func id(of name: String) -> String { ids[name] ?? Names.cleaned(name) }

    /// The owner, if all tasks have the same and somebody chose it.
    var commonOwner: String? {
        let owners = Set(tasks.map { $0["owner"]?.stringValue ?? "airflow" })
        return owners.count == 1 && owners.first != "airflow" ? owners.first : nil
    }

    mutating func translate() -> [JSONObject] {
        let upstream = upstreamTasks()
        if commonOwner == nil {
            for task in tasks {
                guard let owner = task["owner"]?.stringValue, owner != "airflow" else { continue }
                notes.different(
                    "owner", task: id(of: task["task_id"]?.stringValue ?? ""),
                    "\(owner): the DAG has one owner")
            }
        }
        return tasks.map { task in
            let name = task["task_id"]?.stringValue ?? ""
            if id(of: name) != name {
                notes.different("task_id", task: id(of: name), "\"\(name)\" is no id here")
            }
            var translation = AirflowTaskTranslation(
                task, id: id(of: name), dependencies: upstream[name] ?? [], parameters: parameters,
                vocabulary: vocabulary, notes: NoteList(dagID: notes.dagID))
            let json = translation.translate()
            notes.append(contentsOf: translation.notes)
            return json
        }
    }

    /// Airflow writes what is downstream of a task; our files say what is upstream.
    private func upstreamTasks() -> [String: [String]] {
        var upstream: [String: [String]] = [:]
        for task in tasks {
            guard let name = task["task_id"]?.stringValue else { continue }
            for below in task["downstream_task_ids"]?.unwrapped.arrayValue ?? [] {
                guard let below = below.stringValue else { continue }
                upstream[below, default: []].append(id(of: name))
            }
        }
        return upstream
    }
}
