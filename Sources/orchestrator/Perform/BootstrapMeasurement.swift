import DAGDomain
import DataProfiling
import LifecycleCore
import SchedulerService

/// Works out the confidence interval of the difference between two versions, from the predictions that a task has left, and reports
/// it as metrics: the gate stays a gate on metrics.
struct BootstrapMeasurement {
    let request: BootstrapRequest

    /// The metric alone when the table has no predictions of the other version: there was none to compare with, or the gate
    /// will say that its number is missing.
    func metrics(_ path: String) throws(DataFileError) -> (metrics: [Metric], sentence: String) {
        let other = "\(request.alias)_score"
        let table = try NumberTable(path, columns: ["label", "score", other])
        guard let labels = table.columns["label"] else { throw .missingColumn(path: path, name: "label") }
        guard let scores = table.columns["score"] else { throw .missingColumn(path: path, name: "score") }
        if request.metric.isOfClasses, let row = labels.firstIndex(where: { $0 != 0 && $0 != 1 }) {
            throw .notAClass(path: path, row: row + 1, column: "label")
        }
        guard let otherScores = table.columns[other] else { return alone(labels, scores) }
        let bootstrap = PairedBootstrap(
            metric: request.metric, labels: labels, scores: scores, otherScores: otherScores)
        guard let interval = bootstrap.interval(confidence: request.confidence) else {
            return ([], "\(request.metric.rawValue) is not defined for these \(labels.count) rows")
        }
        let name = request.metric.rawValue
        let names = VersionComparison(alias: request.alias).intervalMetrics(of: name)
        let metrics = [
            Metric(name: name, value: interval.value),
            Metric(
                name: VersionComparison(alias: request.alias).baselineMetric(of: name),
                value: interval.otherValue),
            Metric(name: names.low, value: interval.low), Metric(name: names.high, value: interval.high),
        ]
        let sentence =
            "\(name) \(interval.value), \(request.alias) \(interval.otherValue); the difference is from "
            + "\(interval.low) to \(interval.high) (confidence \(request.confidence), \(interval.resamples) resamples "
            + "of \(labels.count) rows)"
        return (metrics, sentence)
    }

    private func alone(_ labels: [Double], _ scores: [Double]) -> (metrics: [Metric], sentence: String) {
        let name = request.metric.rawValue
        let itself = PairedBootstrap(
            metric: request.metric, labels: labels, scores: scores, otherScores: scores)
        guard let value = itself.interval(confidence: request.confidence, resamples: 1)?.value else {
            return ([], "\(name) is not defined for these \(labels.count) rows")
        }
        let sentence =
            "\(name) \(value); no column \(request.alias)_score, so no comparison with \(request.alias)"
        return ([Metric(name: name, value: value)], sentence)
    }
}
