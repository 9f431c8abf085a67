import LifecycleCore
import Testing

@Suite struct PredictionQualityTests {
    struct Case: Sendable {
        let truths: [Bool]
        let scores: [Double]
        let auc: Double?
    }

    /// By counting pairs: a positive above a negative is 1, equal scores are a half.
    static let cases = [
        Case(truths: [false, false, true, true], scores: [0.1, 0.4, 0.35, 0.8], auc: 0.75),
        Case(truths: [true, false], scores: [0.9, 0.1], auc: 1),
        Case(truths: [true, false], scores: [0.1, 0.9], auc: 0),
        Case(truths: [true, false, true, false], scores: [0.5, 0.5, 0.5, 0.5], auc: 0.5),
        Case(truths: [true, false, false, true, true], scores: [0.7, 0.7, 0.2, 0.2, 0.9], auc: 4.0 / 6),
        Case(truths: [true, true], scores: [0.1, 0.2], auc: nil),
        Case(truths: [], scores: [], auc: nil),
    ]

    @Test(arguments: cases) func theAreaIsTheShareOfOrderedPairs(_ example: Case) {
        let auc = PredictionQuality.rocAUC(example.truths, example.scores)
        #expect(auc == example.auc)
        let pairs = zip(example.truths, example.scores).filter(\.0).flatMap { _, positive in
            zip(example.truths, example.scores).filter { !$0.0 }.map { _, negative in
                positive > negative ? 1.0 : positive == negative ? 0.5 : 0
            }
        }
        if let auc { #expect(abs(auc - pairs.reduce(0, +) / Double(pairs.count)) < 1e-12) }
    }

    @Test func scoresOfTwoClasses() throws {
        let quality = try #require(
            PredictionQuality(labels: ["0", "0", "1", "1"], predictions: ["0.1", "0.4", "0.35", "0.8"]))
        #expect(quality.rows == 4 && quality.accuracy == 0.75 && quality.rocAUC == 0.75)
        let named = PredictionQuality(
            labels: ["no", "yes"], predictions: ["0.2", "0.6"], positive: "yes")
        #expect(named?.accuracy == 1 && named?.rocAUC == 1)
        // Without a word about which label is meant, numbers and words have nothing in common.
        #expect(PredictionQuality(labels: ["no", "yes"], predictions: ["2", "6"])?.accuracy == 0)
    }

    @Test func classes() throws {
        let quality = try #require(
            PredictionQuality(labels: ["cat", "dog", "cat"], predictions: ["cat", "cat", "cat"]))
        #expect(quality.accuracy == 2.0 / 3 && quality.rocAUC == nil)
        let numbers = PredictionQuality(labels: ["0", "1", "2"], predictions: ["0", "2", "2"])
        #expect(numbers?.accuracy == 2.0 / 3)
        #expect(PredictionQuality(labels: [], predictions: []) == nil)
    }
}
