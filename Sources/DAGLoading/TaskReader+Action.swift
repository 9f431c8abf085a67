import DAGDomain
import JSONText

/// What a task does: its command, the run it triggers, its environment, artifacts and gate.
extension TaskReader {
    mutating func readAction(_ fields: Fields, into task: inout ReadTask) {
        let role: TaskRole
        if fields["type"] == nil {
            role = .task
        } else if let given = fields.choice("type", TaskRole.self) {
            role = given
        } else {
            return
        }
        task.definition.role = role
        for (owner, keys) in RoleKeys.own where owner != role {
            for member in keys.compactMap({ fields.member($0) }) {
                diagnostics.error(
                    "\"\(member.key)\" needs \"type\": \"\(owner.rawValue)\"", at: member.keyPosition)
            }
        }
        if RoleKeys.withoutCommand.contains(role) {
            for member in RoleKeys.ways.compactMap({ fields.member($0) }) {
                diagnostics.error(
                    "a task of type \"\(role.rawValue)\" runs no \"\(member.key)\"", at: member.keyPosition)
            }
        }
        if role != .sensor, role != .approval { readTimeout(fields, into: &task.definition) }
        switch role {
        case .noop, .latestOnly: break
        case .triggerDAG: readTrigger(fields, into: &task)
        case .approval: readApproval(fields, into: &task)
        case .sensor: readSensor(fields, into: &task)
        default: readWay(fields, into: &task)
        }
    }

    mutating func readCommand(_ fields: Fields, into task: inout ReadTask) {
        guard let node = fields["command"] else { return }
        if let text = node.stringValue {
            task.definition.action = .shell(text)
            if let expression = TemplateParser.expectedTemplate(in: text) {
                let variable = TemplateParser.variable(for: expression)
                diagnostics.error(
                    "{{ \(expression) }}: nothing is filled in in a shell string; use \(variable)",
                    at: node.position)
            }
        } else if let elements = node.elements {
            if elements.first?.stringValue?.isEmpty == true {
                diagnostics.error("the program of the \"command\" is empty", at: elements[0].position)
            }
            let arguments = elements.compactMap { element -> TemplateText? in
                readTemplate(element, references: &task.references)
            }
            task.definition.action = .arguments(arguments)
        }
    }

    /// Reads the object `trigger_dag`, or Airflow's two flat keys.
    private mutating func readTrigger(_ fields: Fields, into task: inout ReadTask) {
        let object = fields["trigger_dag"].map { Fields($0, .triggeredRun) }
        let id = object?.string("dag_id") ?? fields.string("trigger_dag_id")
        if object == nil, fields["trigger_dag_id"] == nil, !fields.isMisspelt("trigger_dag") {
            diagnostics.error("a trigger_dag task needs \"trigger_dag\"", at: fields.position)
        }
        guard let id else { return }
        let given = object?["params"] ?? fields["conf"]
        var parameters: [TriggerDAGAction.Parameter] = []
        for member in given?.members ?? [] {
            let value: TriggerDAGAction.ParameterText
            if member.node.stringValue != nil {
                guard let text = readTemplate(member.node, references: &task.references) else { continue }
                value = text.isLiteral ? .value(member.node.value) : .template(text)
            } else {
                refuseNestedTemplates(member.node)
                value = .value(member.node.value)
            }
            parameters.append(TriggerDAGAction.Parameter(name: member.key, value: value))
        }
        if object?["wait"] != nil, let member = fields.member("wait_for_completion") {
            diagnostics.error(
                "\"wait_for_completion\" and \"wait\" mean the same; keep one", at: member.keyPosition)
        }
        let waits = (object?["wait"] ?? fields["wait_for_completion"])?.value.boolValue ?? false
        task.definition.action = .triggerDAG(
            TriggerDAGAction(dagID: DAGID(id), parameters: parameters, waitsForRun: waits))
    }

    private mutating func refuseNestedTemplates(_ node: JSONNode) {
        if let text = node.stringValue, let expression = TemplateParser.expectedTemplate(in: text) {
            diagnostics.error(
                "{{ \(expression) }}: nothing is filled in inside lists and objects of \"params\"",
                at: node.position)
        }
        for element in node.elements ?? [] { refuseNestedTemplates(element) }
        for member in node.members ?? [] { refuseNestedTemplates(member.node) }
    }

