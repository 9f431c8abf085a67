import Glibc

/// A metric of predictions that a gate can have a confidence interval of. Names and definitions are scikit-learn's.
package enum PairedMetric: String, Hashable, Sendable, CaseIterable {
    /// The share of rows whose score is on the side of 0.5 that the label (0 or 1) says; 0.5 is on that of 1.
    case accuracy
    /// The probability that a row of class 1 has a larger score than one of class 0, ties counting half (H. Mann, D. Whitney, 1947).
    case rocAUC = "roc_auc"
    /// The mean of `-log p`, where p is the probability given to the label, kept 2.2e-16 away from 0 and 1 as scikit-learn does.
    case logLoss = "log_loss"
    /// The root of the mean squared difference of score and label.
    case rmse
    /// The mean absolute difference of score and label.
    case mae

    /// Whether labels must be 0 or 1.
    package var isOfClasses: Bool {
        switch self {
        case .accuracy, .rocAUC, .logLoss: true
        case .rmse, .mae: false
        }
    }
}

/// A metric of one list of scores, prepared so that rows can be weighted anew again and again: what does not depend on the
/// weights (losses, the order of the scores) is worked out once.
struct WeightedScore: Sendable {
    private let metric: PairedMetric
    /// What each row adds to the mean; empty for the area under the curve.
    private let losses: [Double]
    /// Rows by rising score, and where runs of equal scores end.
    private let order: [Int]
    private let ends: [Int]
    private let isPositive: [Bool]

    init(_ metric: PairedMetric, labels: [Double], scores: [Double]) {
        self.metric = metric
        isPositive = labels.map { $0 > 0.5 }
        guard metric == .rocAUC else {
            losses = zip(labels, scores).map { Self.loss(metric, label: $0, score: $1) }
            order = []
            ends = []
            return
        }
        losses = []
        let sorted = scores.indices.sorted { scores[$0] < scores[$1] }
        order = sorted
        ends = sorted.indices.filter { place in
            place + 1 == sorted.count || scores[sorted[place + 1]] != scores[sorted[place]]
        }
    }

    private static func loss(_ metric: PairedMetric, label: Double, score: Double) -> Double {
        switch metric {
        case .accuracy: return (score >= 0.5) == (label > 0.5) ? 1 : 0
        case .logLoss:
            let kept = min(max(score, Double.ulpOfOne), 1 - Double.ulpOfOne)
            return -log(label > 0.5 ? kept : 1 - kept)
        case .rmse: return (score - label) * (score - label)
        case .mae: return abs(score - label)
        case .rocAUC: return 0
        }
    }

    /// Nil when the metric is not defined.
    func value(_ weights: [UInt32]) -> Double? {
        metric == .rocAUC ? area(weights) : mean(weights)
    }

    private func mean(_ weights: [UInt32]) -> Double? {
        var sum = 0.0
        var count = 0.0
        for row in losses.indices {
            let weight = Double(weights[row])
            sum += weight * losses[row]
            count += weight
        }
        guard count > 0 else { return nil }
        return metric == .rmse ? (sum / count).squareRoot() : sum / count
    }

    private func area(_ weights: [UInt32]) -> Double? {
        var below = 0.0
        var positives = 0.0
        var pairs = 0.0
        var start = 0
        for end in ends {
            var ones = 0.0
            var zeros = 0.0
            for place in start...end {
                let row = order[place]
                if isPositive[row] { ones += Double(weights[row]) } else { zeros += Double(weights[row]) }
            }
            pairs += ones * (below + zeros / 2)
            below += zeros
            positives += ones
            start = end + 1
        }
        guard positives > 0, below > 0 else { return nil }
        return pairs / (positives * below)
    }
}
