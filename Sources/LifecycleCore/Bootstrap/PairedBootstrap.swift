import DAGDomain

/// How sure one can be that a version's metric differs from another's, from the predictions of both on the same rows: the
/// percentile interval of the difference over resamples of the rows with replacement (B. Efron, R. Tibshirani, An Introduction to
/// the Bootstrap, 1993, chapter 13). A row keeps its label and both predictions together, so what is hard for both
/// counts for neither.
package struct PairedBootstrap: Sendable {
    package struct Interval: Hashable, Sendable {
        /// Of all rows, each once.
        package let value: Double
        package let otherValue: Double
        /// The ends of the interval of `value - otherValue`.
        package let low: Double
        package let high: Double
        /// Resamples that the metric is defined for: one without both classes has no area under the curve.
        package let resamples: Int
    }

    package let metric: PairedMetric
    package let labels: [Double]
    package let scores: [Double]
    package let otherScores: [Double]

    package static let standardResamples = 1_000
    /// Fixed, so that the same predictions have the same verdict.
    package static let standardSeed: UInt64 = 20_260_101

    package init(metric: PairedMetric, labels: [Double], scores: [Double], otherScores: [Double]) {
        precondition(labels.count == scores.count && labels.count == otherScores.count)
        self.metric = metric
        self.labels = labels
        self.scores = scores
        self.otherScores = otherScores
    }

    /// Nil when the metric is not defined for the rows: none, or one class only.
    ///
    /// - Parameter confidence: between 0 and 1.
    package func interval(
        confidence: Double, resamples: Int = standardResamples, seed: UInt64 = standardSeed
    ) -> Interval? {
        let left = WeightedScore(metric, labels: labels, scores: scores)
        let right = WeightedScore(metric, labels: labels, scores: otherScores)
        let once = [UInt32](repeating: 1, count: labels.count)
        guard let value = left.value(once), let otherValue = right.value(once) else { return nil }
        var random = SplitMix(state: seed)
        var differences: [Double] = []
        differences.reserveCapacity(resamples)
        var weights = once
        for _ in 0..<resamples {
            for row in weights.indices { weights[row] = 0 }
            for _ in labels.indices { weights[random.next(below: labels.count)] += 1 }
            if let first = left.value(weights), let second = right.value(weights) {
                differences.append(first - second)
            }
        }
        guard !differences.isEmpty else { return nil }
        differences.sort()
        let tail = (1 - confidence) / 2
        return Interval(
            value: value, otherValue: otherValue, low: Self.quantile(differences, tail),
            high: Self.quantile(differences, 1 - tail), resamples: differences.count)
    }

    /// Linear between the order statistics: type 7 of R. Hyndman, Y. Fan, Sample Quantiles in Statistical Packages, 1996, and
    /// numpy's default.
    static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place.rounded(.down))
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
}

/// SplitMix64 (G. Steele, D. Lea, C. Flood, Fast Splittable Pseudorandom Number Generators, 2014).
struct SplitMix: Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The high half of the product with the bound (D. Lemire, Fast Random Integer Generation in an Interval, 2019, without its
    /// rejection: the bias is below `bound` / 2^64).
    mutating func next(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}
