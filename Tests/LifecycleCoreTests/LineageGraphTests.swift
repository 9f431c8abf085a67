import Testing

@testable import LifecycleCore

@Suite struct LineageGraphTests {
    private func graph(_ edges: [(String, String)]) -> LineageGraph {
        var graph = LineageGraph()
        for (from, to) in edges {
            for id in [from, to] { graph.add(.init(id: id, kind: .data, title: id)) }
            graph.connect(from, to)
        }
        return graph
    }

    @Test func whatComesOfSomethingStandsFurtherRight() {
        let graph = graph([
            ("a", "b"), ("b", "d"), ("a", "d"), ("c", "d"), ("d", "e"), ("a", "b"), ("a", "a"),
        ])
        #expect(graph.nodes.map(\.id) == ["a", "b", "d", "c", "e"])
        #expect(graph.edges.count == 5)
        #expect(graph.layers == [0, 1, 2, 0, 3])
        #expect(
            LineageLayout(graph).columns.map { $0.map { graph.nodes[$0].id } } == [
                ["a", "c"], ["b"], ["d"], ["e"],
            ])
    }

    /// A task that reads what it writes, by content, closes a circle: every node has a place all the same.
    @Test func aCircleIsCut() {
        let circle = graph([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])
        let layers = circle.layers
        #expect(Set(layers).count > 1 && layers[3] > layers[2])
        #expect(LineageLayout(circle).columns.joined().sorted() == [0, 1, 2, 3])
        #expect(LineageLayout(LineageGraph()).columns.isEmpty)
    }

    @Test func waysThatNeedNotCrossDoNot() {
        let graph = graph([("a", "y"), ("b", "x"), ("x", "p"), ("y", "q")])
        let columns = LineageLayout(graph).columns.map { $0.map { graph.nodes[$0].id } }
        #expect(
            columns == [["a", "b"], ["y", "x"], ["q", "p"]]
                || columns == [["b", "a"], ["x", "y"], ["p", "q"]])
    }

    /// A long chain is no deep recursion.
    @Test func aLongChainIsLaidOut() {
        let chain = graph((0..<20_000).map { ("\($0 + 1)", "\($0)") })
        #expect(chain.layers.max() == 20_000)
    }
}
