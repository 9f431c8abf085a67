import DAGDomain
import JSONText

extension ShapeCheck {
    /// Checks the keys of an object against its table, and their values against their shapes.
    mutating func checkKeys(_ members: [JSONMember], of table: KeyTable, _ node: JSONNode) {
        var found: [(rule: KeyRule, member: JSONMember)] = []
        found.reserveCapacity(members.count)
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
            if !rule.aliases.isEmpty,
                let other = found.first(where: { $0.rule === rule && $0.member.key != member.key })
            {
                reportTwice(member, other.member)
            }
            found.append((rule, member))
            check(member.node, rule.shape, .key(member.key))
        }
        for rule in table.requiredKeys where !hasLaterKey && !found.contains(where: { $0.rule === rule }) {
            if Fields.isMisspelt(rule.name, in: members, table) { continue }
            diagnostics.error("\(table.title) needs \"\(rule.name)\"", at: node.position)
        }
        if let first = table.needsOneOf.first, !hasLaterKey,
            !found.contains(where: { table.needsOneOf.contains($0.rule.name) }),
            !table.needsOneOf.contains(where: { Fields.isMisspelt($0, in: members, table) })
        {
            diagnostics.error("\(table.title) needs \"\(first)\"", at: node.position)
        }
        for rule in table.conflictingKeys {
            guard let member = found.first(where: { $0.rule === rule })?.member else { continue }
            for other in found where rule.conflicts.contains(other.rule.name) {
                reportTwice(member, other.member)
            }
        }
    }

    private mutating func reportTwice(_ member: JSONMember, _ other: JSONMember) {
        diagnostics.error(
            "\"\(member.key)\" and \"\(other.key)\" mean the same; keep one", at: member.keyPosition)
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
