import LifecycleCore
import Testing

struct ReproductionReportTests {
    nonisolated static let cases: [(Double, Double, Double, Bool)] = [
        (0.8, 0.8, 0, true), (0.8, 0.8 + 1e-12, 1e-9, true), (0.8, 0.8001, 1e-9, false),
        (0.8, 0.8001, 1e-3, true),
        (0, 0, 0, true), (0, 1e-300, 1e-9, false), (-1, 1, 1, false), (-1, 1, 2, true), (.nan, .nan, 0, true),
        (.nan, 1, 10, false), (.infinity, .infinity, 0, true), (.infinity, -.infinity, 10, false),
        (.infinity, 1, 10, false), (1e308, -1e308, 1e-9, false), (1e308, -1e308, 2, true),
        (0.0, -0.0, 0, true),
    ]

    @Test(arguments: cases)
    func metricsAreComparedRelatively(recorded: Double, found: Double, tolerance: Double, isWithin: Bool) {
        let report = ReproductionReport(
            recorded: ["m": recorded], reproduced: ["m": found], tolerance: tolerance)
        #expect(report.isReproduced == isWithin, "\(report.lines)")
    }

    @Test func aMetricThatNobodyReportedIsADifference() {
        let report = ReproductionReport(
            recorded: ["b": 1, "a": 2], reproduced: ["b": 1, "c": 3], tolerance: 1)
        #expect(report.lines.map(\.name) == ["a", "b"] && report.lines.map(\.isWithin) == [false, true])
        #expect(!report.isReproduced)
        #expect(ReproductionReport(recorded: [:], reproduced: [:], tolerance: 0).isReproduced)
    }
}
