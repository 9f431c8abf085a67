import JSONText

/// Draws the edges of a DAG.
struct GraphDrawing {
    struct Node {
        let id: String
        let role: String
        let upstream: [String]
    }

    let name: String
    let nodes: [Node]
    private let downstream: [String: [String]]

    init(name: String, nodes: [Node]) {
        self.name = name
        self.nodes = nodes
        var downstream: [String: [String]] = [:]
        for node in nodes {
            for upstream in node.upstream { downstream[upstream, default: []].append(node.id) }
        }
        self.downstream = downstream
    }

    /// - Parameter tasks: the tasks of the API, in file order.
    init(name: String, tasks: [JSONObject]) {
        self.init(
            name: name,
            nodes: tasks.map { task in
                Node(
                    id: task["task_id"]?.stringValue ?? "", role: task["type"]?.stringValue ?? "task",
                    upstream: task["depends_on"]?.arrayValue?.compactMap(\.stringValue) ?? [])
            })
    }

    /// Every edge once: a task with several upstreams is drawn out under the first one and named with ↑ under
    /// the others. Walks with its own stack, so that a long chain cannot exhaust the thread's.
    func tree() -> String {
        var text = name + "\n"
        var drawn: Set<String> = []
        let roots = nodes.filter(\.upstream.isEmpty).map(\.id)
        var stack = Self.branches(roots, indent: "")
        let roles = Dictionary(nodes.map { ($0.id, $0.role) }, uniquingKeysWith: { first, _ in first })
        while let (id, isLast, indent) = stack.popLast() {
            let isNew = drawn.insert(id).inserted
            let role = roles[id].flatMap { $0 == "task" ? nil : " (\($0))" } ?? ""
            text += indent + (isLast ? "└─ " : "├─ ") + id + role + (isNew ? "" : " ↑") + "\n"
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

    /// Graphviz.
    func dot() -> String {
        var text = "digraph \"\(name)\" {\n  rankdir=LR;\n  node [shape=box];\n"
        for node in nodes { text += "  \"\(node.id)\";\n" }
        for node in nodes {
            for upstream in node.upstream { text += "  \"\(upstream)\" -> \"\(node.id)\";\n" }
        }
        return text + "}\n"
    }

    /// Mermaid, whose ids are simpler than ours: the tasks are numbered and labelled.
    func mermaid() -> String {
        var text = "flowchart LR\n"
        var numbers: [String: Int] = [:]
        for (number, node) in nodes.enumerated() {
            numbers[node.id] = number
            text += "  t\(number)[\"\(node.id)\"]\n"
        }
        for (number, node) in nodes.enumerated() {
            for upstream in node.upstream.compactMap({ numbers[$0] }) {
                text += "  t\(upstream) --> t\(number)\n"
            }
        }
        return text
    }
}
