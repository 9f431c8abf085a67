import DAGDomain
import JSONText

/// What a task's process is started with, as far as it follows from the definition, the run and the values filled in.
struct TaskCommand: Sendable {
    let facts: TemplateFacts
    /// Where the locks of deployments are; nil for a preview, which deploys nothing.
    var home: OrchestratorHome?
    /// Of the instance: those of the run, and over them what a mapped instance adds.
    let parameters: JSONObject

    private var definition: TaskDefinition? {
        facts.dag.index(of: facts.task).map { facts.dag.tasks[$0] }
    }

    /// Nil for a task that starts no program, or this one.
    func arguments(_ rendering: TemplateRendering) throws(TemplateRendering.Failure) -> [String]? {
        switch definition?.action {
        case .shell(let text): return ["/bin/sh", "-c", text]
        case .arguments(let templates):
            var arguments: [String] = []
            for template in templates { arguments.append(try rendering.text(template)) }
            return arguments
        case .performed, .triggerDAG, .some(.none), nil: return nil
        }
    }

    /// What this program is to do itself for the task; nil when it only starts another.
    func performance(_ rendering: TemplateRendering) throws(TemplateRendering.Failure) -> TaskPerformance? {
        let work = try ownWork(rendering)
        if let definition, let deploy = definition.deploy, let home {
            let isAgain = facts.run.redeploys != nil
            return try (isAgain ? deploy.again : deploy).performance(
                of: definition, gate: isAgain ? nil : definition.gate, after: work,
                or: try arguments(rendering), home: home
            ) { (text) throws(TemplateRendering.Failure) in try rendering.text(text) }
        }
        guard let definition, definition.isChecked else { return work }
        return TaskPerformance(
            checking: try checkTexts(definition.checks, rendering), definition.bootstraps, after: work,
            or: try arguments(rendering))
    }

    private func checkTexts(
        _ checks: [DataCheck], _ rendering: TemplateRendering
    ) throws(TemplateRendering.Failure) -> [JSONObject] {
        var objects: [JSONObject] = []
        for check in checks {
            let fill = { (text: TemplateText) throws(TemplateRendering.Failure) in try rendering.text(text) }
            switch check.place {
            case .file(let path): objects.append(try check.json(path: try fill(path), fill: fill))
            case .artifact(let name):
                let path = definition?.artifacts.first { $0.name == name }?.path ?? name
                var object = try check.json(path: path, fill: fill)
                // The folder is known to the process only.
                object["is_artifact"] = true
                objects.append(object)
            }
        }
        return objects
    }

    func ownWork(
        _ rendering: TemplateRendering
    ) throws(TemplateRendering.Failure) -> TaskPerformance? {
        guard case .performed(let action) = definition?.action else { return nil }
        let specification = try action.specification.filled {
            (text) throws(TemplateRendering.Failure) in try rendering.value(text)
        }
        return TaskPerformance(
            kind: action.kind.rawValue, specification: specification.objectValue ?? JSONObject())
    }

    /// The environment without the variables that name files.
    func environment(
        _ rendering: TemplateRendering, inherited: [String: String]
    ) throws(TemplateRendering.Failure) -> [String: String] {
        var variables = inherited
        for entry in facts.dag.settings.environment + (definition?.environment ?? []) {
            variables[entry.name] = try rendering.text(entry.value)
        }
        let identity = TaskEnvironment.identity(
            run: facts.run, task: facts.task, mapIndex: facts.mapIndex, tryNumber: facts.tryNumber)
        // A task may name its GPUs itself; who it is, it may not choose.
        variables.merge(identity) { own, given in given.isEmpty ? own : given }
        variables.merge(TaskEnvironment.parameters(parameters)) { _, given in given }
        return variables
    }

    var workingDirectory: String {
        guard let folder = definition?.workingDirectory else { return facts.dag.folder }
        return folder.hasPrefix("/") ? folder : facts.dag.folder + "/" + folder
    }
}
