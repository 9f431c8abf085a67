import DAGDomain
import JSONText

/// `inlets` and `outlets` of a task: assets with a fixed URI, assets whose URI is filled in when the task starts, and
/// aliases.
extension TaskReader {
    mutating func readAssets(_ fields: Fields, into task: inout ReadTask) {
        var late = LateAssets()
        task.definition.inlets = readAssets(fields, "inlets", into: &task, &late.inlets, &late.aliases)
        task.definition.outlets = readAssets(fields, "outlets", into: &task, &late.outlets, &late.aliases)
        task.definition.lateAssets = late
        guard !late.inlets.isEmpty || late.updatesAny, !task.definition.startsProgram,
            let member = fields.member(late.updatesAny ? "outlets" : "inlets")
        else { return }
        let what = late.inlets.isEmpty && late.outlets.isEmpty ? "an alias" : "a template"
        diagnostics.error(
            "\(what) in \"\(member.key)\" needs a task that starts a program: a \"\(task.definition.role.rawValue)\" "
                + "task has its assets as they stand in the file", at: member.keyPosition)
    }

    /// - Returns: the assets whose URI is fixed.
    private mutating func readAssets(
        _ fields: Fields, _ key: String, into task: inout ReadTask, _ templates: inout [AssetTemplate],
        _ aliases: inout [AssetAliasName]
    ) -> [Asset] {
        var fixed = AssetReader(diagnostics: diagnostics)
        for element in fields[key]?.elements ?? [] {
            let parts = element.members == nil ? nil : Fields(element, .outlet)
            if let parts, let place = parts["alias"], let text = place.stringValue {
                diagnostics = fixed.diagnostics
                readAlias(text, parts, at: place.position, into: &aliases)
                fixed.diagnostics = diagnostics
                continue
            }
            let place = parts == nil ? element : parts?["uri"]
            guard let place, let text = place.stringValue, text.contains("{{")
            else {
                fixed.readElement(element, in: key)
                continue
            }
            diagnostics = fixed.diagnostics
            if let uri = readTemplate(place, references: &task.references) {
                templates.append(
                    AssetTemplate(
                        uri: uri, name: parts?.string("name"),
                        group: parts?.string("group") ?? Asset.defaultGroup,
                        extra: parts?["extra"]?.value.objectValue ?? JSONObject()))
            }
            fixed.diagnostics = diagnostics
        }
        diagnostics = fixed.diagnostics
        return fixed.assets
    }

    private mutating func readAlias(
        _ text: String, _ fields: Fields, at position: JSONPosition, into aliases: inout [AssetAliasName]
    ) {
        for key in ["uri", "name", "group", "extra"] {
            guard let member = fields.member(key) else { continue }
            diagnostics.error("\"\(key)\" cannot stand beside \"alias\"", at: member.keyPosition)
        }
        let alias = AssetAliasName(text)
        guard alias.isValid else { return }
        refuseTemplate(text, in: "alias", at: position)
        if aliases.contains(alias) {
            diagnostics.error("the alias \(text.quotedForMessage) is listed twice", at: position)
        } else {
            aliases.append(alias)
        }
    }
}

extension TaskDefinition {
    /// Whether its success is the end of an attempt that was prepared, and of which a file with what it says is read.
    fileprivate var startsProgram: Bool {
        switch action {
        case .shell, .arguments, .performed: flow.wait == nil || flow.wait?.condition == .poke
        case .triggerDAG, .none: false
        }
    }
}
