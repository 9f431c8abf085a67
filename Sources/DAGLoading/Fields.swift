import JSONText

/// The members of an object by the canonical name of their key, whichever alias the file uses.
struct Fields {
    private let members: [(name: String, member: JSONMember)]
    let position: JSONPosition
    private let node: JSONNode
    private let table: KeyTable.Name

    /// Takes what the table knows; everything else is `ShapeCheck`'s business.
    init(_ node: JSONNode, _ table: KeyTable.Name) {
        let keys = table.table
        members = (node.members ?? []).compactMap { member in
            keys.rule(for: member.key).map { ($0.name, member) }
        }
        position = node.position
        self.node = node
        self.table = table
    }

    func isMisspelt(_ name: String) -> Bool { Self.isMisspelt(name, in: node.members ?? [], table.table) }

    subscript(name: String) -> JSONNode? { member(name)?.node }

    func member(_ name: String) -> JSONMember? { members.first { $0.name == name }?.member }

    func string(_ name: String) -> String? { self[name]?.stringValue }

    /// The integer; nil when absent or, reported by `ShapeCheck`, not one.
    func integer(_ name: String) -> Int? { self[name]?.value.intValue.flatMap { Int(exactly: $0) } }

    func number(_ name: String) -> Double? { self[name]?.value.doubleValue }

    func duration(_ name: String) -> Duration? {
        guard let node = self[name] else { return nil }
        return try? Duration(node)
    }

    func choice<Choice: RawRepresentable<String>>(_ name: String, _: Choice.Type = Choice.self) -> Choice? {
        string(name).flatMap(Choice.init(rawValue:))
    }

    /// The elements of an array of strings.
    func strings(_ name: String) -> [String]? { self[name]?.elements?.compactMap(\.stringValue) }

    /// Whether an unknown key probably stands for a missing one: the one error about it is enough.
    static func isMisspelt(_ name: String, in members: [JSONMember], _ table: KeyTable) -> Bool {
        members.contains { member in
            table.rule(for: member.key) == nil && !isIgnored(member.key)
                && table.suggestion(for: member.key) == name
        }
    }

    /// Keys that carry no meaning for the program.
    static func isIgnored(_ key: String) -> Bool { key.hasPrefix("x-") || key == "$schema" }
}
