/// How a current table compares with its reference: each column, and overall.
package struct DriftReport: Hashable, Sendable {
    package let columns: [ColumnDrift]
    /// Columns that only the current table has; they decide nothing.
    package let newColumns: [String]
    /// From which share of drifted columns on the whole table counts as drifted.
    package let shareThreshold: Double

    /// - Parameters:
    ///   - names: the columns to compare; nil compares all of the reference.
    ///   - method: nil chooses one for each column.
    package init(
        reference: [ColumnSample], current: [ColumnSample], names: [String]? = nil,
        method: DriftMethod? = .psi, threshold: Double? = nil, shareThreshold: Double = 0.5
    ) {
        let found = Dictionary(current.map { ($0.name, $0) }) { first, _ in first }
        let wanted = names.map(Set.init)
        columns =
            reference
            .filter { wanted?.contains($0.name) ?? true }
            .map {
                ColumnDrift(
                    reference: $0, current: found[$0.name], method: method, threshold: threshold)
            }
        let known = Set(reference.map(\.name))
        newColumns = current.map(\.name).filter { !known.contains($0) && wanted == nil }
        self.shareThreshold = shareThreshold
    }

    package var driftedColumns: [String] { columns.filter(\.isDrifted).map(\.name) }

    /// Drifted columns among those that could be compared; 0 without any.
    package var driftShare: Double {
        let comparable = columns.count(where: \.isComparable)
        return comparable == 0 ? 0 : Double(driftedColumns.count) / Double(comparable)
    }

    package var isDrifted: Bool { driftShare > 0 && driftShare >= shareThreshold }

    /// The largest PSI of a column; nil when none could be computed.
    package var largestPSI: Double? { columns.compactMap { $0.statistics?.psi }.max() }
}
