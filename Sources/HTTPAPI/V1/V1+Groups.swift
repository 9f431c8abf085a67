import APITypes
import DAGDomain

/// The groups of a DAG as answers show them.
struct GroupNames {
    /// The innermost group of each task, by task index.
    private(set) var innermost: [Int: String] = [:]
    let mappings: [Int: TaskMapping]

    init(_ dag: DAG) {
        mappings = dag.mappings
        for group in dag.groups {
            for task in group.tasks { innermost[task] = group.id.text }
        }
    }
}

extension V1.TaskGroup {
    /// Outer groups come before inner ones, so the last one before it that holds all its tasks is around it.
    static func all(of dag: DAG) -> [V1.TaskGroup] {
        let members = dag.groups.map { Set($0.tasks) }
        return dag.groups.indices.map { index in
            let group = dag.groups[index]
            let parent = members[..<index].lastIndex {
                !group.tasks.isEmpty && $0.isSuperset(of: members[index])
            }
            return V1.TaskGroup(
                groupID: group.id.text, parent: parent.map { dag.groups[$0].id.text },
                tooltip: group.tooltip, mapping: group.mapping?.summary,
                taskIDs: group.tasks.map { dag.tasks[$0].id.text })
        }
    }
}

extension TaskMapping {
    /// `expand code, size` - what it runs through, in a few words.
    var summary: String {
        switch form {
        case .product(let axes): "expand " + axes.map(\.name).joined(separator: ", ")
        case .matrix(let axes, _, _): "matrix " + axes.map(\.name).joined(separator: ", ")
        case .rows(.literal(let rows)): "expand_kwargs of \(rows.count)"
        case .rows(.output(let task, let name)): "expand_kwargs of \(task).\(name)"
        }
    }
}
