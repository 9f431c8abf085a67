import ArgumentParser
import DAGDomain
import DataProfiling
import JSONText
import LifecycleCore

/// `drift`
struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "How the columns of a table differ from those of a reference.",
        discussion: """
            Files are CSV (.csv, .tsv) or JSON Lines (.jsonl, .ndjson). Inside a task the numbers become its metrics: \
            drift_share, drifted_columns, max_psi, and psi.COLUMN and so on for each column.
            """)

    static let standardSample = 200_000

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The table that is the measure, for example the training data.")
    var reference: String

    @Argument(help: "The table that is looked at.")
    var current: String

    @Option(help: ArgumentHelp("Only these, separated by commas. Repeatable.", valueName: "names"))
    var columns: [String] = []

    @Option(
        help: ArgumentHelp(
            "What decides about a column: psi, ks, chi_square, jensen_shannon, wasserstein, or auto, which chooses "
                + "by size and kind.", valueName: "name"))
    var method = "psi"

    @Option(
        help:
            "From which value on, or for a p-value below which, a column has drifted. Default: the method's.")
    var threshold: Double?

    @Option(help: "The share of drifted columns from which on the whole table has drifted.")
    var share = 0.5

    @Option(
        help: ArgumentHelp(
            "Numbers of a column that are compared; of more, a uniform sample, always the same.",
            valueName: "count"))
    var sample = DriftCommand.standardSample

    @Flag(help: "Exit 1 when the table has drifted.")
    var fail = false

    func validate() throws {
        if method != "auto", DriftMethod(rawValue: method) == nil {
            let names = DriftMethod.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--method must be one of \(names), auto")
        }
        guard (1...10_000_000).contains(sample) else {
            throw ValidationError("--sample must be from 1 to 10000000")
        }
        guard (0...1).contains(share) else { throw ValidationError("--share must be from 0 to 1") }
    }

    func run() throws {
        let output = try Invocation(global).output
        let names = columns.flatMap { $0.split(separator: ",").map(String.init) }
        let (first, second) = (try samples(reference), try samples(current))
        let unknown = names.filter { name in !first.contains { $0.name == name } }
        guard unknown.isEmpty else {
            let known = first.map(\.name).joined(separator: ", ")
            throw CommandFailure(
                .badData, "\(reference) has no column \(unknown.joined(separator: ", "))",
                hint: "its columns are \(known)")
        }
        let report = DriftReport(
            reference: first, current: second, names: names.isEmpty ? nil : names,
            method: DriftMethod(rawValue: method), threshold: threshold, shareThreshold: share)
        try PerformanceReport().write(metrics: report.metrics)
        try DriftText(report: report, output: output).show()
        if fail, report.isDrifted { throw CommandFailure.silent(.failed) }
    }

    private func samples(_ path: String) throws(CommandFailure) -> [ColumnSample] {
        var profiler = TableProfiler()
        profiler.others.sampleSize = sample
        do throws(DataFileError) {
            return try profiler.profile(path).columns.map(ColumnSample.init)
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension ColumnSample {
    init(_ column: ColumnProfile) {
        let values: Values =
            switch column.sample {
            case .integers(let integers): .numbers(NumberSample(integers: integers))
            case .numbers(let numbers): .numbers(NumberSample(numbers))
            case .categories(let counts): .categories(counts)
            case .tooManyCategories, nil: .tooManyCategories
            }
        self.init(name: column.name, values: values, rows: column.rows, missing: column.nulls)
    }
}

extension DriftReport {
    /// What a task reports: overall, and each number of each column.
    var metrics: [Metric] {
        var metrics = [
            Metric(name: "drift_share", value: driftShare),
            Metric(name: "drifted_columns", value: Double(driftedColumns.count)),
            Metric(name: "dataset_drift", value: isDrifted ? 1 : 0),
        ]
        if let largestPSI { metrics.append(Metric(name: "max_psi", value: largestPSI)) }
        for column in columns {
            for (name, value) in column.statistics?.named ?? [] {
                metrics.append(Metric(name: MetricName.cleaned("\(name).\(column.name)"), value: value))
            }
        }
        return metrics
    }
}

extension DriftStatistics {
    /// The numbers that there are, by the names of metrics.
    var named: [(name: String, value: Double)] {
        let all: [(String, Double?)] = [
            ("psi", psi), ("jensen_shannon", jensenShannon), ("ks", kolmogorovSmirnov?.statistic),
            ("ks_p_value", kolmogorovSmirnov?.pValue), ("wasserstein", wasserstein),
            ("wasserstein_normed", normedWasserstein), ("chi_square", chiSquare?.statistic),
            ("chi_square_p_value", chiSquare?.pValue),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }
}
