import DAGDomain
import JSONText

/// Sensors and approvals.
extension TaskReader {
    mutating func readSensor(_ fields: Fields, into task: inout ReadTask) {
        let given = RoleKeys.awaited.compactMap { fields.member($0) }
        let choices = RoleKeys.awaitedChoices
        if given.isEmpty, !RoleKeys.awaited.contains(where: fields.isMisspelt) {
            diagnostics.error("a sensor needs \(choices)", at: fields.position)
        }
        for other in given.dropFirst() {
            diagnostics.error("a sensor waits for one thing only: \(choices)", at: other.keyPosition)
        }
        if fields["delay"] == nil, let member = fields.member("delay_from") {
            diagnostics.error("\"delay_from\" needs a \"delay\"", at: member.keyPosition)
        }
        guard let condition = readAwaited(fields, into: &task) else { return }
        let usual = Wait(condition)
        task.definition.flow.wait = Wait(
            condition, timeout: fields.duration("timeout") ?? usual.timeout,
            pokeInterval: fields.duration("poke_interval") ?? usual.pokeInterval,
            isSoftFail: fields["soft_fail"]?.value.boolValue ?? false)
    }

    private mutating func readAwaited(_ fields: Fields, into task: inout ReadTask) -> Wait.Condition? {
        if RoleKeys.ways.contains(where: { fields[$0] != nil }) {
            readWay(fields, into: &task)
            return .poke
        }
        if let node = fields["file"] { return readFile(node, references: &task.references) }
        if let node = fields["external"] { return readExternal(Fields(node, .externalRun)) }
        if let node = fields["at"], let text = node.stringValue, !text.isEmpty {
            do throws(TimestampFormatError) {
                return .instant(.at(try Timestamp(rfc3339: text)))
            } catch {
                diagnostics.error("\(error)", at: node.position)
                return nil
            }
        }
        if let delay = fields.duration("delay") {
            switch fields.string("delay_from") {
            case "logical_date": return .instant(.afterLogicalDate(delay))
            case "data_interval_end": return .instant(.afterDataInterval(delay))
            default: return .instant(.after(delay))
            }
        }
        return fields.string("time_of_day").flatMap(TextRule.secondsSinceMidnight).map {
            .instant(.timeOfDay(seconds: $0))
        }
    }

    private mutating func readFile(
        _ node: JSONNode, references: inout [OutputReference]
    ) -> Wait.Condition? {
        let place = node.members == nil ? node : Fields(node, .awaitedFile)["path"]
        guard let place, let path = readTemplate(place, references: &references) else { return nil }
        if let text = place.stringValue, path.isLiteral,
            text.split(separator: "/").dropLast().contains(where: { $0.contains("*") || $0.contains("?") })
        {
            diagnostics.error("\"*\" and \"?\" can stand in the last part of a path only", at: place.position)
        }
        return .file(path: path)
    }

    private mutating func readExternal(_ fields: Fields) -> Wait.Condition? {
        guard let dagID = fields.string("dag_id") else { return nil }
        var tasks = fields.strings("task_ids") ?? []
        if let task = fields.string("task_id") { tasks = [task] }
        reportRepetition(fields["task_ids"]?.elements ?? [], in: "task_ids")
        let allowed = states(fields["allowed_states"]) ?? [.success]
        let failed = states(fields["failed_states"]) ?? []
        if let state = allowed.intersection(failed).first, let node = fields["failed_states"] {
            diagnostics.error(
                "\"\(state.rawValue)\" cannot be in \"allowed_states\" and in \"failed_states\"",
                at: node.position)
        }
        let offset = fields["offset"].map { $0.isNull ? nil : try? Duration($0) } ?? .zero
        return .externalRun(
            ExternalRun(
                dagID: DAGID(dagID), tasks: tasks.map { TaskID($0) }, offset: offset, allowedStates: allowed,
                failedStates: failed))
    }

    private func states(_ node: JSONNode?) -> Set<DAGRunState>? {
        (node?.elements).map { Set($0.compactMap { $0.stringValue.flatMap(DAGRunState.init(rawValue:)) }) }
    }

    mutating func readApproval(_ fields: Fields, into task: inout ReadTask) {
        guard let subject = fields["subject"] else {
            if !fields.isMisspelt("subject") {
                diagnostics.error("an approval needs a \"subject\"", at: fields.position)
            }
            return
        }
        for key in ["subject", "body"] {
            guard let node = fields[key], let text = node.stringValue else { continue }
            refuseTemplate(text, in: key, at: node.position)
        }
        let approval = Approval(
            subject: subject.stringValue ?? "", body: fields.string("body") ?? "",
            fallback: fields.choice("default"), onRejection: fields.choice("on_reject") ?? .skip)
        let condition = Wait.Condition.approval(approval)
        task.definition.flow.wait = Wait(
            condition, timeout: fields.duration("timeout") ?? Wait(condition).timeout)
    }
}
