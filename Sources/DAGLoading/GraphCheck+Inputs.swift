import DAGDomain
import JSONText

extension GraphCheck {
    /// Decides what each element of `inputs` means, and asks that artifacts come from upstream.
    mutating func readInputs(of tree: inout TaskTree, _ scope: NameScope) {
        // What is looked at while the tree changes; a copy made each time would be quadratic work.
        let known = tree
        for reader in known.tasks.indices where !known.tasks[reader].inputs.isEmpty {
            tree.tasks[reader].definition.inputs = known.tasks[reader].inputs.compactMap { input in
                switch input.kind {
                case .path: return TaskInput(name: input.name, source: .file(path: input.text))
                case .either, .artifact: return artifact(input, reader, known, scope)
                }
            }
        }
    }

    private mutating func artifact(
        _ input: ReadInput, _ reader: Int, _ tree: TaskTree, _ scope: NameScope
    ) -> TaskInput? {
        var writer: TaskDefinition?
        // The ids of tasks and the names of artifacts may both have dots.
        for dot in input.text.indices where input.text[dot] == "." {
            let id = String(input.text[..<dot])
            let name = String(input.text[input.text.index(after: dot)...])
            guard case .task(let index)? = scope.target(of: id, from: .task(reader)) else { continue }
            let task = tree.tasks[index].definition
            guard task.artifacts.contains(where: { $0.name == name }) else {
                writer = task
                continue
            }
            ask(from: index, to: reader, shown: input.text, position: input.position)
            return TaskInput(name: input.name, source: .artifact(task: task.id, name: name))
        }
        guard input.kind == .artifact else {
            return TaskInput(name: input.name, source: .file(path: input.text))
        }
        if let writer {
            let names = writer.artifacts.map(\.name).joined(separator: ", ")
            diagnostics.error(
                "the task \"\(writer.id)\" declares no such artifact\(names.isEmpty ? "" : "; there is \(names)")",
                at: input.position)
        } else {
            diagnostics.error(
                "\(input.text.quotedForMessage) is not TASK.NAME of an artifact of this DAG",
                at: input.position)
        }
        return nil
    }
}
