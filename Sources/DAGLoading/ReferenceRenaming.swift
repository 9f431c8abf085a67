import DAGDomain

/// Replaces the short ids by which tasks of a group name each other, once all ids are known.
extension TaskDefinition {
    mutating func renameReferences(_ fullID: (TaskID) -> TaskID) {
        action = action.renaming(fullID)
        environment = environment.map {
            EnvironmentEntry(name: $0.name, value: $0.value.renaming(fullID))
        }
        checks = checks.map { check in check.replacing { $0.renaming(fullID) } }
        lateAssets.inlets = lateAssets.inlets.map { $0.replacing { $0.renaming(fullID) } }
        lateAssets.outlets = lateAssets.outlets.map { $0.replacing { $0.renaming(fullID) } }
        drift = drift?.replacing { $0.renaming(fullID) }
        flow.mapping = flow.mapping?.renaming(fullID)
        deploy = deploy?.replacing { $0.renaming(fullID) }
        if var use = model {
            use.version = use.version?.renaming(fullID)
            if case .upstream(let task, let name) = use.reference {
                use.reference = .upstream(fullID(task), artifact: name)
            }
            model = use
        }
        if let wait = flow.wait, case .file(let path) = wait.condition {
            flow.wait = Wait(
                .file(path: path.renaming(fullID)), timeout: wait.timeout, pokeInterval: wait.pokeInterval,
                isSoftFail: wait.isSoftFail)
        }
    }
}

extension TaskAction {
    fileprivate func renaming(_ fullID: (TaskID) -> TaskID) -> TaskAction {
        switch self {
        case .shell, .none: return self
        case .arguments(let texts): return .arguments(texts.map { $0.renaming(fullID) })
        case .performed(let action):
            return .performed(
                PerformedAction(action.kind, action.specification.replacing { $0.renaming(fullID) }))
        case .triggerDAG(let action):
            let parameters = action.parameters.map { parameter in
                guard case .template(let text) = parameter.value else { return parameter }
                return TriggerDAGAction.Parameter(
                    name: parameter.name, value: .template(text.renaming(fullID)))
            }
            return .triggerDAG(
                TriggerDAGAction(
                    dagID: action.dagID, parameters: parameters, waitsForRun: action.waitsForRun))
        }
    }
}

extension TemplateText {
    fileprivate func renaming(_ fullID: (TaskID) -> TaskID) -> TemplateText {
        TemplateText(
            segments: segments.map { segment in
                guard case .place(let place) = segment, case .output(let task, let name) = place.reference
                else { return segment }
                return .place(
                    TemplatePlace(.output(task: fullID(task), name: name), filters: place.filters))
            })
    }
}

extension TaskMapping {
    func renaming(_ fullID: (TaskID) -> TaskID) -> TaskMapping {
        switch form {
        case .product(let axes): return TaskMapping(.product(axes.map { $0.renaming(fullID) }))
        case .matrix(let axes, let include, let exclude):
            return TaskMapping(
                .matrix(axes.map { $0.renaming(fullID) }, include: include, exclude: exclude))
        case .rows(let values): return TaskMapping(.rows(values.renaming(fullID)))
        }
    }
}

extension TaskMapping.Axis {
    fileprivate func renaming(_ fullID: (TaskID) -> TaskID) -> TaskMapping.Axis {
        TaskMapping.Axis(name: name, values: values.renaming(fullID))
    }
}

extension TaskMapping.Values {
    fileprivate func renaming(_ fullID: (TaskID) -> TaskID) -> TaskMapping.Values {
        guard case .output(let task, let name) = self else { return self }
        return .output(task: fullID(task), name: name)
    }
}
