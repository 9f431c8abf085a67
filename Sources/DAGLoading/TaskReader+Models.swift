import DAGDomain
import JSONText

/// What a task has to do with a registered model.
extension TaskReader {
    /// - Parameter task: has its role and artifacts already.
    mutating func readModel(_ fields: Fields, _ task: inout ReadTask) -> ModelUse? {
        guard let member = fields.member("model") else { return nil }
        let role = task.definition.role
        guard ModelUse.roles.contains(role) else {
            let names = ModelUse.roles.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            if fields["type"] == nil || fields.choice("type", TaskRole.self) != nil {
                diagnostics.error("\"model\" needs a \"type\": one of \(names)", at: member.keyPosition)
            }
            return nil
        }
        if let name = member.node.stringValue {
            var use = ModelUse(name: ModelName(name))
            if role == .train { use.artifact = modelArtifact(nil, task.definition, at: member.keyPosition) }
            return use
        }
        guard member.node.members != nil else { return nil }
        let model = Fields(member.node, .model)
        guard let name = model.string("name") else { return nil }
        let own = role == .train ? ["version"] : ["artifact", "reference", "environment"]
        for wrong in own.compactMap({ model.member($0) }) {
            diagnostics.error(
                "\"\(wrong.key)\" is not for a task of type \"\(role.rawValue)\"", at: wrong.keyPosition)
        }
        var use = ModelUse(name: ModelName(name), alias: model.string("alias").map { AliasName($0) })
        if role == .train {
            use.artifact = modelArtifact(model["artifact"], task.definition, at: member.keyPosition)
            use.environment = readLockFiles(model["environment"])
            use.reference = readReference(model["reference"], &task)
        } else {
            use.version = readVersion(model["version"], &task)
        }
        return use
    }

    /// Which artifact is the model.
    private mutating func modelArtifact(
        _ node: JSONNode?, _ task: TaskDefinition, at position: JSONPosition
    ) -> String? {
        let names = task.artifacts.map(\.name)
        guard let node else {
            if names.count == 1 { return names[0] }
            let text =
                names.isEmpty
                ? "the task that trains needs the model's file in \"artifacts\""
                : "the task has several artifacts; say which is the model by \"artifact\""
            diagnostics.error(text, at: position)
            return nil
        }
        guard let name = node.stringValue else { return nil }
        guard names.contains(name) else {
            reportArtifact(name, names, at: node.position)
            return nil
        }
        return name
    }

    private mutating func reportArtifact(_ name: String, _ names: [String], at position: JSONPosition) {
        diagnostics.error(
            "no artifact of the task is named \(name.quotedForMessage)"
                + (names.isEmpty ? "" : "; there is " + names.joined(separator: ", ")), at: position)
    }

    private mutating func readLockFiles(_ node: JSONNode?) -> [String] {
        guard let node else { return [] }
        return (node.elements ?? [node]).compactMap { element in
            guard let path = element.stringValue else { return nil }
            refuseTemplate(path, in: "environment", at: element.position)
            if !Self.isInsideFolder(path) {
                diagnostics.error(
                    "the path \(path.quotedForMessage) must be relative and stay inside the DAG's folder",
                    at: element.position)
            }
            return path
        }
    }

    /// An artifact of the task, or `TASK.NAME`, where the first dot ends the id.
    private mutating func readReference(_ node: JSONNode?, _ task: inout ReadTask) -> ModelReferenceData? {
        guard let node, let text = node.stringValue else { return nil }
        let names = task.definition.artifacts.map(\.name)
        if names.contains(text) { return .own(text) }
        guard let dot = text.firstIndex(of: "."), dot != text.startIndex,
            text.index(after: dot) != text.endIndex
        else {
            reportArtifact(text, names, at: node.position)
            return nil
        }
        let upstream = String(text[..<dot])
        let name = String(text[text.index(after: dot)...])
        task.references.append(
            OutputReference(
                task: upstream, name: name, shown: "\"reference\": \(text.quotedForMessage)",
                position: node.position, isArtifact: true))
        return .upstream(TaskID(upstream), artifact: name)
    }

    private mutating func readVersion(_ node: JSONNode?, _ task: inout ReadTask) -> TemplateText? {
        guard let node else { return nil }
        if let number = node.value.intValue { return TemplateText(literal: String(number)) }
        guard let template = readTemplate(node, references: &task.references) else { return nil }
        if template.isLiteral, ModelReference(template.literalText) == nil {
            diagnostics.error(
                "\(template.literalText.quotedForMessage) is not a version: a number, an alias, \"latest\", or "
                    + "{{ outputs.TASK.model_version }}", at: node.position)
        }
        return template
    }
}
