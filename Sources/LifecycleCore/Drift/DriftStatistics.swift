/// Every statistic of drift that two samples of a column allow.
package struct DriftStatistics: Hashable, Sendable {
    package let psi: Double
    package let jensenShannon: Double
    /// Of numbers only, like the two after it.
    package var kolmogorovSmirnov: KolmogorovSmirnovTest?
    package var wasserstein: Double?
    package var normedWasserstein: Double?
    /// Of categories, and of numbers with few different values.
    package var chiSquare: ChiSquareTest?

    /// Nil when the samples cannot be compared: one has no value, they are of different kinds, or their texts are too
    /// many.
    package init?(reference: ColumnSample, current: ColumnSample) {
        switch (reference.values, current.values) {
        case (.numbers(let first), .numbers(let second)):
            guard let shares = SharePair(reference: first, current: second) else { return nil }
            self.init(shares)
            kolmogorovSmirnov = KolmogorovSmirnovTest(first, second)
            wasserstein = WassersteinDistance.value(first, second)
            normedWasserstein = WassersteinDistance.normed(first, second)
        case (.categories(let first), .categories(let second)):
            guard let shares = SharePair(reference: first, current: second) else { return nil }
            self.init(shares)
        default: return nil
        }
        if let first = reference.categories, let second = current.categories {
            chiSquare = ChiSquareTest.contingency(reference: first, current: second)
        }
    }

    private init(_ shares: SharePair) {
        psi = PopulationStabilityIndex.value(of: shares)
        jensenShannon = JensenShannonDistance.value(of: shares)
    }

    /// The number that the method looks at: a distance or a p-value.
    package func value(_ method: DriftMethod) -> Double? {
        switch method {
        case .psi: psi
        case .jensenShannon: jensenShannon
        case .kolmogorovSmirnov: kolmogorovSmirnov?.pValue
        case .chiSquare: chiSquare?.pValue
        case .wasserstein: normedWasserstein
        }
    }
}
