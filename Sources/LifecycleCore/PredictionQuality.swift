/// How well predictions fit what turned out to be true.
package struct PredictionQuality: Hashable, Sendable {
    /// Rows of which both are known.
    package let rows: Int
    package let accuracy: Double
    /// Nil unless the predictions are scores of two classes, and both classes are there.
    package let rocAUC: Double?

    /// Labels that a high score means when nobody says which.
    private static let usualPositives: Set<String> = ["1", "1.0", "true", "True", "TRUE"]

    /// Scores of two classes when every prediction is a number and there are at most two labels, one of which is the
    /// positive one; else classes, which are right when the texts are equal. A score of 0.5 or more counts as positive.
    ///
    /// Nil without rows.
    package init?(labels: [String], predictions: [String], positive: String? = nil) {
        precondition(labels.count == predictions.count, "a prediction for each label")
        guard !labels.isEmpty else { return nil }
        rows = labels.count
        let positives = positive.map { [$0] } ?? Self.usualPositives
        let classes = Set(labels)
        let scores = predictions.compactMap { Double($0) }.filter { !$0.isNaN }
        // Only one class is there yet: then the scores must look like probabilities.
        let areScores =
            scores.count == rows && classes.count <= 2
            && (!classes.isDisjoint(with: positives) || scores.allSatisfy { (0...1).contains($0) })
        guard areScores else {
            accuracy = Double(zip(labels, predictions).count { $0 == $1 }) / Double(rows)
            rocAUC = nil
            return
        }
        let truths = labels.map { positives.contains($0) }
        accuracy = Double(zip(truths, scores).count { $0 == ($1 >= 0.5) }) / Double(rows)
        rocAUC = Self.rocAUC(truths, scores)
    }

    /// The area under the ROC curve as the chance that a positive has a higher score than a negative, half of it for
    /// equal scores: (R - p (p + 1) / 2) / (p n), where R is the sum of the ranks of the p positives among all, equal
    /// scores sharing the mean of their ranks, and n the number of negatives (Hanley and McNeil 1982).
    package static func rocAUC(_ truths: [Bool], _ scores: [Double]) -> Double? {
        let positives = truths.count { $0 }
        let negatives = truths.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var rankSum = 0.0
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            let rank = Double(start + 1 + end) / 2
            rankSum += rank * Double(order[start..<end].count { truths[$0] })
            start = end
        }
        let least = Double(positives) * Double(positives + 1) / 2
        return (rankSum - least) / (Double(positives) * Double(negatives))
    }
}
