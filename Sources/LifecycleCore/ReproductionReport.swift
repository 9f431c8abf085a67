import DAGDomain

/// Whether a run that did a training again came to the same metrics.
package struct ReproductionReport: Hashable, Sendable {
    /// One metric that is recorded with the version.
    package struct Line: Hashable, Sendable {
        package let name: String
        package let recorded: Double
        /// Nil when no task of the run reported it.
        package let reproduced: Double?
        /// How far they are apart, as a share of the larger one; nil when that is no number.
        package let difference: Double?
        package let isWithin: Bool
    }

    /// In order of their names.
    package let lines: [Line]

    /// Relative: 1e-9 lets the last digits of a sum differ that was added up in another order.
    package static let defaultTolerance = 1e-9

    package init(recorded: [String: Double], reproduced: [String: Double], tolerance: Double) {
        lines = recorded.sorted { $0.key < $1.key }.map { name, value in
            let found = reproduced[name]
            let difference = found.flatMap { Self.difference(value, $0) }
            return Line(
                name: name, recorded: value, reproduced: found, difference: difference,
                isWithin: difference.map { $0 <= tolerance } ?? false)
        }
    }

    package var isReproduced: Bool { lines.allSatisfy(\.isWithin) }

    /// Equal values, also NaN and infinite ones, are 0 apart.
    private static func difference(_ left: Double, _ right: Double) -> Double? {
        if left == right || (left.isNaN && right.isNaN) { return 0 }
        guard left.isFinite, right.isFinite else { return nil }
        let larger = max(abs(left), abs(right))
        // Each by itself, because the difference of two large numbers can be infinite.
        return abs(left / larger - right / larger)
    }
}
