import DAGDomain
import JSONText

/// A part of a task in which values are filled in: what `tasks render` shows and the API calls `rendered_fields`.
struct TemplateField: Sendable {
    enum Content: Sendable {
        /// Nothing is filled in in it.
        case fixed(JSONValue)
        case text(TemplateText)
        case list([TemplateText])
        case entries([(name: String, value: TriggerDAGAction.ParameterText)])
        case json(TemplateJSON)
    }

    let name: String
    let content: Content

    var templates: [TemplateText] {
        switch content {
        case .fixed: []
        case .text(let text): [text]
        case .list(let texts): texts
        case .json(let value): value.templates
        case .entries(let entries):
            entries.compactMap { if case .template(let text) = $0.value { text } else { nil } }
        }
    }

    var isLiteral: Bool { templates.allSatisfy(\.isLiteral) }
}

extension TaskDefinition {
    /// The parts of the task in which values are filled in; the one place that a new way of running has to name them.
    func templateFields(in dag: DAG) -> [TemplateField] {
        var fields: [TemplateField] = []
        switch action {
        case .shell(let text): fields.append(TemplateField(name: "command", content: .fixed(.string(text))))
        case .arguments(let arguments):
            fields.append(TemplateField(name: "command", content: .list(arguments)))
        case .performed(let action):
            fields.append(
                TemplateField(name: action.kind.rawValue, content: .json(action.specification)))
        case .triggerDAG(let action):
            fields.append(
                TemplateField(name: "trigger_dag_id", content: .fixed(.string(action.dagID.text))))
            fields.append(
                TemplateField(
                    name: "params", content: .entries(action.parameters.map { ($0.name, $0.value) })))
        case .none: break
        }
        if case .file(let path) = flow.wait?.condition {
            fields.append(TemplateField(name: "filepath", content: .text(path)))
        }
        for check in checks {
            let texts = check.templates.filter { !$0.isLiteral }
            if !texts.isEmpty {
                fields.append(TemplateField(name: "checks.\(check.name)", content: .list(texts)))
            }
        }
        if let texts = deploy?.templates.filter({ !$0.isLiteral }), !texts.isEmpty {
            fields.append(TemplateField(name: "deploy", content: .list(texts)))
        }
        for (name, assets) in [("inlets", lateAssets.inlets), ("outlets", lateAssets.outlets)]
        where !assets.isEmpty {
            fields.append(TemplateField(name: name, content: .list(assets.map(\.uri))))
        }
        if let version = model?.version, !version.isLiteral {
            fields.append(TemplateField(name: "model.version", content: .text(version)))
        }
        let paths = (drift?.templates ?? []).filter { !$0.isLiteral }
        if !paths.isEmpty { fields.append(TemplateField(name: "drift", content: .list(paths))) }
        let entries = dag.settings.environment + environment
        fields.append(
            TemplateField(name: "env", content: .entries(entries.map { ($0.name, .template($0.value)) })))
        return fields
    }

    /// The tasks whose outputs its templates look at.
    func templateTasks(in dag: DAG) -> Set<TaskID> {
        Set(
            templateFields(in: dag).flatMap(\.templates).flatMap(\.places).compactMap {
                if case .output(let task, _) = $0.reference { task } else { nil }
            })
    }
}
