/// The edges of a DAG by task index (the position in the file): who waits for whom, and an order that respects it.
package struct DAGGraph: Hashable, Sendable {
    package let upstream: [[Int]]
    package let downstream: [[Int]]
    /// Every index once, each after all of its upstreams (Kahn's algorithm, ties in file order).
    package let topologicalOrder: [Int]

    /// The tasks of a cycle, in order, the first not repeated at the end.
    package struct Cycle: Error, Hashable {
        package let path: [Int]
    }

    /// - Parameter upstream: for each task the indices it depends on, each in range and named once.
    package init(upstream: [[Int]]) throws(Cycle) {
        var downstream = [[Int]](repeating: [], count: upstream.count)
        var waiting = upstream.map(\.count)
        for (task, sources) in upstream.enumerated() {
            for source in sources { downstream[source].append(task) }
        }
        var order = upstream.indices.filter { waiting[$0] == 0 }
        var next = 0
        while next < order.count {
            for task in downstream[order[next]] {
                waiting[task] -= 1
                if waiting[task] == 0 { order.append(task) }
            }
            next += 1
        }
        if order.count < upstream.count {
            throw Cycle(path: Self.cycle(in: upstream, among: waiting))
        }
        self.upstream = upstream
        self.downstream = downstream
        self.topologicalOrder = order
    }

    /// Walks upstream among the tasks that Kahn's algorithm could not place until one repeats.
    private static func cycle(in upstream: [[Int]], among waiting: [Int]) -> [Int] {
        guard var task = waiting.firstIndex(where: { $0 > 0 }) else { return [] }
        var seenAt: [Int: Int] = [:]
        var path: [Int] = []
        while seenAt[task] == nil {
            seenAt[task] = path.count
            path.append(task)
            task = upstream[task].first { waiting[$0] > 0 } ?? task
        }
        return Array(path[(seenAt[task] ?? 0)...].reversed())
    }

    /// The tasks without a downstream; they decide how a run ends.
    package var leaves: [Int] { downstream.indices.filter { downstream[$0].isEmpty } }

    /// Everything reachable downstream of `starts`, the starts included, in topological order.
    package func downstreamClosure(of starts: [Int]) -> [Int] { closure(of: starts, along: downstream) }

    /// Everything reachable upstream of `starts`, the starts included, in topological order.
    package func upstreamClosure(of starts: [Int]) -> [Int] { closure(of: starts, along: upstream) }

    private func closure(of starts: [Int], along edges: [[Int]]) -> [Int] {
        var reached = Set(starts)
        var pending = Array(reached)
        while let task = pending.popLast() {
            for next in edges[task] where reached.insert(next).inserted { pending.append(next) }
        }
        return topologicalOrder.filter(reached.contains)
    }
}
