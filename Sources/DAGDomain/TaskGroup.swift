/// Tasks that a file holds together under one name; their ids begin with it.
package struct TaskGroup: Hashable, Sendable {
    package let id: TaskID
    package let tooltip: String
    /// Task indices, in file order, those of inner groups included.
    package let tasks: [Int]
    /// Given when the whole group is mapped: its tasks follow one another index by index.
    package let mapping: TaskMapping?

    package init(id: TaskID, tooltip: String = "", tasks: [Int], mapping: TaskMapping? = nil) {
        self.id = id
        self.tooltip = tooltip
        self.tasks = tasks
        self.mapping = mapping
    }
}

extension DAG {
    /// How tasks become several instances: by a mapping of their own, or by that of the group that they are in.
    package var mappings: [Int: TaskMapping] {
        var mappings: [Int: TaskMapping] = [:]
        for group in groups {
            guard let mapping = group.mapping else { continue }
            for task in group.tasks { mappings[task] = mapping }
        }
        for (task, definition) in tasks.enumerated() {
            if let mapping = definition.flow.mapping { mappings[task] = mapping }
        }
        return mappings
    }
}
