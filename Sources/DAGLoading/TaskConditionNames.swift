import DAGDomain

/// What the names in the condition of one task can stand for.
struct TaskConditionNames: ConditionNames {
    let tree: TaskTree
    let scope: NameScope
    /// The task whose condition is read.
    let task: Int
    /// Whether a search for similar names may still be paid for.
    let suggests: Bool

    func problem(parameter name: String) -> String? {
        let known = tree.tasks[task].parameters
        if known.declared.contains(name) { return nil }
        // A task of a mapped group is judged index by index, with the group's values.
        if tree.tasks[task].definition.flow.mapping == nil {
            if known.contains(name) { return nil }
        } else if known.mapped.contains(name) {
            return
                "\"\(name)\" is a value of each instance, but a condition is judged once, before the task is "
                + "expanded"
        }
        return "no such param\(ParameterNames(declared: known.declared).hint(for: name))"
    }

    func task(named text: String) -> NamedTask? {
        guard case .task(let index)? = scope.target(of: text, from: .task(task)) else { return nil }
        return NamedTask(index: index, id: tree.tasks[index].definition.id)
    }

    func problem(output name: String, of task: NamedTask) -> String? {
        let definition = tree.tasks[task.index].definition
        guard let outputs = definition.outputs, !outputs.contains(name),
            !definition.addedOutputs.contains(name)
        else { return nil }
        let hint = NearestWord.find(name, in: outputs).map { "; did you mean \"\($0)\"?" } ?? ""
        return "the task \"\(task.id)\" declares no such output\(hint)"
    }

    func problem(unknownTask candidates: [String]) -> String {
        let shortest = candidates.last ?? ""
        for candidate in candidates.reversed() where suggests {
            if let nearest = NearestWord.find(candidate, in: scope.names) {
                return "there is no task \(candidate.quotedForMessage); did you mean \"\(nearest)\"?"
            }
        }
        return "there is no task \(shortest.quotedForMessage)"
    }
}
