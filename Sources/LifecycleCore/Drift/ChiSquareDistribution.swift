import Glibc

/// The chi-square distribution.
enum ChiSquareDistribution {
    /// The probability of a value of at least `x`: `Q(k/2, x/2)`, the regularised upper incomplete gamma function.
    ///
    /// Below `a + 1` the power series of the lower function converges fast, above it the continued fraction of the upper
    /// one (Abramowitz and Stegun 6.5.29 and 6.5.31; the fraction evaluated as Lentz 1976 does it).
    static func survival(_ x: Double, degreesOfFreedom: Int) -> Double {
        guard x > 0 else { return 1 }
        guard x.isFinite else { return 0 }
        let (a, z) = (Double(degreesOfFreedom) / 2, x / 2)
        let factor = exp(a * log(z) - z - logGamma(a))
        return z < a + 1 ? 1 - factor * lowerSeries(a, z) : factor * upperFraction(a, z)
    }

    /// `Σ z^n / (a (a+1) ... (a+n))`
    private static func lowerSeries(_ a: Double, _ z: Double) -> Double {
        var term = 1 / a
        var sum = term
        var n = 1.0
        while term > sum * 0x1p-54 {
            term *= z / (a + n)
            sum += term
            n += 1
        }
        return sum
    }

    /// `1/(z+1-a- 1(1-a)/(z+3-a- 2(2-a)/(z+5-a- ...)))`
    private static func upperFraction(_ a: Double, _ z: Double) -> Double {
        let tiny = 1e-300
        var denominator = z + 1 - a
        var c = 1 / tiny
        var d = 1 / denominator
        var result = d
        var n = 1.0
        var change = 0.0
        repeat {
            let numerator = -n * (n - a)
            denominator += 2
            d = numerator * d + denominator
            if abs(d) < tiny { d = tiny }
            c = denominator + numerator / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            change = c * d
            result *= change
            n += 1
        } while abs(change - 1) > 0x1p-52 && n < 1_000_000
        return result
    }

    /// `ln Γ(a)` for `a > 0`; unlike `lgamma` it writes no global variable.
    private static func logGamma(_ a: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(a, &sign)
    }
}