    /// Reads a text with places to fill in; reports what is wrong in it and collects what it refers to.
    mutating func readTemplate(_ node: JSONNode, references: inout [OutputReference]) -> TemplateText? {
        guard let text = node.stringValue else { return nil }
        let template: TemplateParser.Parsed
        do throws(TemplateParser.Failure) {
            template = try TemplateParser.parse(text)
        } catch {
            diagnostics.error(error.message, at: node.position, inText: error.offset)
            return nil
        }
        for (place, offset) in template.places {
            switch place.reference {
            case .parameter(let name, _):
                if parameters.contains(name) { continue }
                reportParameter(name, "params.\(name)", parameters, at: node.position, offset)
            case .configuration(let path):
                // What the run was given: the values of a mapping are not among it.
                let given = ParameterNames(declared: parameters.declared)
                guard let name = path.first, !given.contains(name) else { continue }
                reportParameter(name, "dag_run.conf.\(name)", given, at: node.position, offset)
            case .output(let task, let name):
                references.append(
                    OutputReference(
                        task: task.text, name: name, shown: "{{ outputs.\(task).\(name) }}",
                        position: node.position))
            case .fact(let name):
                guard name.isOfNotice, !isInNotice else { continue }
                diagnostics.error(
                    "{{ \(name.rawValue) }}: only a notice has it", at: node.position, inText: offset)
            case .parameters, .variable, .variableJSON, .connection, .text: break
            }
        }
        return template.text
    }

    private mutating func reportParameter(
        _ name: String, _ shown: String, _ known: ParameterNames, at position: JSONPosition, _ offset: Int
    ) {
        diagnostics.error(
            "{{ \(shown) }}: no such param\(known.hint(for: name))", at: position, inText: offset)
    }

    /// Whether outputs may be used in an `env`: only where the upstream tasks are known.
    enum OutputUse {
        case allowed
        case refused(String)
    }

    mutating func readEnvironment(
        _ node: JSONNode, outputs: OutputUse
    ) -> (entries: [EnvironmentEntry], references: [OutputReference]) {
        var entries: [EnvironmentEntry] = []
        var references: [OutputReference] = []
        for member in node.members ?? [] {
            if ReservedVariables.contains(member.key) {
                diagnostics.error(
                    "\(member.key.quotedForMessage) is set by the program and cannot be in \"env\"",
                    at: member.keyPosition)
            }
            let template: TemplateText?
            if member.node.stringValue != nil {
                template = readTemplate(member.node, references: &references)
            } else {
                template = TemplateText(literal: member.node.value.text())
            }
            if let template { entries.append(EnvironmentEntry(name: member.key, value: template)) }
        }
        if case .refused(let place) = outputs {
            for reference in references {
                diagnostics.error(
                    "\(reference.shown): outputs are known to the tasks below only; use it in a task's own \"env\", "
                        + "not in "
                        + "that of \(place)", at: reference.position)
            }
        }
        return (entries, references)
    }

    mutating func readArtifacts(_ elements: [JSONNode]) -> [ArtifactDeclaration] {
        var names = Set<String>()
        var declarations: [ArtifactDeclaration] = []
        for element in elements {
            let fields = Fields(element, .artifact)
            let path = fields["path"] ?? element
            guard let text = path.stringValue, !text.isEmpty else { continue }
            refuseTemplate(text, in: "artifacts", at: path.position)
            if !Self.isInsideFolder(text) {
                diagnostics.error(
                    "the artifact path \(text.quotedForMessage) must be relative and stay inside the "
                        + "artifact folder",
                    at: path.position)
            }
            let name = fields.string("name") ?? text
            if !names.insert(name).inserted {
                diagnostics.error("two artifacts are named \(name.quotedForMessage)", at: element.position)
            }
            declarations.append(ArtifactDeclaration(name: name, path: text))
        }
        return declarations
    }

    static func isInsideFolder(_ path: String) -> Bool {
        path.utf8.count <= 1024
            && path.split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }
}
