import Glibc

/// The distribution of the one-sided Kolmogorov-Smirnov statistic of `n` values.
enum OneSidedSmirnov {
    /// The probability of a statistic of at least `d`, `0 < d < 1`.
    ///
    /// `Σ C(n, j) d (d + j/n)^(j-1) (1 - d - j/n)^(n-j)` for `j` from 0 to `n (1 - d)` (Smirnov 1944; Birnbaum and Tingey
    /// 1951). Each term is a binomial probability times `d / p` with `p = d + j/n`, and those are computed by Loader's
    /// saddle-point expansion, which loses no digits for large `n`. Beyond a million values, where the sum takes too long,
    /// `exp(-(6 n d + 1)² / 18 n)` (Maag and Dicaire 1971), as in scipy.
    static func survival(_ d: Double, size n: Double) -> Double {
        if n > 1_000_000 { return exp(-pow(6 * n * d + 1, 2) / (18 * n)) }
        var sum = pow(1 - d, n)
        var j = 1.0
        while j < n {
            let p = d + j / n
            let q = 1 - d - j / n
            guard q > 0 else { break }
            sum += d / p * binomial(j, n, shift: n * d, p: p, q: q)
            j += 1
        }
        return min(sum, 1)
    }

    /// The probability of `j` successes of `n`, `0 < j < n`, at a probability of success of `p = (j + shift) / n`.
    ///
    /// Loader 2000, "Fast and accurate computation of binomial probabilities".
    private static func binomial(
        _ j: Double, _ n: Double, shift: Double, p: Double, q: Double
    ) -> Double {
        let rest = n - j
        let exponent =
            stirlingError(n) - stirlingError(j) - stirlingError(rest)
            - deviance(j, expected: n * p, difference: -shift)
            - deviance(rest, expected: n * q, difference: shift)
        return exp(exponent) * (n / (2 * .pi * j * rest)).squareRoot()
    }

    /// `x ln(x / e) + e - x`, given `x - e` exactly.
    private static func deviance(_ x: Double, expected: Double, difference: Double) -> Double {
        let ratio = difference / expected
        // x ln(1 + r) - e r, whose leading terms cancel for a small r.
        guard abs(ratio) < 0.1 else { return x * log(x / expected) - difference }
        var term = ratio * ratio
        var sum = 0.0
        var k = 2.0
        var sign = 1.0
        // (1 + r) ln(1 + r) - r = Σ (-1)^k r^k / (k (k - 1)) from k = 2
        while true {
            let next = sum + sign * term / (k * (k - 1))
            if next == sum { return expected * sum }
            sum = next
            term *= ratio
            sign = -sign
            k += 1
        }
    }

    /// `ln n!` less Stirling's formula for it.
    private static func stirlingError(_ n: Double) -> Double {
        if n <= 15 {
            var sign: Int32 = 0
            return lgamma_r(n + 1, &sign) - (n + 0.5) * log(n) + n - log(2 * .pi) / 2
        }
        let square = n * n
        return
            (1 / 12.0 - (1 / 360.0 - (1 / 1260.0 - (1 / 1680.0 - 1 / 1188.0 / square) / square) / square)
                / square)
            / n
    }
}
