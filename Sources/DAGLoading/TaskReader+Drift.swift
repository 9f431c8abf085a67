import DAGDomain
import JSONText

/// What a monitoring task compares.
extension TaskReader {
    mutating func readDrift(_ fields: Fields, into task: inout ReadTask) {
        guard task.definition.role == .monitor, let node = fields["drift"], node.members != nil else {
            return
        }
        let drift = Fields(node, .drift)
        guard let reference = readReference(drift, fields, &task), let second = drift["current"],
            let current = readTable(
                second, isReference: false, name: DriftComparison.currentInput, fields, &task)
        else { return }
        var comparison = DriftComparison(reference: reference, current: current)
        comparison.columns = drift.strings("columns")
        reportRepetition(drift["columns"]?.elements ?? [], in: "columns")
        comparison.method = drift.string("method") ?? comparison.method
        comparison.threshold = drift.number("threshold")
        comparison.share = drift.number("share") ?? comparison.share
        if let share = drift["share"], !(0...1).contains(comparison.share) {
            diagnostics.error("\"share\" is from 0 to 1", at: share.position)
        }
        comparison.prediction = drift.string("prediction")
        comparison.label = drift.string("label")
        comparison.positive = drift["positive"].map { $0.stringValue ?? $0.value.text() }
        for (key, needed) in [("label", "prediction"), ("positive", "label")] {
            guard let member = drift.member(key), drift[needed] == nil, !drift.isMisspelt(needed) else {
                continue
            }
            diagnostics.error("\"\(key)\" needs \"\(needed)\"", at: member.keyPosition)
        }
        task.definition.drift = comparison
    }

    /// The data of the task's own model, if nothing else is named.
    private mutating func readReference(
        _ drift: Fields, _ fields: Fields, _ task: inout ReadTask
    ) -> DriftComparison.Table? {
        if let node = drift["reference"] {
            return readTable(
                node, isReference: true, name: DriftComparison.referenceInput, fields, &task)
        }
        if fields["model"] != nil { return .ownModel }
        if !drift.isMisspelt("reference") {
            diagnostics.error(
                "drift needs \"reference\", or the task a \"model\"", at: drift.position)
        }
        return nil
    }

    private mutating func readTable(
        _ node: JSONNode, isReference: Bool, name: String, _ fields: Fields, _ task: inout ReadTask
    ) -> DriftComparison.Table? {
        if let text = node.stringValue {
            if isReference, text == AliasName.champion.text { return champion(at: node.position, fields) }
            return place(node, kind: .either, name: name, &task)
        }
        guard node.members != nil else { return nil }
        let table = Fields(node, .driftTable)
        let given = RoleKeys.driftTables.compactMap { table.member($0) }
        if given.count > 1 {
            diagnostics.error(
                "\"\(given[0].key)\" and \"\(given[1].key)\" cannot stand side by side",
                at: given[1].keyPosition)
        }
        if let member = table.member("alias"), table["model"] == nil {
            diagnostics.error("\"alias\" needs \"model\"", at: member.keyPosition)
        }
        if let model = table["model"] {
            guard isReference else {
                diagnostics.error("only \"reference\" can be the data of a model", at: model.position)
                return nil
            }
            guard let text = model.stringValue else { return nil }
            let alias = table.string("alias").map { AliasName($0) } ?? .champion
            guard ModelName(text).isValid, alias.isValid else {
                diagnostics.error("this cannot be a model and its alias", at: model.position)
                return nil
            }
            return .model(ModelName(text), alias)
        }
        if let artifact = table["artifact"] { return place(artifact, kind: .artifact, name: name, &task) }
        return table["path"].flatMap { place($0, kind: .path, name: name, &task) }
    }

    /// The version of the model that the task is about.
    private mutating func champion(at position: JSONPosition, _ fields: Fields) -> DriftComparison.Table? {
        let model = fields["model"]
        guard
            let name = model?.stringValue
                ?? model?.members?.first(where: { $0.key == "name" })?.node.stringValue
        else {
            diagnostics.error(
                "\"champion\" of which model? Give the task a \"model\", or write {\"model\": NAME}",
                at: position)
            return nil
        }
        return .model(ModelName(name), .champion)
    }

    /// A text without places to fill in is an input of the task, so that what it held is on record.
    private mutating func place(
        _ node: JSONNode, kind: ReadInput.Kind, name: String, _ task: inout ReadTask
    ) -> DriftComparison.Table? {
        guard let text = node.stringValue, !text.isEmpty else { return nil }
        if TemplateParser.expectedTemplate(in: text) != nil {
            return readTemplate(node, references: &task.references).map { .path($0) }
        }
        task.inputs.append(ReadInput(name: name, text: text, kind: kind, position: node.position))
        return .input(name)
    }
}
