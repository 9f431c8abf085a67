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
    /// Airflow: `max_templated_field_length`.
    private static let maximumLength = 4096

    /// All fields, each as far as it can be filled in, masked, and each text cut to 4096 characters.
    func rendered(
        _ fields: [TemplateField], _ masker: SecretMasker
    ) -> (fields: JSONObject, problems: [String]) {
        var problems: [String] = []
        var result = JSONObject()
        for field in fields {
            switch field.content {
            case .fixed(let value): result[field.name] = value
            case .text(let template): result[field.name] = .string(shown(template, &problems))
            case .list(let templates):
                result[field.name] = .array(templates.map { .string(shown($0, &problems)) })
            case .json(let value):
                result[field.name] = value.withoutSecrets.filled {
                    (try? self.value($0)) ?? .string(shown($0, &problems))
                }
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
        return (
            JSONObject(result.map { ($0.key, Self.cut(masker.masked($0.value))) }),
            problems.map(masker.masked)
        )
    }

    private static func cut(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text) where text.utf8.count > maximumLength && text.count > maximumLength:
            .string(text.prefix(maximumLength) + "... [cut]")
        case .array(let elements): .array(elements.map(cut))
        case .object(let members): .object(JSONObject(members.map { ($0.key, cut($0.value)) }))
        default: value
        }
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
