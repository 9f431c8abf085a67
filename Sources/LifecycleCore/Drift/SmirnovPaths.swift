/// The exact distribution of the two-sample statistic, by lattice paths.
///
/// Under the hypothesis each order of the `m + n` values is as likely as another. An order is a path from (0, 0) to
/// (m, n); the statistic is at least `h / lcm(m, n)` when the path reaches a point with `|x n/g - y m/g| >= h`
/// (Hodges 1957, with `g` the greatest common divisor).
enum SmirnovPaths {
    /// The probability of a statistic of at least `steps / lcm(larger, smaller)`.
    static func probability(steps: Int, larger: Int, smaller: Int, divisor: Int) -> Double {
        let probability =
            larger == smaller
            ? outsideSquare(larger, steps)
            : outside(larger, smaller, xStep: smaller / divisor, yStep: larger / divisor, steps)
        return min(max(probability, 0), 1)
    }

    /// For samples of one size: `2 (C(2n, n-h) - C(2n, n-2h) + C(2n, n-3h) - ...) / C(2n, n)` by the reflection
    /// principle (Gnedenko and Korolyuk 1951), each term from the one before it.
    private static func outsideSquare(_ n: Int, _ h: Int) -> Double {
        var result = 0.0
        for k in stride(from: n / h, through: 0, by: -1) {
            // C(2n, n-(k+1)h) / C(2n, n-kh)
            var ratio = 1.0
            for j in 0..<h { ratio *= Double(n - k * h - j) / Double(n + k * h + j + 1) }
            result = ratio * (1 - result)
        }
        return 2 * result
    }

    /// The share of the paths to (x, y) that left the band, column by column. The last step of a random path to (x, y)
    /// comes from the left with probability `x / (x + y)` and from below otherwise, so
    /// `p(x, y) = (x p(x-1, y) + y p(x, y-1)) / (x + y)`, with 1 outside the band. Summing the paths that leave, not
    /// those that stay, keeps small probabilities exact.
    private static func outside(_ m: Int, _ n: Int, xStep: Int, yStep: Int, _ h: Int) -> Double {
        var column = [Double](repeating: 1, count: n + 1)
        let reciprocals = (0...(m + n)).map { 1 / Double($0) }
        for x in 0...m {
            // Both grow with x, so what a column leaves below `low` is not read again.
            let low = max(0, divideDown(x * xStep - h, by: yStep) + 1)
            let high = min(n, -divideDown(-(x * xStep + h), by: yStep) - 1)
            guard low <= high else { return 1 }
            var below = low == 0 ? 0.0 : 1.0
            for y in low...high {
                if x + y == 0 {
                    below = 0
                } else {
                    below = (column[y] * Double(x) + below * Double(y)) * reciprocals[x + y]
                }
                column[y] = below
            }
        }
        return column[n]
    }

    private static func divideDown(_ a: Int, by b: Int) -> Int {
        let quotient = a / b
        return a % b < 0 ? quotient - 1 : quotient
    }
}
