import DAGDomain

/// The file behind `ORCHESTRATOR_METRICS`: `name=value` or `name=value step` per line.
///
/// It is read while the task runs, so a last line without an end counts only once the task has ended.
enum MetricsFile {
    static let sizeLimitBytes = 64 * 1024 * 1024

    struct Problem: Error, Equatable {
        let text: String
    }

    static func parse(_ bytes: [UInt8]) throws(Problem) -> [Metric] {
        guard let lines = TextLines.lines(of: bytes) else {
            throw Problem(text: "the metrics file is not UTF-8")
        }
        var metrics: [Metric] = []
        for (index, line) in lines.enumerated() {
            if line.isEmpty { continue }
            guard let metric = parse(line) else {
                throw Problem(
                    text: "line \(index + 1) of the metrics file is not `name=number` or `name=number step`: "
                        + "`\(line.prefix(60))`")
            }
            metrics.append(metric)
        }
        return metrics
    }

    private static func parse(_ line: Substring) -> Metric? {
        guard let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = String(line[..<equals])
        let fields = line[line.utf8.index(after: equals)...].split(separator: " ")
        guard isName(name), (1...2).contains(fields.count), let value = Double(fields[0]) else { return nil }
        guard fields.count == 2 else { return Metric(name: name, value: value) }
        return Int64(fields[1]).map { Metric(name: name, value: value, step: $0) }
    }

    /// MLflow's rule for metric names: letters, digits, `_ - . / ` and spaces inside; at most 250 bytes. Brackets are ours: they
    /// name a part of the data (`roc_auc[senior:yes]`).
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 250 && name.first != " " && name.last != " "
            && name.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
                        || "_-./ :[]".unicodeScalars.contains($0))
            }
    }
}
