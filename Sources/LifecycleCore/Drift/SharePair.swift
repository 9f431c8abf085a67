import Glibc

/// Which share of the reference and of the current values lies in each bin, or belongs to each category.
package struct SharePair: Hashable, Sendable {
    package let reference: [Double]
    package let current: [Double]

    package init(reference: [Double], current: [Double]) {
        precondition(reference.count == current.count, "both sides have the same bins")
        self.reference = reference
        self.current = current
    }

    /// The shares of categories, which need not occur on both sides. Nil when a side is empty.
    package init?(reference: [String: Int], current: [String: Int]) {
        let totals = (reference.values.reduce(0, +), current.values.reduce(0, +))
        guard totals.0 > 0, totals.1 > 0 else { return nil }
        let keys = Set(reference.keys).union(current.keys).sorted()
        self.init(
            reference: keys.map { Double(reference[$0] ?? 0) / Double(totals.0) },
            current: keys.map { Double(current[$0] ?? 0) / Double(totals.1) })
    }

    /// The shares of numbers, binned as evidently 0.7 does it: more than 20 different values in the reference are put
    /// into bins of equal width over both sides, their number by Sturges' rule; fewer are categories. Nil when a side
    /// is empty.
    package init?(reference: NumberSample, current: NumberSample) {
        guard reference.count > 0, current.count > 0 else { return nil }
        guard reference.hasMoreDifferentValues(than: Self.categoryLimit) else {
            self.init(categoriesOf: reference, current)
            return
        }
        let edges = Self.sturgesEdges(reference, current)
        self.init(
            reference: Self.shares(of: reference, between: edges),
            current: Self.shares(of: current, between: edges))
    }

    private static let categoryLimit = 20

    private init(categoriesOf reference: NumberSample, _ current: NumberSample) {
        let sides = (reference.runs, current.runs)
        let keys = Set(sides.0.map(\.value)).union(sides.1.map(\.value)).sorted()
        func shares(_ runs: [(value: Double, count: Int)], of total: Int) -> [Double] {
            let counts = Dictionary(runs.map { ($0.value, $0.count) }, uniquingKeysWith: +)
            return keys.map { Double(counts[$0] ?? 0) / Double(total) }
        }
        self.init(
            reference: shares(sides.0, of: reference.count), current: shares(sides.1, of: current.count))
    }

    /// Bins of equal width whose number is the range divided by `range / (log2 n + 1)`, rounded up (Sturges 1926), over
    /// both samples together; of integers no bin is narrower than 1. The edges are those of `numpy.linspace`, to the
    /// last bit: a value on an edge must fall on the same side.
    private static func sturgesEdges(_ reference: NumberSample, _ current: NumberSample) -> [Double] {
        let first = min(reference.values[0], current.values[0])
        let last = max(reference.values[reference.count - 1], current.values[current.count - 1])
        let range = last - first
        guard range.isFinite else { return [first, 0, last] }
        var width = range / (log2(Double(reference.count + current.count)) + 1)
        if width < 1, areIntegers(reference.values), areIntegers(current.values) { width = 1 }
        let bins = max(1, Int((range / width).rounded(.up)))
        let step = range / Double(bins)
        return (0..<bins).map { Double($0) * step + first } + [last]
    }

    private static func areIntegers(_ values: [Double]) -> Bool {
        values.allSatisfy { $0 == $0.rounded(.towardZero) }
    }

    /// Bins include their lower edge, the last one both.
    private static func shares(of sample: NumberSample, between edges: [Double]) -> [Double] {
        var positions = edges.dropLast().map(sample.countBelow)
        positions.append(sample.count)
        return zip(positions.dropFirst(), positions).map { Double($0 - $1) / Double(sample.count) }
    }
}
