/// What came from what: code, params, runs, tasks, data, models, deployments and aliases, and the ways between them. A value: where
/// its facts come from is not its business.
package struct LineageGraph: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case code, parameters, run, task, data, model, deployment, alias
    }

    package struct Node: Hashable, Sendable {
        /// Unique in the graph, and the same in every graph of the home.
        package let id: String
        package let kind: Kind
        package let title: String
        /// In order, name and value.
        package let details: [Detail]

        package init(id: String, kind: Kind, title: String, details: [Detail] = []) {
            self.id = id
            self.kind = kind
            self.title = title
            self.details = details
        }
    }

    package struct Detail: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// From what came first to what came of it.
    package struct Edge: Hashable, Sendable {
        package let from: String
        package let to: String

        package init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    /// In the order in which they were added.
    package private(set) var nodes: [Node] = []
    package private(set) var edges: [Edge] = []
    private var places: [String: Int] = [:]
    private var known: Set<Edge> = []

    package init() {}

    /// A node that is there already stays as it is.
    package mutating func add(_ node: Node) {
        guard places[node.id] == nil else { return }
        places[node.id] = nodes.count
        nodes.append(node)
    }

    /// Both ends must be there when the graph is used; an edge from a node to itself is none.
    package mutating func connect(_ from: String, _ to: String) {
        let edge = Edge(from: from, to: to)
        guard from != to, known.insert(edge).inserted else { return }
        edges.append(edge)
    }

    package func node(_ id: String) -> Node? { places[id].map { nodes[$0] } }

    package func contains(_ id: String) -> Bool { places[id] != nil }

    /// What lies before each node, in the order of the edges.
    package var sources: [String: [String]] {
        Dictionary(grouping: edges, by: \.to).mapValues { $0.map(\.from) }
    }

    /// For each node, in the order of `nodes`, how many steps it is from a beginning at most; what comes of something is
    /// always further right. Circles (a task that reads what it writes again, by content) are cut where they close.
    package var layers: [Int] {
        let sources = sources
        var layer = [Int?](repeating: nil, count: nodes.count)
        var isOpen = [Bool](repeating: false, count: nodes.count)
        for start in nodes.indices where layer[start] == nil {
            // Each entry: a node, its sources, and how many of them have been looked at.
            var stack: [(node: Int, sources: [Int], next: Int)] = []
            func push(_ index: Int) {
                isOpen[index] = true
                let before = (sources[nodes[index].id] ?? []).compactMap { places[$0] }
                stack.append((index, before, 0))
            }
            push(start)
            while let top = stack.last {
                if top.next < top.sources.count {
                    stack[stack.count - 1].next += 1
                    let source = top.sources[top.next]
                    if layer[source] == nil, !isOpen[source] { push(source) }
                } else {
                    layer[top.node] = (top.sources.compactMap { layer[$0] }.max() ?? -1) + 1
                    isOpen[top.node] = false
                    stack.removeLast()
                }
            }
        }
        return layer.map { $0 ?? 0 }
    }
}
