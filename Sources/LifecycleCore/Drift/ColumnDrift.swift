/// Whether one column of a current table is still like that of the reference.
package struct ColumnDrift: Hashable, Sendable {
    /// How the columns compare.
    package enum Finding: Hashable, Sendable {
        /// By a statistic that has this value; drift when it passes the threshold.
        case measured(DriftMethod, value: Double, threshold: Double)
        /// The current table does not have the column.
        case columnMissing
        /// One table has numbers where the other has texts.
        case kindChanged
        /// One table has values, the other none.
        case emptied
        /// Nothing that could be compared: no values in both, too many different texts, or a method that does not suit.
        case notComparable
    }

    package let name: String
    package let reference: ColumnSample
    /// Nil when the current table does not have the column.
    package let current: ColumnSample?
    package let statistics: DriftStatistics?
    package let finding: Finding

    package var isDrifted: Bool {
        switch finding {
        case .measured(let method, let value, let threshold): method.isDrift(value, threshold: threshold)
        case .columnMissing, .kindChanged, .emptied: true
        case .notComparable: false
        }
    }

    /// Whether the column counts in the share of drifted columns.
    package var isComparable: Bool { finding != .notComparable }

    /// - Parameters:
    ///   - method: nil chooses one for each column (`DriftMethod.suited`).
    ///   - threshold: nil is the method's own.
    package init(
        reference: ColumnSample, current: ColumnSample?, method: DriftMethod?, threshold: Double?
    ) {
        name = reference.name
        self.reference = reference
        self.current = current
        statistics = current.flatMap { DriftStatistics(reference: reference, current: $0) }
        guard let current else {
            finding = .columnMissing
            return
        }
        let method = method ?? DriftMethod.suited(to: reference, current)
        if let value = statistics?.value(method) {
            finding = .measured(method, value: value, threshold: threshold ?? method.defaultThreshold)
        } else {
            finding = Self.withoutStatistics(reference, current)
        }
    }

    private static func withoutStatistics(_ reference: ColumnSample, _ current: ColumnSample) -> Finding {
        switch (reference.values, current.values) {
        case (.tooManyCategories, _), (_, .tooManyCategories): return .notComparable
        default: break
        }
        let counts = (reference.values.count, current.values.count)
        if counts.0 == 0, counts.1 == 0 { return .notComparable }
        if counts.0 == 0 || counts.1 == 0 { return .emptied }
        switch (reference.values, current.values) {
        case (.numbers, .categories), (.categories, .numbers): return .kindChanged
        default: return .notComparable
        }
    }
}
