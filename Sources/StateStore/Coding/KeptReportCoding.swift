import DAGDomain
import JSONText

/// What an instance reported, as the cache gives it to another one.
package struct KeptReport: Hashable, Sendable {
    package var outputs: [TaskOutput] = []
    package var metrics: [Metric] = []
    package var artifacts: [ArtifactReference] = []
    package var verdict: GateVerdict?
}

/// How a report is stored in one column.
enum KeptReportCoding {
    static func encode(_ report: KeptReport) -> JSONObject {
        var object: JSONObject = [
            "outputs": .array(report.outputs.map { [.string($0.name), $0.value] }),
            "metrics": .array(
                report.metrics.map { metric in
                    // As texts, because JSON has no NaN and no infinity.
                    [
                        .string(metric.name), .string("\(metric.value)"),
                        metric.step.map { .integer($0) } ?? .null,
                    ]
                }),
            "artifacts": .array(
                report.artifacts.map { artifact in
                    [
                        .string(artifact.name), .string(artifact.path), .string(artifact.sha256),
                        .integer(artifact.sizeBytes),
                    ]
                }),
        ]
        object["verdict"] = report.verdict.map { .object(GateVerdictCoding.encode($0)) }
        return object
    }

    static func decode(_ object: JSONObject) -> KeptReport? {
        var report = KeptReport()
        for output in object["outputs"]?.arrayValue ?? [] {
            guard let parts = output.arrayValue, parts.count == 2, let name = parts[0].stringValue else {
                return nil
            }
            report.outputs.append(TaskOutput(name: name, value: parts[1]))
        }
        for metric in object["metrics"]?.arrayValue ?? [] {
            guard let parts = metric.arrayValue, parts.count == 3, let name = parts[0].stringValue,
                let value = parts[1].stringValue.flatMap(Double.init)
            else { return nil }
            report.metrics.append(Metric(name: name, value: value, step: parts[2].intValue))
        }
        for artifact in object["artifacts"]?.arrayValue ?? [] {
            guard let parts = artifact.arrayValue, parts.count == 4, let name = parts[0].stringValue,
                let path = parts[1].stringValue, let hash = parts[2].stringValue, let size = parts[3].intValue
            else { return nil }
            report.artifacts.append(ArtifactReference(name: name, path: path, sha256: hash, sizeBytes: size))
        }
        if let verdict = object["verdict"]?.objectValue {
            guard let decoded = GateVerdictCoding.decode(verdict) else { return nil }
            report.verdict = decoded
        }
        return report
    }
}
