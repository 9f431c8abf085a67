import DAGDomain
import DataProfiling
import JSONText
import LifecycleCore

/// What a monitoring task measures: how a table differs from the reference, and how well its predictions fit.
struct DriftMeasurement {
    private let reference: String
    private let current: String
    private let columns: [String]?
    private let method: DriftMethod?
    private let threshold: Double?
    private let share: Double
    private let prediction: String?
    private let label: String?
    private let positive: String?
    /// The version that the reference is kept with.
    private let version: String?
    private let versionNumber: JSONValue?
    private let recorded: [String: Double]

    init(_ specification: JSONValue) {
        reference = specification["reference"]?.stringValue ?? ""
        current = specification["current"]?.stringValue ?? ""
        columns = specification["columns"]?.arrayValue?.compactMap(\.stringValue)
        method = specification["method"]?.stringValue.flatMap(DriftMethod.init(rawValue:))
        threshold = specification["threshold"]?.doubleValue
        share = specification["share"]?.doubleValue ?? DriftComparison.defaultShare
        prediction = specification["prediction"]?.stringValue
        label = specification["label"]?.stringValue
        positive = specification["positive"]?.stringValue
        version = specification["version"]?.stringValue
        versionNumber = specification["version_number"]
        var recorded: [String: Double] = [:]
        for (name, value) in specification["recorded"]?.objectValue ?? JSONObject() {
            recorded[name] = value.doubleValue
        }
        self.recorded = recorded
    }

    /// What could not be measured as it was asked for.
    enum Problem: Error {
        case file(DataFileError)
        case sentence(String)
    }

    /// The numbers, and what they come to.
    struct Found {
        var metrics: [Metric]
        /// By the names in `DriftComparison.outputNames`.
        var outputs: [(name: String, value: JSONValue)]
    }

    func measure(_ say: (String) -> Void) throws(Problem) -> Found {
        let (first, second) = (try samples(reference), try samples(current))
        let apart = Set([prediction, label].compactMap(\.self))
        for name in columns ?? [] where !first.contains(where: { $0.name == name }) {
            let known = first.map(\.name).joined(separator: ", ")
            throw .sentence("the reference has no column `\(name)`; there is \(known)")
        }
        let report = DriftReport(
            reference: first.filter { !apart.contains($0.name) },
            current: second.filter { !apart.contains($0.name) }, names: columns, method: method,
            threshold: threshold, shareThreshold: share)
        let drifted = report.driftedColumns.isEmpty ? "none" : report.driftedColumns.joined(separator: ", ")
        say(
            "compared \(second.first?.rows ?? 0) rows with \(first.first?.rows ?? 0) rows of the reference"
                + "\(version.map { " of \($0)" } ?? ""); drifted columns: \(drifted)")
        let prediction = predictionDrift(first, second, say)
        return Found(
            metrics: report.metrics + prediction + (try quality(second, say)),
            outputs: outputs(report, prediction))
    }

    private func outputs(_ report: DriftReport, _ prediction: [Metric]) -> [(name: String, value: JSONValue)]
    {
        var outputs: [(name: String, value: JSONValue)] = [
            ("drifted", .bool(report.isDrifted)),
            ("drifted_columns", .array(report.driftedColumns.map(JSONValue.string))),
        ]
        if let versionNumber { outputs.append(("reference_version", versionNumber)) }
        if let metric = prediction.first { outputs.append(("prediction_drifted", .bool(metric.value == 1))) }
        return outputs
    }

    private func samples(_ path: String) throws(Problem) -> [ColumnSample] {
        var profiler = TableProfiler()
        profiler.others.sampleSize = DriftCommand.standardSample
        do throws(DataFileError) {
            profiler.format = try TableFormat(sniffing: path)
            return try profiler.profile(path).columns.map(ColumnSample.init)
        } catch {
            throw .file(error)
        }
    }

    private func predictionDrift(
        _ first: [ColumnSample], _ second: [ColumnSample], _ say: (String) -> Void
    ) -> [Metric] {
        guard let prediction else { return [] }
        guard let old = first.first(where: { $0.name == prediction }) else {
            say("the reference has no column `\(prediction)`: the drift of the prediction is not measured")
            return []
        }
        let column = ColumnDrift(
            reference: old, current: second.first { $0.name == prediction }, method: method,
            threshold: threshold)
        var metrics = [Metric(name: "prediction_drift", value: column.isDrifted ? 1 : 0)]
        for (name, value) in column.statistics?.named ?? [] {
            metrics.append(Metric(name: "prediction.\(name)", value: value))
        }
        return metrics
    }

    // MARK: Labels

    private func quality(_ second: [ColumnSample], _ say: (String) -> Void) throws(Problem) -> [Metric] {
        guard let prediction, let label else { return [] }
        let names = Set(second.map(\.name))
        guard names.contains(prediction) else { throw .sentence("the table has no column `\(prediction)`") }
        guard names.contains(label) else {
            say("no labels yet: the table has no column `\(label)`")
            return [Metric(name: "labelled_rows", value: 0)]
        }
        guard let now = try quality(of: current) else {
            say("no labels yet: no row has both")
            return [Metric(name: "labelled_rows", value: 0)]
        }
        let before = try recordedQuality(say)
        var metrics = [Metric(name: "labelled_rows", value: Double(now.rows))]
        for (name, value) in [("accuracy", now.accuracy), ("roc_auc", now.rocAUC)] {
            guard let value else { continue }
            metrics.append(Metric(name: name, value: value))
            guard let old = before[name] else { continue }
            metrics.append(Metric(name: "recorded.\(name)", value: old))
            metrics.append(Metric(name: "decay.\(name)", value: old - value))
        }
        return metrics
    }

    /// What is recorded with the version; else what the reference's own predictions are worth.
    private func recordedQuality(_ say: (String) -> Void) throws(Problem) -> [String: Double] {
        if version != nil {
            if recorded["roc_auc"] == nil, recorded["accuracy"] == nil {
                say("neither roc_auc nor accuracy is recorded with \(version ?? ""): no decay is measured")
            }
            return recorded
        }
        guard let old = try quality(of: reference) else { return [:] }
        var values = ["accuracy": old.accuracy]
        values["roc_auc"] = old.rocAUC
        return values
    }

    private func quality(of path: String) throws(Problem) -> PredictionQuality? {
        guard let label, let prediction else { return nil }
        do throws(DataFileError) {
            var reader = ColumnPairReader()
            reader.format = try TableFormat(sniffing: path)
            let pairs = try reader.read(path, label, prediction)
            return pairs.flatMap {
                PredictionQuality(labels: $0.first, predictions: $0.second, positive: positive)
            }
        } catch {
            throw .file(error)
        }
    }
}
