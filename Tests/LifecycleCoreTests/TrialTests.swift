import DAGDomain
import LifecycleCore
import Testing

@Suite struct TrialTests {
    private static func curve(_ values: Double...) -> TrialCurve {
        TrialCurve(values.enumerated().map { TrialCurve.Point(step: Int64($0 + 1), value: $1) })
    }

    @Test func theFirstOfTheBestWins() {
        let values: [(mapIndex: Int, value: Double?)] = [(3, 0.9), (0, nil), (1, .nan), (2, 0.9), (4, 0.1)]
        let largest = BestTrial(TrialSelection(metric: "m", mode: .max), values: values)
        #expect(largest?.mapIndex == 2 && largest?.value == 0.9)
        #expect(BestTrial(TrialSelection(metric: "m", mode: .min), values: values)?.mapIndex == 4)
        #expect(BestTrial(TrialSelection(metric: "m", mode: .min), values: [(0, .nan), (1, nil)]) == nil)
    }

    @Test func aCurveIsInTheOrderOfItsSteps() {
        var curve = Self.curve(1, 2, 3)
        curve.add(.init(step: 2, value: 7))
        curve.add(.init(step: 0, value: 5))
        #expect(curve.points.map(\.step) == [0, 1, 2, 3] && curve.points.map(\.value) == [5, 1, 7, 3])
        #expect(curve.value(at: 2) == 7 && curve.value(at: 4) == nil && curve.through(1).count == 2)
    }

    // MARK: Median

    private let median = EarlyStoppingRule(EarlyStopping(metric: "auc", mode: .max, graceSteps: 2))
    /// Running averages through step 2: 0.5, 0.6, 0.7.
    private let others = [curve(0.4, 0.6), curve(0.5, 0.7, 0.9), curve(0.6, 0.8)]

    @Test func aTrialBelowTheMedianIsStopped() throws {
        let reason = try #require(median.verdict(on: Self.curve(0.1, 0.5), after: nil, others: others))
        #expect(reason == "its best auc by step 2 is 0.5, worse than 0.6, the median of 3 others")
        #expect(
            median.verdict(on: Self.curve(0.6, 0.1), after: nil, others: others) == nil, "equal is not worse")
        #expect(
            median.verdict(on: Self.curve(0.9, 0.1), after: nil, others: others) == nil, "its best counts")
        #expect(median.verdict(on: Self.curve(0.1), after: nil, others: others) == nil, "grace")
        #expect(median.verdict(on: Self.curve(0.1, 0.1), after: nil, others: Array(others.prefix(2))) == nil)
        #expect(
            median.verdict(on: Self.curve(0.1, 0.1, 0.1), after: nil, others: others) == nil,
            "one came as far")
        #expect(median.verdict(on: Self.curve(.nan, .nan), after: nil, others: others) != nil)
    }

    @Test func lessIsBetterForALoss() {
        let rule = EarlyStoppingRule(EarlyStopping(metric: "loss", mode: .min, minimumTrials: 1))
        #expect(rule.verdict(on: Self.curve(0.9), after: nil, others: [Self.curve(0.5)]) != nil)
        #expect(rule.verdict(on: Self.curve(0.4), after: nil, others: [Self.curve(0.5)]) == nil)
    }

    // MARK: Successive halving

    private let halving = EarlyStoppingRule(
        EarlyStopping(metric: "auc", mode: .max, rule: .successiveHalving, graceSteps: 1, reduction: 3))

    @Test func oneInThreeGoesOnAtEachRung() {
        let rivals = [Self.curve(0.5), Self.curve(0.6), Self.curve(0.7)]
        #expect(halving.verdict(on: Self.curve(0.1), after: nil, others: []) == nil, "the first goes on")
        #expect(halving.verdict(on: Self.curve(0.4), after: nil, others: [rivals[0]]) != nil)
        #expect(halving.verdict(on: Self.curve(0.8), after: nil, others: rivals) == nil)
        #expect(
            halving.verdict(on: Self.curve(0.65), after: nil, others: rivals)
                == "at step 1 its auc of 0.65 is in place 2 of 4, of which 1 go on")
        // Of six, two go on.
        let five = rivals + [Self.curve(0.1), Self.curve(0.2)]
        #expect(halving.verdict(on: Self.curve(0.65), after: nil, others: five) == nil)
    }

    @Test func onlyAtRungsAndOnlyOnce() {
        let rivals = [Self.curve(0.5, 0.6, 0.9), Self.curve(0.5, 0.6, 0.8)]
        // The rungs are 1, 3, 9.
        #expect(halving.verdict(on: Self.curve(0.9, 0.1), after: 1, others: rivals) == nil)
        #expect(halving.verdict(on: Self.curve(0.9, 0.1, 0.1), after: 2, others: rivals) != nil)
        #expect(halving.verdict(on: Self.curve(0.9, 0.1, 0.1, 0), after: 3, others: rivals) == nil)
        // A trial that reports every fifth step passes the rung with the first report behind it.
        let coarse = TrialCurve([.init(step: 5, value: 0.1)])
        #expect(halving.verdict(on: coarse, after: nil, others: rivals) != nil)
    }
}
