import DAGDomain
import JSONText

extension ShapeCheck {
    /// Checks the keys of an object against its table, and their values against their shapes.
    mutating func checkKeys(_ members: [JSONMember], of table: KeyTable, _ node: JSONNode) {
        var found: [String: JSONMember] = [:]
        var hasLaterKey = false
        for member in members {
            guard let rule = table.rule(for: member.key) else {
                if !Fields.isIgnored(member.key) { reportUnknown(member, in: table) }
                continue
            }
            if rule.isLater {
                hasLaterKey = true
                diagnostics.error("\"\(member.key)\" is not supported yet", at: member.keyPosition)
                continue
            }
            if let other = found.updateValue(member, forKey: rule.name), other.key != member.key {
                diagnostics.error(
                    "\"\(member.key)\" and \"\(other.key)\" mean the same; keep one", at: member.keyPosition)
            }
            check(member.node, rule.shape, .key(member.key))
        }
        for rule in table.keys {
            if let member = found[rule.name] {
                reportConflicts(of: rule, member, with: found)
            } else if rule.isRequired, !hasLaterKey, !Fields.isMisspelt(rule.name, in: members, table) {
                diagnostics.error("\(table.title) needs \"\(rule.name)\"", at: node.position)
            }
        }
    }

    private mutating func reportConflicts(
        of rule: KeyRule, _ member: JSONMember, with found: [String: JSONMember]
    ) {
        for name in rule.conflicts {
            guard let other = found[name] else { continue }
            diagnostics.error(
                "\"\(member.key)\" and \"\(other.key)\" mean the same; keep one", at: member.keyPosition)
        }
    }

    private mutating func reportUnknown(_ member: JSONMember, in table: KeyTable) {
        var message = "unknown key \(member.key.quotedForMessage)"
        if let reason = table.misplacedWords[member.key] {
            message = "\(member.key.quotedForMessage) cannot be in \(table.title); \(reason)"
        } else if let suggestion = table.suggestion(for: member.key) {
            message += "; did you mean \"\(suggestion)\"?"
        } else {
            message += " in \(table.title); the name of a key of your own starts with \"x-\""
        }
        diagnostics.error(message, at: member.keyPosition)
    }
}
