import DAGDomain

/// Answers many "is a upstream of b" at once: 64 starting tasks travel together as the bits of a word along
/// the topological order, over the stretch between the first start and the last end only.
struct ReachabilityQueries {
    private var pairs: [(from: Int, to: Int)] = []

    mutating func add(from: Int, to: Int) {
        pairs.append((from, to))
    }

    func answers(in graph: DAGGraph) -> [Bool] {
        var rank = [Int](repeating: 0, count: graph.topologicalOrder.count)
        for (place, task) in graph.topologicalOrder.enumerated() { rank[task] = place }
        var answers = [Bool](repeating: false, count: pairs.count)
        let order = pairs.indices.filter { rank[pairs[$0].from] < rank[pairs[$0].to] }
            .sorted { rank[pairs[$0].from] < rank[pairs[$1].from] }
        var marks = [UInt64](repeating: 0, count: rank.count)
        var next = 0
        while next < order.count {
            var bits: [Int: UInt64] = [:]
            let first = next
            var lastRank = 0
            while next < order.count, bits.count < 64 || bits[pairs[order[next]].from] != nil {
                let pair = pairs[order[next]]
                if bits[pair.from] == nil { bits[pair.from] = 1 << UInt64(bits.count) }
                lastRank = max(lastRank, rank[pair.to])
                next += 1
            }
            let stretch = graph.topologicalOrder[rank[pairs[order[first]].from]...lastRank]
            for task in stretch {
                marks[task] = graph.upstream[task].reduce(bits[task] ?? 0) { $0 | marks[$1] }
            }
            for query in order[first..<next] {
                answers[query] = marks[pairs[query].to] & (bits[pairs[query].from] ?? 0) != 0
            }
            for task in stretch { marks[task] = 0 }
        }
        return answers
    }
}
