import Glibc

/// The distribution of the one-sample, two-sided Kolmogorov-Smirnov statistic of `n` values.
///
/// Which method is good for which part: Simard and L'Ecuyer 2011, "Computing the two-sided Kolmogorov-Smirnov
/// distribution", whose division `scipy.stats.kstwo` follows too.
enum KolmogorovDistribution {
    /// The probability of a statistic of at least `d`.
    /// - Parameter size: `n`, a whole number of at least 1.
    static func survival(_ d: Double, size n: Double) -> Double {
        guard n >= 1, d > 0 else { return 1 }
        guard d < 1 else { return 0 }
        let t = n * d
        // Ruben and Gambino 1982: the two ends have closed forms.
        if t <= 1 { return t <= 0.5 ? 1 : 1 - exp(logFactorialRatio(n) + n * log(2 * t - 1)) }
        if t >= n - 1 { return 2 * pow(1 - d, n) }
        let square = t * d
        let isTail = d >= 0.5 || square >= (n <= 140 ? 4 : 2.2)
        if isTail { return square >= 370 && n > 140 ? 0 : min(1, 2 * OneSidedSmirnov.survival(d, size: n)) }
        let usesMatrix = n <= 140 || (n <= 100_000 && n * pow(d, 1.5) <= 1.4)
        let cumulative = usesMatrix ? DurbinMatrix.cumulative(d, Int(n)) : pelzGood(d, n)
        return min(max(1 - cumulative, 0), 1)
    }

    /// `ln(n! / n^n)`
    private static func logFactorialRatio(_ n: Double) -> Double {
        var sum = 0.0
        if n <= 100_000 {
            for i in 1...Int(n) { sum += log(Double(i) / n) }
            return sum
        }
        // Stirling's series.
        return -n + log(2 * .pi * n) / 2 + 1 / (12 * n) - 1 / (360 * n * n * n)
    }

    /// The expansion of the cumulative distribution in powers of `1/sqrt(n)` to the third (Pelz and Good 1976), in the
    /// form with theta functions that converges for small `z = d sqrt(n)`.
    private static func pelzGood(_ d: Double, _ n: Double) -> Double {
        let z = d * n.squareRoot()
        let (z2, z4, z6) = (z * z, pow(z, 4), pow(z, 6))
        let pi2 = Double.pi * Double.pi
        guard pi2 / 8 / z2 < 708 else { return 0 }
        var sums = SIMD4<Double>.zero
        var extra = (second: 0.0, third: 0.0)
        for k in stride(from: Int((16 * z / .pi).rounded(.up)), to: 0, by: -1) {
            let odd = Double(2 * k - 1)
            let m2 = odd * odd
            let weights = SIMD4(1, m2 * pi2 / 4 - z2, secondWeight(z2, m2), thirdWeight(z2, m2))
            sums += weights * exp(-pi2 * m2 / (8 * z2))
            let k2 = Double(k * k)
            let weight = k2 * exp(-pi2 * k2 / (2 * z2))
            extra.second += weight
            extra.third += weight * (3 * z2 - pi2 * k2)
        }
        let root = (2 * Double.pi).squareRoot()
        var terms = sums * root / SIMD4(z, 6 * z4, 72 * pow(z, 7), 6480 * pow(z, 10))
        terms[2] -= extra.second * pi2 * root / (36 * z2 * z)
        terms[3] += extra.third * pi2 * root / (216 * z6)
        return terms[0] + terms[1] / n.squareRoot() + terms[2] / n + terms[3] / (n * n.squareRoot())
    }

    /// The polynomial before the terms of `1/n`.
    private static func secondWeight(_ z2: Double, _ m2: Double) -> Double {
        let square = Double.pi * Double.pi * m2
        let constant = 2 * z2 * z2 * (3 * z2 + 1)
        let linear = z2 * (2 * z2 - 5) / 4
        let quadratic = (1 - 2 * z2) / 16
        return constant + square * (linear + square * quadratic)
    }

    /// The polynomial before the terms of `n^(-3/2)`.
    private static func thirdWeight(_ z2: Double, _ m2: Double) -> Double {
        let square = Double.pi * Double.pi * m2
        let constant = -30 * z2 * z2 * z2 * (1 + 3 * z2)
        let linear = z2 * z2 * (135 - 96 * z2) / 4
        let quadratic = z2 * (212 * z2 - 60) / 16
        let cubic = (5 - 30 * z2) / 64
        return constant + square * (linear + square * (quadratic + square * cubic))
    }
}
