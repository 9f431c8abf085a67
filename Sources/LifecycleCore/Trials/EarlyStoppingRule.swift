import DAGDomain

/// Says whether a trial is not worth going on with, by what it and the others have reported.
package struct EarlyStoppingRule: Sendable {
    private let stopping: EarlyStopping

    package init(_ stopping: EarlyStopping) {
        self.stopping = stopping
    }

    /// To be asked when a trial has reported its newest point.
    ///
    /// - Parameters:
    ///   - previousStep: the last step before that point for which it was asked; nil for none.
    ///   - others: every other trial of the task, whether it still runs, has ended or was stopped.
    /// - Returns: why it is to be stopped, as the end of a sentence; nil to let it go on.
    package func verdict(on trial: TrialCurve, after previousStep: Int64?, others: [TrialCurve]) -> String? {
        switch stopping.rule {
        case .median: median(trial, others)
        case .successiveHalving: halving(trial, after: previousStep, others)
        }
    }

    /// A value that can be ordered: NaN is worse than everything.
    private func ordered(_ value: Double) -> Double {
        guard value.isNaN else { return value }
        return stopping.mode == .max ? -.infinity : .infinity
    }

    private func text(_ value: Double) -> String { "\((value * 1e6).rounded() / 1e6)" }

    // MARK: Median

    /// The median stopping rule: a trial is stopped at step s when the best it has reported by s is strictly worse than
    /// the median of the running averages of the others up to s (Golovin et al., "Google Vizier", KDD 2017, 3.2.2). There the others are
    /// completed trials; here those that have come as far, so that the first ones of a tuning can be judged too.
    private func median(_ trial: TrialCurve, _ others: [TrialCurve]) -> String? {
        guard let step = trial.lastStep, step >= stopping.graceSteps else { return nil }
        let averages = others.compactMap { other -> Double? in
            guard let last = other.lastStep, last >= step else { return nil }
            let values = other.through(step).map { ordered($0.value) }
            return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }.sorted()
        guard averages.count >= max(1, stopping.minimumTrials) else { return nil }
        let middle = averages.count / 2
        let median =
            averages.count % 2 == 1 ? averages[middle] : (averages[middle - 1] + averages[middle]) / 2
        let values = trial.through(step).map { ordered($0.value) }
        guard let best = stopping.mode == .max ? values.max() : values.min(),
            stopping.mode.isBetter(median, than: best)
        else { return nil }
        return
            "its best \(stopping.metric) by step \(step) is \(text(best)), worse than \(text(median)), the median of "
            + "\(averages.count) others"
    }

    // MARK: Successive halving

    /// Asynchronous successive halving (Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020), in the form that
    /// stops instead of pausing: with first rung r and reduction n, a trial that reaches rung r n^k goes on when it is
    /// among the best 1/n of those that have reached it so far; the first one always is.
    private func halving(_ trial: TrialCurve, after previousStep: Int64?, _ others: [TrialCurve]) -> String? {
        guard let step = trial.lastStep else { return nil }
        var rung = max(1, stopping.graceSteps)
        while rung <= step {
            if rung > previousStep ?? -1, let own = trial.value(at: rung) {
                let rivals = others.compactMap { $0.value(at: rung) }
                let better = rivals.count { stopping.mode.isBetter(ordered($0), than: ordered(own)) }
                let places = max(1, (rivals.count + 1) / Int(max(2, stopping.reduction)))
                if better >= places {
                    return
                        "at step \(rung) its \(stopping.metric) of \(text(own)) is in place \(better + 1) of "
                        + "\(rivals.count + 1), of which \(places) go on"
                }
            }
            let (next, overflow) = rung.multipliedReportingOverflow(by: max(2, stopping.reduction))
            guard !overflow else { break }
            rung = next
        }
        return nil
    }
}
