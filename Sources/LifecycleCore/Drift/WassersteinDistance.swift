/// The first Wasserstein distance of two samples: how far, on average, the values of one would have to move to become
/// the other ("earth mover's distance"), in the unit of the values.
///
/// `W = ∫ |F_r(x) - F_c(x)| dx` with the two empirical distribution functions (Vallender 1974), as
/// `scipy.stats.wasserstein_distance`.
package enum WassersteinDistance {
    /// - Returns: nil when a sample is empty.
    package static func value(_ reference: NumberSample, _ current: NumberSample) -> Double? {
        guard reference.count > 0, current.count > 0 else { return nil }
        let (first, second) = (reference.values, current.values)
        var (i, j) = (0, 0)
        var distance = 0.0
        var position = min(first[0], second[0])
        while i < first.count || j < second.count {
            let next = min(
                i < first.count ? first[i] : .infinity, j < second.count ? second[j] : .infinity)
            let height = Double(i) / Double(first.count) - Double(j) / Double(second.count)
            distance += abs(height) * (next - position)
            position = next
            while i < first.count, first[i] == next { i += 1 }
            while j < second.count, second[j] == next { j += 1 }
        }
        return distance
    }

    /// The distance in standard deviations of the reference, as evidently reports it: a column whose deviation is below
    /// 0.001 (a constant one) counts as one with 0.001.
    package static func normed(_ reference: NumberSample, _ current: NumberSample) -> Double? {
        value(reference, current).map { $0 / max(reference.standardDeviation, 0.001) }
    }
}
