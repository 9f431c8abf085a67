import Glibc

/// The population stability index: how far the shares of two samples are apart.
///
/// `PSI = Σ (r_i - c_i) · ln(r_i / c_i)` over the bins, which is the sum of the two Kullback-Leibler divergences
/// (Kullback and Leibler 1951, there called J; as an index of stability: Siddiqi, Credit Risk Scorecards, 2006). By
/// convention less than 0.1 is stable and 0.2 or more is a shift.
package enum PopulationStabilityIndex {
    /// - Returns: 0 for equal shares; never NaN or infinite, because an empty bin counts as a small share
    ///   (`fillingEmptyBins`).
    package static func value(of shares: SharePair) -> Double {
        let reference = fillingEmptyBins(shares.reference)
        let current = fillingEmptyBins(shares.current)
        return zip(reference, current).reduce(0) { $0 + ($1.0 - $1.1) * log($1.0 / $1.1) }
    }

    /// Gives empty bins a small share, as evidently 0.7 does: 0.0001, or, when there is a share that small, the smallest
    /// share divided by a million.
    private static func fillingEmptyBins(_ shares: [Double]) -> [Double] {
        guard let smallest = shares.filter({ $0 != 0 }).min() else { return shares.map { _ in 0.0001 } }
        let filling = smallest <= 0.0001 ? smallest / 1_000_000 : 0.0001
        return shares.map { $0 == 0 ? filling : $0 }
    }
}
