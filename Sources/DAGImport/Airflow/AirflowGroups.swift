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
        if let root { read(root, parent: nil) }
    }

    var isEmpty: Bool { groups.isEmpty }
    var names: [String] { groups.map(\.id) }

    private mutating func read(_ group: JSONValue, parent: String?) {
        let id = group["_group_id"]?.stringValue ?? group["group_id"]?.stringValue
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
        for content in inner { read(content, parent: id) }
    }

    /// `task_groups` by id; each names its tasks, those of inner groups too.
    func json(_ taskID: (String) -> String) -> JSONValue {
        var object = JSONObject()
        for group in groups {
            let tasks = groups.filter { $0.id == group.id || isInside($0, group.id) }.flatMap(\.tasks)
            var value: JSONObject = ["tasks": .array(tasks.map { .string(taskID($0)) })]
            if !group.tooltip.isEmpty { value["tooltip"] = .string(group.tooltip) }
            object[Names.cleaned(group.id)] = .object(value)
        }
        return .object(object)
    }

    private func isInside(_ group: Group, _ id: String) -> Bool {
        var parent = group.parent
        while let current = parent {
            if current == id { return true }
            parent = groups.first { $0.id == current }?.parent
        }
        return false
    }
}
