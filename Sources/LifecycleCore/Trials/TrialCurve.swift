/// What one trial has reported of the metric so far.
package struct TrialCurve: Hashable, Sendable {
    package struct Point: Hashable, Sendable {
        package let step: Int64
        package let value: Double

        package init(step: Int64, value: Double) {
            self.step = step
            self.value = value
        }
    }

    /// By step; one value each, the last one reported.
    package private(set) var points: [Point] = []

    package init(_ points: [Point] = []) {
        for point in points { add(point) }
    }

    package var lastStep: Int64? { points.last?.step }

    /// What is not a number counts as the worst there can be, when it is compared.
    package mutating func add(_ point: Point) {
        let place = points.lastIndex { $0.step <= point.step }
        if let place, points[place].step == point.step {
            points[place] = point
        } else {
            points.insert(point, at: place.map { $0 + 1 } ?? 0)
        }
    }

    package func through(_ step: Int64) -> ArraySlice<Point> { points.prefix { $0.step <= step } }

    /// The value with which it passed a step; nil when it has not come so far.
    package func value(at step: Int64) -> Double? { points.first { $0.step >= step }?.value }
}
