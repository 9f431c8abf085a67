/// The finite numbers of a column in ascending order, as the statistics of drift need them.
package struct NumberSample: Hashable, Sendable {
    package let values: [Double]
    /// The same values exactly, when every one is an integer that a `Double` might round (beyond 2^53); else nil.
    package let integers: [Int64]?
    /// How many of the numbers given were NaN or infinite. They take part in no statistic.
    package let unusable: Int

    package init(_ numbers: [Double]) {
        values = numbers.filter(\.isFinite).sorted()
        integers = nil
        unusable = numbers.count - values.count
    }

    package init(integers numbers: [Int64]) {
        let sorted = numbers.sorted()
        values = sorted.map(Double.init)
        let largest = max(sorted.first?.magnitude ?? 0, sorted.last?.magnitude ?? 0)
        integers = largest > Self.largestExact ? sorted : nil
        unusable = 0
    }

    private static let largestExact: UInt64 = 1 << 53

    package var count: Int { values.count }

    package var mean: Double { values.reduce(0, +) / Double(count) }

    /// The standard deviation of the values themselves (divided by their number, not by one less).
    package var standardDeviation: Double {
        let mean = mean
        let squares = values.reduce(into: 0.0) { $0 += ($1 - mean) * ($1 - mean) }
        return (squares / Double(count)).squareRoot()
    }

    /// The different values with how often each occurs, in ascending order.
    package var runs: [(value: Double, count: Int)] {
        var runs: [(value: Double, count: Int)] = []
        for value in values {
            if runs.last?.value == value {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((value, 1))
            }
        }
        return runs
    }

    /// Whether more than `limit` different values occur; stops counting there.
    package func hasMoreDifferentValues(than limit: Int) -> Bool {
        var different = 0
        var last = Double.nan
        for value in values where value != last {
            last = value
            different += 1
            if different > limit { return true }
        }
        return false
    }

    /// How many values are smaller than the bound, by binary search.
    package func countBelow(_ bound: Double) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
