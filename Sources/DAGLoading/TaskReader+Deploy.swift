import DAGDomain
import JSONText

/// `deploy` of a task.
extension TaskReader {
    /// - Parameter task: has its role, model, action, checks and gate already.
    mutating func readDeploy(_ fields: Fields, _ task: inout ReadTask) -> DeployPlan? {
        guard let member = fields.member("deploy") else { return nil }
        guard task.definition.role == .deploy else {
            if fields["type"] == nil || fields.choice("type", TaskRole.self) != nil {
                diagnostics.error("\"deploy\" needs the \"type\" \"deploy\"", at: member.keyPosition)
            }
            return nil
        }
        guard member.node.members != nil else { return nil }
        if fields["model"] == nil, !fields.isMisspelt("model") {
            diagnostics.error("\"deploy\" needs a \"model\"", at: member.keyPosition)
        }
        for key in ["checks", "expand", "expand_kwargs", "matrix"] {
            guard let other = fields.member(key) else { continue }
            diagnostics.error("\"\(key)\" and \"deploy\" cannot stand side by side", at: other.keyPosition)
        }
        if task.definition.gate?.conditions.contains(where: { $0.comparison != nil }) == true {
            diagnostics.error(
                "the gate of a task with \"deploy\" is on its own metrics: compare versions in an evaluate task before",
                at: member.keyPosition)
        }
        let deploy = Fields(member.node, .deploy)
        let strategy = deploy.choice("strategy", DeployPlan.Strategy.self) ?? .replace
        var plan = DeployPlan(strategy: strategy)
        if let steps = deploy.member("steps") {
            if strategy == .canary {
                plan.steps = readSteps(steps.node)
            } else {
                diagnostics.error("\"steps\" are for the strategy \"canary\"", at: steps.keyPosition)
            }
        }
        plan.health = deploy["health"].flatMap { readHealth($0, &task) }
        if let rollback = deploy["rollback"] { plan.rollback = readRollback(rollback, &task) }
        return plan
    }

    private mutating func readSteps(_ node: JSONNode) -> [DeployPlan.Step] {
        var steps: [DeployPlan.Step] = []
        for element in node.elements ?? [] {
            let fields = element.members == nil ? nil : Fields(element, .deployStep)
            guard
                let percent = fields.map({ $0.integer("percent") }) ?? element.value.intValue.map({ Int($0) })
            else { continue }
            if let last = steps.last, last.percent >= percent {
                diagnostics.error("the percentages of \"steps\" must rise", at: element.position)
            }
            steps.append(DeployPlan.Step(percent: percent, wait: fields?.duration("wait") ?? .zero))
        }
        if let last = steps.last, last.percent < 100 {
            diagnostics.error("the last of the \"steps\" must be 100", at: node.position)
        }
        return steps
    }

    private mutating func readHealth(_ node: JSONNode, _ task: inout ReadTask) -> DeployPlan.Health? {
        let fields = Fields(node, .deployHealth)
        if fields["http"] != nil, let command = fields.member("command") {
            diagnostics.error(
                "\"http\" and \"command\" cannot stand side by side", at: command.keyPosition)
        }
        let look: DeployPlan.Health.Look
        let status = fields.integer("status").map { $0...$0 } ?? 200...299
        if let address = fields["http"], address.members != nil {
            guard let output = Fields(address, .deployAddress).string("output") else { return nil }
            look = .told(output: output, status: status)
        } else if let url = fields["http"] {
            guard let text = readTemplate(url, references: &task.references) else { return nil }
            if text.isLiteral, !["http://", "https://"].contains(where: { text.literalText.hasPrefix($0) }) {
                diagnostics.error("the URL must start with http:// or https://", at: url.position)
            }
            look = .http(text, status: status)
        } else {
            guard let command = fields["command"], let program = readProgram(command, &task) else {
                return nil
            }
            if let status = fields.member("status") {
                diagnostics.error("\"status\" belongs to \"http\"", at: status.keyPosition)
            }
            look = .program(program)
        }
        return DeployPlan.Health(
            look: look,
            retries: fields.integer("retries")
                ?? (fields["deadline"] == nil ? DeployPlan.Health.defaultRetries : Int(Int32.max)),
            interval: fields.duration("interval") ?? DeployPlan.Health.defaultInterval,
            timeout: fields.duration("timeout") ?? DeployPlan.Health.defaultTimeout,
            deadline: fields.duration("deadline"))
    }

    private mutating func readRollback(_ node: JSONNode, _ task: inout ReadTask) -> DeployPlan.Rollback {
        if let isOn = node.value.boolValue { return isOn ? .command : .none }
        return readProgram(node, &task).map { .program($0) } ?? .none
    }

    private mutating func readProgram(_ node: JSONNode, _ task: inout ReadTask) -> DeployPlan.Program? {
        guard let text = node.stringValue else {
            let elements = node.elements ?? []
            if elements.first?.stringValue?.isEmpty == true {
                diagnostics.error("the program of the \"command\" is empty", at: elements[0].position)
            }
            return .arguments(elements.compactMap { readTemplate($0, references: &task.references) })
        }
        if let expression = TemplateParser.expectedTemplate(in: text) {
            let variable = TemplateParser.variable(for: expression)
            diagnostics.error(
                "{{ \(expression) }}: nothing is filled in in a shell string; use \(variable)",
                at: node.position)
        }
        return .shell(text)
    }
}
