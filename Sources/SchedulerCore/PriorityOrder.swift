import DAGDomain

/// The effective priority of each task of a DAG: its own weight combined with those around it by its weight
/// rule.
///
/// As in Airflow, `downstream` and `upstream` sum over *every* task that can be reached, each once, and the
/// sum saturates at 32 bits.
package enum PriorityOrder {
    /// - Returns: by task index.
    package static func priorities(of dag: DAG) -> [Int32] {
        let weights = dag.tasks.map { Int64($0.priorityWeight) }
        let order = dag.graph.topologicalOrder
        let downward =
            dag.tasks.contains { $0.weightRule == .downstream }
            ? sums(
                of: weights, along: dag.graph.downstream, against: dag.graph.upstream, order: order.reversed()
            )
            : weights
        let upward =
            dag.tasks.contains { $0.weightRule == .upstream }
            ? sums(of: weights, along: dag.graph.upstream, against: dag.graph.downstream, order: order)
            : weights
        return dag.tasks.indices.map { index in
            switch dag.tasks[index].weightRule {
            case .downstream: Int32(clamping: downward[index])
            case .upstream: Int32(clamping: upward[index])
            case .absolute: Int32(clamping: weights[index])
            }
        }
    }

    /// The sum of the weights of every task reachable along `edges`, the start included.
    ///
    /// - Parameter order: each task after everything that is reachable from it.
    private static func sums(
        of weights: [Int64], along edges: [[Int]], against reverse: [[Int]], order: [Int]
    ) -> [Int64] {
        // Where paths never meet again, nothing is counted twice and one pass is exact.
        let isPath = edges.allSatisfy { $0.count <= 1 }
        let isTree = reverse.allSatisfy { $0.count <= 1 }
        guard isPath || isTree else { return sumsByReachability(of: weights, along: edges, order: order) }
        var sums = weights
        for task in order {
            for next in edges[task] { sums[task] = sums[task].addingClamped(sums[next]) }
        }
        return sums
    }

    /// Reachability in blocks of 512 tasks, one bit each: n·(n + m) / 512 steps and memory O(n).
    private static func sumsByReachability(of weights: [Int64], along edges: [[Int]], order: [Int]) -> [Int64]
    {
        // Tasks of one weight side by side, so that most blocks need only be counted.
        let members = weights.indices.sorted { (weights[$0], $0) < (weights[$1], $1) }
        var sums = [Int64](repeating: 0, count: weights.count)
        var reached = [SIMD8<UInt64>](repeating: .zero, count: weights.count)
        var start = 0
        while start < members.count {
            let block = members[start..<min(start + 512, members.count)]
            let groups = mark(block, weights: weights, in: &reached)
            for task in order {
                var bits = reached[task]
                for next in edges[task] { bits |= reached[next] }
                reached[task] = bits
                for group in groups {
                    let common = bits & group.mask
                    guard common != .zero else { continue }
                    let (product, overflow) = group.weight.multipliedReportingOverflow(by: common.bitCount)
                    sums[task] = sums[task].addingClamped(overflow ? group.weight.signum() * .max : product)
                }
            }
            for task in reached.indices { reached[task] = .zero }
            start += 512
        }
        return sums
    }

    private struct WeightGroup {
        let weight: Int64
        var mask: SIMD8<UInt64>
    }

    /// Gives each task of a block its bit, and collects the bits of equal weight.
    private static func mark(
        _ block: ArraySlice<Int>, weights: [Int64], in reached: inout [SIMD8<UInt64>]
    ) -> [WeightGroup] {
        var groups: [WeightGroup] = []
        for (place, task) in block.enumerated() {
            var bit = SIMD8<UInt64>.zero
            bit[place / 64] = 1 << UInt64(place % 64)
            reached[task] = bit
            if let last = groups.indices.last, groups[last].weight == weights[task] {
                groups[last].mask |= bit
            } else {
                groups.append(WeightGroup(weight: weights[task], mask: bit))
            }
        }
        return groups
    }
}

extension SIMD8 where Scalar == UInt64 {
    fileprivate var bitCount: Int64 {
        var count = 0
        for lane in indices { count += self[lane].nonzeroBitCount }
        return Int64(count)
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        if overflow { return other > 0 ? .max : .min }
        return sum
    }
}
