/// The statistic that decides whether a column has drifted.
package enum DriftMethod: String, Hashable, Sendable, CaseIterable {
    case psi
    case kolmogorovSmirnov = "ks"
    case chiSquare = "chi_square"
    case jensenShannon = "jensen_shannon"
    /// In standard deviations of the reference.
    case wasserstein

    /// Whether the statistic is a p-value, of which a small one means drift; the others are distances.
    package var isProbability: Bool { self == .kolmogorovSmirnov || self == .chiSquare }

    /// The usual bounds: 0.05 for a probability; 0.2 for the PSI, where the convention speaks of a shift; 0.1 for the
    /// other distances, as in evidently.
    package var defaultThreshold: Double {
        switch self {
        case .psi: 0.2
        case .kolmogorovSmirnov, .chiSquare: 0.05
        case .jensenShannon, .wasserstein: 0.1
        }
    }

    package func isDrift(_ value: Double, threshold: Double) -> Bool {
        isProbability ? value < threshold : value >= threshold
    }

    /// The choice by size and kind that evidently makes: a test for up to 1,000 values of reference, where the p-value
    /// still means something, a distance beyond; numbers with at most five different values are taken as categories.
    package static func suited(to reference: ColumnSample, _ current: ColumnSample) -> DriftMethod {
        let isSmall = reference.values.count <= 1000
        guard case .numbers(let first) = reference.values, case .numbers(let second) = current.values,
            NumberSample(first.values + second.values).hasMoreDifferentValues(than: 5)
        else { return isSmall ? .chiSquare : .jensenShannon }
        return isSmall ? .kolmogorovSmirnov : .wasserstein
    }
}
