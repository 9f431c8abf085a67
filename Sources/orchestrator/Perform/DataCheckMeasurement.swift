import DAGDomain
import DataProfiling
import LifecycleCore

/// What a data check needs to know of its file, and the metrics that it makes of it.
struct DataCheckMeasurement {
    private let check: DataCheck

    init(_ check: DataCheck) { self.check = check }

    /// Reads the file once, and looks only at what a rule asks for.
    func profile(_ path: String) throws(DataFileError) -> TableProfile {
        var profiler = TableProfiler()
        profiler.temporaryFolder = CheckedPerformance.variable("TMPDIR") ?? "/tmp"
        if let format = check.format { profiler.format = TableFormat(format) }
        if let words = check.nullWords { profiler.nullWords = words }
        if check.rules.contains(where: { $0.driftReference != nil }) {
            profiler.others.sampleSize = DriftCommand.standardSample
        }
        for rule in check.rules {
            guard let column = rule.column else { continue }
            if profiler.columns[column] == nil { profiler.columns[column] = profiler.others }
            profiler.columns[column, default: ColumnMeasures()].demand(rule)
        }
        return try profiler.profile(path)
    }

    func metrics(_ profile: TableProfile, previousRows: Double?, now: Timestamp) -> [Metric] {
        let names = check.metricNames
        var metrics = [Metric(name: names.rows, value: Double(profile.rows))]
        let present = Set(profile.columns.map(\.name))
        for rule in check.rules {
            if rule.maximumRowChange != nil {
                if let previousRows { metrics.append(Metric(name: names.previousRows, value: previousRows)) }
                metrics.append(
                    Metric(
                        name: names.rowChange, value: Self.change(Double(profile.rows), from: previousRows)))
            }
            if let columns = rule.columns {
                let missing = columns.count { !present.contains($0) }
                metrics.append(Metric(name: names.missingColumns, value: Double(missing)))
            }
            if rule.onlyThese {
                let others = present.subtracting(rule.columns ?? []).count
                metrics.append(Metric(name: names.otherColumns, value: Double(others)))
            }
            if rule.maximumFileAge != nil {
                metrics.append(Metric(name: names.fileAge, value: (now - profile.modified).inSeconds))
            }
            if let name = rule.column, let column = profile.column(name) {
                metrics += self.metrics(of: column, rule, now)
            }
        }
        return Self.withoutRepetition(metrics)
    }

    /// How the table differs from those that rules name; each is read now.
    func drift(_ profile: TableProfile) throws(DataFileError) -> [Metric] {
        let names = check.metricNames
        var metrics: [Metric] = []
        for rule in check.rules {
            guard let reference = rule.driftReference?.literalText else { continue }
            var profiler = TableProfiler()
            profiler.others.sampleSize = DriftCommand.standardSample
            if let words = check.nullWords { profiler.nullWords = words }
            let report = DriftReport(
                reference: try profiler.profile(reference).columns.map(ColumnSample.init),
                current: profile.columns.map(ColumnSample.init), names: rule.columns)
            metrics.append(Metric(name: names.driftShare, value: report.driftShare))
            if let psi = report.largestPSI { metrics.append(Metric(name: names.largestPSI, value: psi)) }
            for column in report.columns {
                for (statistic, value) in column.statistics?.named ?? [] {
                    metrics.append(Metric(name: names.drift(statistic, column.name), value: value))
                }
            }
        }
        return Self.withoutRepetition(metrics)
    }

    /// Without an earlier run there is no change.
    private static func change(_ rows: Double, from previous: Double?) -> Double {
        guard let previous, rows != previous else { return 0 }
        return abs(rows - previous) / previous
    }

    private func metrics(of column: ColumnProfile, _ rule: DataRule, _ now: Timestamp) -> [Metric] {
        let names = check.metricNames
        var metrics: [Metric] = []
        func report(_ name: String, _ value: Double?) {
            if let value { metrics.append(Metric(name: name, value: value)) }
        }
        if rule.type != nil { report(names.mistyped(column.name), Double(column.mistyped)) }
        if rule.maximumNullShare != nil {
            report(names.nulls(column.name), Double(column.nulls))
            report(names.nullShare(column.name), column.nullShare)
        }
        if rule.isUnique { report(names.duplicates(column.name), column.duplicates.map(Double.init)) }
        if rule.minimum != nil || rule.maximum != nil {
            // An infinite number is outside of every range.
            report(names.notNumbers(column.name), Double(column.notNumbers + column.infinite))
            report(names.minimum(column.name), column.minimum)
            report(names.maximum(column.name), column.maximum)
        }
        if rule.values != nil { report(names.unexpected(column.name), Double(column.unexpected)) }
        if rule.maximumAge != nil {
            report(names.age(column.name), column.newest.map { (now - $0).inSeconds })
        }
        return metrics
    }

    /// Several rules may ask for one number.
    private static func withoutRepetition(_ metrics: [Metric]) -> [Metric] {
        var seen = Set<String>()
        return metrics.filter { seen.insert($0.name).inserted }
    }
}

extension ColumnMeasures {
    fileprivate mutating func demand(_ rule: DataRule) {
        if rule.minimum != nil || rule.maximum != nil || rule.maximumAge != nil { statistics = true }
        if rule.isUnique { duplicates = true }
        if let type = rule.type { self.type = type }
        if let values = rule.values { allowed = values }
    }
}

extension TableFormat {
    init(_ format: DataFormat) {
        switch format {
        case .csv: self = .delimited(UInt8(ascii: ","))
        case .tsv: self = .delimited(UInt8(ascii: "\t"))
        case .jsonl: self = .jsonLines
        }
    }
}
