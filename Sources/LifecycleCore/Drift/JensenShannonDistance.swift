import Glibc

/// The Jensen-Shannon distance of two distributions.
///
/// `JS = sqrt((Σ r_i ln(r_i / m_i) + Σ c_i ln(c_i / m_i)) / 2)` with `m_i = (r_i + c_i) / 2` (Lin 1991; that the root
/// is a metric: Endres and Schindelin 2003). Natural logarithms, as `scipy.spatial.distance.jensenshannon` without a
/// base and evidently: from 0 to `sqrt(ln 2)`, about 0.8326.
package enum JensenShannonDistance {
    package static func value(of shares: SharePair) -> Double {
        let totals = (shares.reference.reduce(0, +), shares.current.reduce(0, +))
        guard totals.0 > 0, totals.1 > 0 else { return 0 }
        var sums = (0.0, 0.0)
        for (first, second) in zip(shares.reference, shares.current) {
            let pair = (first / totals.0, second / totals.1)
            let middle = (pair.0 + pair.1) / 2
            sums.0 += entropy(pair.0, relativeTo: middle)
            sums.1 += entropy(pair.1, relativeTo: middle)
        }
        // Rounding can leave a sum of equal distributions just below zero.
        return max(0, (sums.0 + sums.1) / 2).squareRoot()
    }

    /// `x ln(x / y)`, continued to 0 at `x = 0`.
    private static func entropy(_ x: Double, relativeTo y: Double) -> Double {
        x == 0 ? 0 : x * log(x / y)
    }
}
