import DAGDomain
import JSONText

extension SettingsReader {
    mutating func readParameters(_ node: JSONNode?) -> [ParameterDefinition] {
        var definitions: [ParameterDefinition] = []
        var variables: [String: String] = [:]
        for member in node?.members ?? [] {
            let variable = member.key.uppercased()
            if let other = variables.updateValue(member.key, forKey: variable), other != member.key {
                diagnostics.error(
                    "the params \"\(other)\" and \"\(member.key)\" would both be "
                        + "$ORCHESTRATOR_PARAM_\(variable)",
                    at: member.keyPosition)
            }
            definitions.append(readParameter(member))
        }
        return definitions
    }

    private mutating func readParameter(_ member: JSONMember) -> ParameterDefinition {
        guard let members = member.node.members, ShapeCheck.isSchema(members),
            let object = member.node.value.objectValue
        else {
            return ParameterDefinition(name: member.key, schema: ["default": member.node.value])
        }
        checkPatterns(member.node)
        if let value = members.first(where: { $0.key == "default" }) {
            let label = "the default of the param \"\(member.key)\""
            for problem in ParameterSchema(schema: object).problems(value.node.value, label) {
                diagnostics.error(problem, at: value.node.position)
            }
        }
        return ParameterDefinition(name: member.key, schema: object)
    }

    /// Checks that every regular expression of a schema can be read.
    private mutating func checkPatterns(_ node: JSONNode) {
        for member in node.members ?? [] {
            switch member.key {
            case "pattern":
                guard let text = member.node.stringValue else { continue }
                if (try? Regex(text)) == nil {
                    diagnostics.error(
                        "\(text.quotedForMessage) is not a regular expression", at: member.node.position)
                }
            case "items": checkPatterns(member.node)
            case "properties":
                for property in member.node.members ?? [] { checkPatterns(property.node) }
            default: break
            }
        }
    }
}
