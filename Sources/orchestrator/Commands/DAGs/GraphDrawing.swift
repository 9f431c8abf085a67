import JSONText

/// Draws the edges of a DAG, its groups, and which tasks become several instances.
struct GraphDrawing {
    struct Node {
        let id: String
        let role: String
        let upstream: [String]
        /// The innermost group around it.
        var group: String?
        /// What it runs through, when it is mapped.
        var mapping: String?

        /// The id with what is not evident from it.
        var label: String {
            let notes = [role == "task" ? nil : role, mapping].compactMap { $0 }
            return notes.isEmpty ? id : "\(id) (\(notes.joined(separator: "; ")))"
        }
    }

    struct Group {
        let id: String
        let parent: String?
        let mapping: String?

        var label: String { mapping.map { "\(id) (\($0))" } ?? id }
    }

    let name: String
    let nodes: [Node]
    /// Outer groups before inner ones.
    let groups: [Group]
    private let downstream: [String: [String]]

    init(name: String, nodes: [Node], groups: [Group] = []) {
        self.name = name
        self.nodes = nodes
        self.groups = groups
        var downstream: [String: [String]] = [:]
        for node in nodes {
            for upstream in node.upstream { downstream[upstream, default: []].append(node.id) }
        }
        self.downstream = downstream
    }

    /// - Parameter details: a DAG of the API.
    init(name: String, details: JSONObject) {
        let tasks = details["tasks"]?.arrayValue?.compactMap(\.objectValue) ?? []
        let groups = details["groups"]?.arrayValue?.compactMap(\.objectValue) ?? []
        self.init(
            name: name,
            nodes: tasks.map { task in
                Node(
                    id: task["task_id"]?.stringValue ?? "", role: task["type"]?.stringValue ?? "task",
                    upstream: task["depends_on"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                    group: task["group"]?.stringValue, mapping: task["mapping"]?.stringValue)
            },
            groups: groups.map { group in
                Group(
                    id: group["group_id"]?.stringValue ?? "", parent: group["parent"]?.stringValue,
                    mapping: group["mapping"]?.stringValue)
            })
    }

    /// Every edge once: a task with several upstreams is drawn out under the first one and named with ↑ under
    /// the others. Walks with its own stack, so that a long chain cannot exhaust the thread's.
    func tree() -> String {
        var text = name + "\n"
        var drawn: Set<String> = []
        let roots = nodes.filter(\.upstream.isEmpty).map(\.id)
        var stack = Self.branches(roots, indent: "")
        let labels = Dictionary(nodes.map { ($0.id, $0.label) }, uniquingKeysWith: { first, _ in first })
        while let (id, isLast, indent) = stack.popLast() {
            let isNew = drawn.insert(id).inserted
            text += indent + (isLast ? "└─ " : "├─ ") + (labels[id] ?? id) + (isNew ? "" : " ↑") + "\n"
            guard isNew else { continue }
            stack += Self.branches(downstream[id] ?? [], indent: indent + (isLast ? "   " : "│  "))
        }
        return text
    }

    /// The children in the order of a stack: the last one first.
    private static func branches(
        _ ids: [String], indent: String
    ) -> [(id: String, isLast: Bool, indent: String)] {
        ids.indices.reversed().map { (ids[$0], $0 == ids.count - 1, indent) }
    }

    /// Graphviz; a group is a cluster.
    func dot() -> String {
        var text = "digraph \"\(name)\" {\n  rankdir=LR;\n  node [shape=box];\n"
        inGroups(
            open: { group, indent in
                let number = groups.firstIndex { $0.id == group.id } ?? 0
                text += "\(indent)subgraph cluster_\(number) {\n\(indent)  label=\"\(group.label)\";\n"
            }, close: { text += "\($0)}\n" },
            draw: { _, node, indent in
                let label = node.mapping == nil ? "" : " [label=\"\(node.label)\", peripheries=2]"
                text += "\(indent)\"\(node.id)\"\(label);\n"
            })
        for node in nodes {
            for upstream in node.upstream { text += "  \"\(upstream)\" -> \"\(node.id)\";\n" }
        }
        return text + "}\n"
    }

    /// Mermaid, whose ids are simpler than ours: the tasks are numbered and labelled. A group is a subgraph.
    func mermaid() -> String {
        var text = "flowchart LR\n"
        let numbers = Dictionary(
            nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        inGroups(
            open: { group, indent in
                let number = groups.firstIndex { $0.id == group.id } ?? 0
                text += "\(indent)subgraph g\(number)[\"\(group.label)\"]\n"
            }, close: { text += "\($0)end\n" },
            draw: { number, node, indent in
                // A mapped task stands for several: a box with double sides.
                let box = node.mapping == nil ? ("[", "]") : ("[[", "]]")
                let label = node.mapping == nil ? node.id : node.label
                text += "\(indent)t\(number)\(box.0)\"\(label)\"\(box.1)\n"
            })
        for (number, node) in nodes.enumerated() {
            for upstream in node.upstream.compactMap({ numbers[$0] }) {
                text += "  t\(upstream) --> t\(number)\n"
            }
        }
        return text
    }

    /// Walks through groups and tasks, what is inside a group between its opening and its end.
    private func inGroups(
        open: (Group, _ indent: String) -> Void, close: (_ indent: String) -> Void,
        draw: (Int, Node, _ indent: String) -> Void
    ) {
        let members = Dictionary(grouping: nodes.indices, by: { nodes[$0].group })
        let inner = Dictionary(grouping: groups, by: \.parent)
        for index in members[nil] ?? [] { draw(index, nodes[index], "  ") }
        var stack = (inner[nil] ?? []).reversed().map { (group: $0 as Group?, depth: 1) }
        while let (group, depth) = stack.popLast() {
            let indent = String(repeating: "  ", count: depth)
            guard let group else {
                close(indent)
                continue
            }
            open(group, indent)
            for index in members[group.id] ?? [] { draw(index, nodes[index], indent + "  ") }
            stack.append((nil, depth))
            stack += (inner[group.id] ?? []).reversed().map { ($0, depth + 1) }
        }
    }
}
