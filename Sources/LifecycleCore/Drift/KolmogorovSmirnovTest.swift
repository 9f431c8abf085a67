/// The two-sample Kolmogorov-Smirnov test: whether two samples of numbers can come from one distribution.
///
/// The statistic is `D = max |F_r(x) - F_c(x)|`, the largest distance of the empirical distribution functions (Smirnov
/// 1939). The two-sided p-value is computed as by `scipy.stats.ks_2samp(method="auto")`.
package struct KolmogorovSmirnovTest: Hashable, Sendable {
    package enum Method: String, Hashable, Sendable {
        /// The exact distribution of `D` for samples without ties, by counting lattice paths: neither sample has more
        /// than 10,000 values.
        case exact
        /// The distribution of the one-sample statistic for `n m / (n + m)` values, rounded.
        case asymptotic = "asymp"
    }

    package let statistic: Double
    package let pValue: Double
    package let method: Method

    /// Nil when a sample is empty. Integers beyond 2^53 are compared exactly if both samples have only integers.
    package init?(_ reference: NumberSample, _ current: NumberSample) {
        guard reference.count > 0, current.count > 0 else { return nil }
        let distance =
            if let first = reference.exactIntegers(beside: current),
                let second = current.exactIntegers(beside: reference)
            {
                Self.distance(first, second)
            } else {
                Self.distance(reference.values, current.values)
            }
        self.init(distance: distance, reference.count, current.count)
    }

    /// - Parameter distance: `|i/n - j/m|` at its largest, as `|i m - j n|`.
    private init(distance: UInt64, _ n: Int, _ m: Int) {
        statistic = Double(distance) / (Double(n) * Double(m))
        if distance == 0 {
            method = max(n, m) <= Self.exactLimit ? .exact : .asymptotic
            pValue = 1
        } else if max(n, m) <= Self.exactLimit {
            method = .exact
            let divisor = Self.greatestCommonDivisor(n, m)
            pValue = SmirnovPaths.probability(
                steps: Int(distance) / divisor, larger: max(n, m), smaller: min(n, m), divisor: divisor)
        } else {
            method = .asymptotic
            let size = Double(n) * Double(m) / (Double(n) + Double(m))
            pValue = KolmogorovDistribution.survival(statistic, size: size.rounded(.toNearestOrEven))
        }
    }

    private static let exactLimit = 10_000

    private static func distance<Value: Comparable>(_ first: [Value], _ second: [Value]) -> UInt64 {
        var (i, j) = (0, 0)
        var largest: UInt64 = 0
        while i < first.count, j < second.count {
            let next = min(first[i], second[j])
            while i < first.count, first[i] == next { i += 1 }
            while j < second.count, second[j] == next { j += 1 }
            largest = max(largest, UInt64((i * second.count - j * first.count).magnitude))
        }
        return largest
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}

extension NumberSample {
    /// The values as integers, if that is worth it: one of the two samples has some that a `Double` cannot hold.
    fileprivate func exactIntegers(beside other: NumberSample) -> [Int64]? {
        guard integers != nil || other.integers != nil else { return nil }
        if let integers { return integers }
        let converted = values.compactMap { Int64(exactly: $0) }
        return converted.count == count ? converted : nil
    }
}
