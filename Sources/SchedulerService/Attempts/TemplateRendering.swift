import DAGDomain
import JSONText

/// Fills templates in: one pass, each place one literal value. Strings stand as they are, other values as JSON.
struct TemplateRendering {
    let parameters: JSONObject
    /// Outputs by task and name, of the tasks that the template may look at.
    let outputs: [TaskID: JSONObject]

    /// A place that has no value now: the upstream did not write it, or was skipped.
    struct MissingValue: Error {
        let text: String
    }

    func text(_ template: TemplateText) throws(MissingValue) -> String {
        var result = ""
        for segment in template.segments {
            let value = try value(of: segment)
            let text = value.stringValue ?? value.text()
            guard !text.utf8.contains(0) else {
                throw MissingValue(text: "a value with a NUL byte cannot be an argument or a variable")
            }
            result += text
        }
        return result
    }

    /// A template that is one place alone keeps the value's type; anything else is text.
    func value(_ template: TemplateText) throws(MissingValue) -> JSONValue {
        if template.segments.count == 1, let segment = template.segments.first {
            return try value(of: segment)
        }
        return .string(try text(template))
    }

    private func value(of segment: TemplateText.Segment) throws(MissingValue) -> JSONValue {
        switch segment {
        case .literal(let text):
            return .string(text)
        case .parameter(let name):
            guard let value = parameters[name] else {
                throw MissingValue(text: "the run has no parameter `\(name)`")
            }
            return value
        case .output(let task, let name):
            guard let value = outputs[task]?[name] else {
                throw MissingValue(text: "`\(task)` has no output `\(name)` in this run")
            }
            return value
        }
    }
}

extension TaskDefinition {
    /// The tasks whose outputs its templates look at.
    var templateTasks: Set<TaskID> {
        var templates = environment.map(\.value)
        switch action {
        case .arguments(let arguments): templates += arguments
        case .triggerDAG(let action):
            for case .template(let template) in action.parameters.map(\.value) { templates.append(template) }
        case .shell, .none: break
        }
        return Set(
            templates.flatMap(\.segments).compactMap {
                if case .output(let task, _) = $0 { task } else { nil }
            })
    }
}
