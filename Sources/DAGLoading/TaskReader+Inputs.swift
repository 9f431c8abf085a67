import DAGDomain
import JSONText

/// An element of `inputs`, kept until all tasks are known: a text can be a path or `TASK.NAME`.
struct ReadInput {
    enum Kind {
        /// An upstream artifact when there is one of that name, else a path.
        case either, path, artifact
    }

    let name: String
    let text: String
    let kind: Kind
    let position: JSONPosition
}

/// What a task declares to read.
extension TaskReader {
    mutating func readInputs(_ elements: [JSONNode]) -> [ReadInput] {
        var names = Set<String>()
        var inputs: [ReadInput] = []
        for element in elements {
            let fields = Fields(element, .input)
            let kind: ReadInput.Kind =
                fields["path"] != nil ? .path : fields["artifact"] != nil ? .artifact : .either
            let node = fields["path"] ?? fields["artifact"] ?? element
            guard let text = node.stringValue, !text.isEmpty else { continue }
            refuseTemplate(text, in: "inputs", at: node.position)
            if text.contains("://") {
                diagnostics.error(
                    "an input is a file of this machine or an upstream artifact; what lies elsewhere belongs to "
                        + "\"inlets\"", at: node.position)
            }
            let name = fields.string("name") ?? text
            if !names.insert(name).inserted {
                diagnostics.error("two inputs are named \(name.quotedForMessage)", at: element.position)
            }
            inputs.append(ReadInput(name: name, text: text, kind: kind, position: node.position))
        }
        return inputs
    }
}
