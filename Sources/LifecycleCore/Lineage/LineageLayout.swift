/// Where the nodes of a graph stand in a picture: a column for each layer, and in each column an order in which ways cross
/// little (the barycentre rule of Sugiyama, Tagawa and Toda, 1981).
package struct LineageLayout: Hashable, Sendable {
    /// Indices into the graph's nodes, column by column from left to right, each from top to bottom.
    package let columns: [[Int]]

    private static let sweeps = 8

    package init(_ graph: LineageGraph) {
        let layers = graph.layers
        var columns = [[Int]](repeating: [], count: (layers.max() ?? -1) + 1)
        // Those of a kind stay together to begin with.
        for index in graph.nodes.indices { columns[layers[index]].append(index) }
        let places = Dictionary(
            graph.nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var before = [[Int]](repeating: [], count: graph.nodes.count)
        var after = before
        for edge in graph.edges {
            guard let from = places[edge.from], let to = places[edge.to] else { continue }
            before[to].append(from)
            after[from].append(to)
        }
        var height = [Double](repeating: 0, count: graph.nodes.count)
        func note(_ column: [Int]) {
            // Around the middle, so that columns of different lengths are comparable.
            for (row, node) in column.enumerated() {
                height[node] = Double(row) - Double(column.count - 1) / 2
            }
        }
        columns.forEach(note)
        for sweep in 0..<Self.sweeps {
            let isForward = sweep.isMultiple(of: 2)
            for place in isForward ? Array(columns.indices) : columns.indices.reversed() {
                let neighbours = isForward ? before : after
                let wanted = columns[place].map { node -> (Int, Double) in
                    let around = neighbours[node].map { height[$0] }
                    return (node, around.isEmpty ? height[node] : around.reduce(0, +) / Double(around.count))
                }
                columns[place] = wanted.enumerated()
                    .sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element.0)
                note(columns[place])
            }
        }
        self.columns = columns
    }
}
