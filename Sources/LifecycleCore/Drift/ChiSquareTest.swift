/// A chi-square test, and how often a statistic at least as large happens by chance.
package struct ChiSquareTest: Hashable, Sendable {
    package let statistic: Double
    package let degreesOfFreedom: Int
    package let pValue: Double

    /// Whether two samples of categories can come from one distribution: Pearson's test of the table with a row for
    /// each sample and a column for each category.
    ///
    /// `X² = Σ (O - E)² / E` with `E = row total · column total / total` (Pearson 1900). With one degree of freedom the
    /// distance of each cell is first shortened by 0.5, never beyond zero (Yates 1934): as `scipy.stats.chi2_contingency`.
    /// - Returns: nil when a sample is empty.
    package static func contingency(reference: [String: Int], current: [String: Int]) -> ChiSquareTest? {
        let keys = Set(reference.keys).union(current.keys).sorted()
        let rows = [keys.map { reference[$0] ?? 0 }, keys.map { current[$0] ?? 0 }]
        return contingency(rows)
    }

    /// - Parameter rows: counts; all rows have the same length. Columns without any count are left out.
    /// - Returns: nil when a row is empty or there is none.
    package static func contingency(_ rows: [[Int]]) -> ChiSquareTest? {
        let totals = rows.map { Double($0.reduce(0, +)) }
        guard !rows.isEmpty, totals.allSatisfy({ $0 > 0 }) else { return nil }
        let columns = (0..<rows[0].count)
            .map { column in rows.map { Double($0[column]) } }
            .filter { $0.reduce(0, +) > 0 }
        let total = totals.reduce(0, +)
        let degrees = (rows.count - 1) * (columns.count - 1)
        guard degrees > 0 else { return ChiSquareTest(statistic: 0, degreesOfFreedom: 0, pValue: 1) }
        var statistic = 0.0
        for column in columns {
            let columnTotal = column.reduce(0, +)
            for (observed, rowTotal) in zip(column, totals) {
                let expected = rowTotal * columnTotal / total
                let distance = abs(expected - observed)
                let counted = degrees == 1 ? distance - min(0.5, distance) : distance
                statistic += counted * counted / expected
            }
        }
        return ChiSquareTest(
            statistic: statistic, degreesOfFreedom: degrees,
            pValue: ChiSquareDistribution.survival(statistic, degreesOfFreedom: degrees))
    }

    /// Whether the current categories can have been drawn with exactly the shares of the reference: Pearson's test of fit
    /// with the reference's counts, scaled to the size of the current sample, as expectation. It is what evidently calls
    /// chisquare; it takes the reference for the truth and so sees a shift sooner than `contingency`.
    ///
    /// A category that the reference never had makes the statistic infinite and the p-value 0.
    /// - Returns: nil when a sample is empty.
    package static func fit(reference: [String: Int], current: [String: Int]) -> ChiSquareTest? {
        let totals = (reference.values.reduce(0, +), current.values.reduce(0, +))
        guard totals.0 > 0, totals.1 > 0 else { return nil }
        let keys = Set(reference.filter { $0.value > 0 }.keys)
            .union(current.filter { $0.value > 0 }.keys).sorted()
        let scale = Double(totals.1) / Double(totals.0)
        let statistic = keys.reduce(into: 0.0) { sum, key in
            let expected = Double(reference[key] ?? 0) * scale
            let distance = Double(current[key] ?? 0) - expected
            sum += distance * distance / expected
        }
        let degrees = keys.count - 1
        guard degrees > 0 else { return ChiSquareTest(statistic: 0, degreesOfFreedom: 0, pValue: 1) }
        return ChiSquareTest(
            statistic: statistic, degreesOfFreedom: degrees,
            pValue: ChiSquareDistribution.survival(statistic, degreesOfFreedom: degrees))
    }
}
