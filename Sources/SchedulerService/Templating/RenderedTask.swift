import DAGDomain
import JSONText

/// A task with its values filled in: what `tasks render` shows.
package struct RenderedTask: Sendable {
    package var dagID: DAGID
    /// Nil for a look without a run.
    package var runID: RunID?
    package var taskID: TaskID
    package var mapIndex: Int
    package var tryNumber: Int
    /// `command`, `env` and what else the task's way of running has; secrets are masked.
    package var fields: JSONObject
    /// Why a place has no value, a sentence each; the place stands in its field as it is written.
    package var problems: [String]
    /// Whether the fields are those that the try was started with; otherwise they are filled in now.
    package var isRecorded: Bool
}

extension TemplateRendering {
    /// All fields, each as far as it can be filled in.
    func rendered(_ fields: [TemplateField]) -> (fields: JSONObject, problems: [String]) {
        var problems: [String] = []
        var result = JSONObject()
        for field in fields {
            switch field.content {
            case .fixed(let value): result[field.name] = value
            case .text(let template): result[field.name] = .string(shown(template, &problems))
            case .list(let templates):
                result[field.name] = .array(templates.map { .string(shown($0, &problems)) })
            case .entries(let entries):
                var object = JSONObject()
                for entry in entries {
                    switch entry.value {
                    case .value(let value): object[entry.name] = value
                    case .template(let template):
                        object[entry.name] =
                            (try? value(template)) ?? .string(shown(template, &problems))
                    }
                }
                result[field.name] = .object(object)
            }
        }
        return (result, problems)
    }

    /// A text whose places without a value stand as they are written.
    private func shown(_ template: TemplateText, _ problems: inout [String]) -> String {
        var result = ""
        for segment in template.segments {
            do throws(Failure) {
                result += try text(TemplateText(segments: [segment]))
            } catch {
                if case .place(let place) = segment { result += place.description }
                if !problems.contains(error.text) { problems.append(error.text) }
            }
        }
        return result
    }
}
