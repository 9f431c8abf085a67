import JSONText

/// The task groups of a DAG.
struct AirflowGroups {
    private struct Group {
        let id: String
        let tooltip: String
        let tasks: [String]
        let parent: String?
    }

    private var groups: [Group] = []
    /// Groups that run once for each of some values.
    private(set) var mapped: [String] = []

    init(_ root: JSONValue?) {
        if let root { read(root, parent: nil, prefix: "") }
    }

    var isEmpty: Bool { groups.isEmpty }
    var names: [String] { groups.map(\.id) }

    /// - Parameter prefix: what the ids of the groups inside begin with.
    private mutating func read(_ group: JSONValue, parent: String?, prefix: String) {
        let own = group["_group_id"]?.stringValue ?? group["group_id"]?.stringValue
        let id = own.map { prefix + $0 }
        var tasks: [String] = []
        var inner: [JSONValue] = []
        for (name, child) in group["children"]?.objectValue ?? [:] {
            if child[0] == "taskgroup", let content = child[1] {
                inner.append(content)
            } else {
                tasks.append(name)
            }
        }
        if let id {
            groups.append(
                Group(id: id, tooltip: group["tooltip"]?.stringValue ?? "", tasks: tasks, parent: parent))
            if group["is_mapped"] == true || group["expand_input"]?.isNothing == false { mapped.append(id) }
        }
        let isPrefix = group["prefix_group_id"] != false
        for content in inner {
            read(content, parent: id, prefix: id.map { isPrefix ? $0 + "." : "" } ?? "")
        }
    }

    /// `tasks` and `task_groups` of a DAG: every task moves into its group. The ids are whole already.
    ///
    /// - Parameter ids: what the tasks of Airflow are called here.
    func nested(_ tasks: [JSONObject], ids: (String) -> String) -> JSONObject {
        var members = JSONObject()
        let grouped = Set(groups.flatMap(\.tasks).map(ids))
        let others = tasks.filter { !grouped.contains($0["task_id"]?.stringValue ?? "") }
        if !others.isEmpty { members["tasks"] = .array(others.map(JSONValue.object)) }
        members["task_groups"] = .array(list(below: nil, tasks, ids))
        return members
    }

    private func list(below parent: String?, _ tasks: [JSONObject], _ ids: (String) -> String) -> [JSONValue]
    {
        groups.filter { $0.parent == parent }.compactMap { group in
            let names = Set(group.tasks.map(ids))
            let own = tasks.filter { names.contains($0["task_id"]?.stringValue ?? "") }
            let inner = list(below: group.id, tasks, ids)
            guard !own.isEmpty || !inner.isEmpty else { return nil }
            var value: JSONObject = ["group_id": .string(Names.cleaned(group.id)), "prefix_group_id": false]
            if !group.tooltip.isEmpty { value["tooltip"] = .string(group.tooltip) }
            if !own.isEmpty { value["tasks"] = .array(own.map(JSONValue.object)) }
            if !inner.isEmpty { value["task_groups"] = .array(inner) }
            return .object(value)
        }
    }
}
