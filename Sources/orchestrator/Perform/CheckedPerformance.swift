import DAGDomain
import DataProfiling
import Glibc
import JSONText
import LifecycleCore
import SchedulerService

/// Runs what a task runs, and when that has ended well, checks the files that it left: reports each number as a metric,
/// which the scheduler then judges like any other.
///
/// It is the attempt's own process, so that a table of any size is read beside the daemon and not in it: a timeout or a
/// cancellation ends the reading too, what is wrong with a file cannot hurt the daemon, and a daemon that starts anew
/// finds the work going on.
struct CheckedPerformance {
    private let arguments: [String]
    private let work: JSONValue?
    private let checks: [(check: DataCheck, path: String, isArtifact: Bool)]
    private let bootstraps: [BootstrapRequest]
    private let drift: DriftMeasurement?
    private let previousRows: JSONValue?
    private let problemFile: String
    private let workFile: String
    private let report = PerformanceReport()

    init(_ specification: JSONValue, file: String) throws(CommandFailure) {
        arguments = specification["arguments"]?.arrayValue?.compactMap(\.stringValue) ?? []
        work = specification["perform"]
        drift = specification["drift"].map(DriftMeasurement.init)
        previousRows = specification["previous_rows"]
        problemFile = TaskPerformance.problemFile(beside: file)
        workFile = TaskPerformance.workFile(beside: file)
        checks = (specification["checks"]?.arrayValue ?? []).compactMap { value in
            DataCheck(json: value).map {
                ($0, value["path"]?.stringValue ?? "", value["is_artifact"]?.boolValue ?? false)
            }
        }
        bootstraps = (specification["bootstraps"]?.arrayValue ?? []).compactMap { BootstrapRequest($0) }
        guard work != nil || !arguments.isEmpty || drift != nil else {
            throw CommandFailure(.badData, "\(file) is not what the scheduler wrote: nothing to run")
        }
    }

    /// - Returns: the exit code of what ran; does not return when a signal ended it.
    func perform() throws(CommandFailure) -> Int32 {
        let code = try runWork()
        guard code == 0 else { return code }
        for (check, path, isArtifact) in checks {
            do throws(DataFileError) {
                try make(check, path, isArtifact)
            } catch {
                try refuse("the data check `\(check.name)` cannot be made: \(error.sentence)")
                return 0
            }
        }
        for request in bootstraps {
            do throws(DataFileError) {
                try make(request)
            } catch {
                try refuse("the interval of `\(request.metric.rawValue)` cannot be made: \(error.sentence)")
                return 0
            }
        }
        try compare()
        return 0
    }

    private func compare() throws(CommandFailure) {
        guard let drift else { return }
        do throws(DriftMeasurement.Problem) {
            let found = try drift.measure { report.say($0) }
            try write(found.metrics)
            do throws(CommandFailure) { try report.write(found.outputs) } catch {
                throw .sentence("the file of outputs cannot be written")
            }
        } catch {
            let reason =
                switch error {
                case .file(let problem): problem.sentence
                case .sentence(let text): text
                }
            try refuse("the comparison cannot be made: \(reason)")
        }
    }

    private func make(_ request: BootstrapRequest) throws(DataFileError) {
        let path = (Self.variable("ORCHESTRATOR_ARTIFACTS") ?? ".") + "/" + request.path
        let (metrics, sentence) = try BootstrapMeasurement(request: request).metrics(path)
        report.say("gate: \(sentence)")
        do throws(CommandFailure) { try report.write(metrics: metrics) } catch {
            throw .inputOutput(path: "the metrics file", code: EIO)
        }
    }

    private func write(_ metrics: [Metric]) throws(DriftMeasurement.Problem) {
        do throws(CommandFailure) { try report.write(metrics: metrics) } catch {
            throw .sentence("the metrics file cannot be written")
        }
    }

    private func runWork() throws(CommandFailure) -> Int32 {
        if work == nil, arguments.isEmpty { return 0 }
        guard let work else { return try ChildProcess.run(arguments) }
        let kind = work["kind"]?.stringValue ?? ""
        let text = work["specification"]?.text() ?? ""
        // May hold secrets: beside the file that has them already, in memory, and goes with it.
        try FileAccess.create(workFile, text: text, mode: 0o600)
        defer { unlink(workFile) }
        return try ChildProcess.run([TaskPerformance.ownProgram, "perform", kind, workFile])
    }

    private func refuse(_ text: String) throws(CommandFailure) {
        report.say(text)
        try FileAccess.replace(problemFile, text: text)
    }

    private func make(_ check: DataCheck, _ name: String, _ isArtifact: Bool) throws(DataFileError) {
        var path = name
        if isArtifact { path = (Self.variable("ORCHESTRATOR_ARTIFACTS") ?? ".") + "/" + path }
        let start = ContinuousClock.now
        let measurement = DataCheckMeasurement(check)
        let profile = try measurement.profile(path)
        let previous = previousRows?[check.name]?.doubleValue
        let metrics =
            measurement.metrics(profile, previousRows: previous, now: WallClock.now())
            + (try measurement.drift(profile))
        let took = DurationText.describe(ContinuousClock.now - start)
        report.say(
            "data check `\(check.name)`: \(profile.rows) rows of \(name) read in \(took)")
        for column in profile.columns where !column.examples.isEmpty {
            let examples = column.examples.map { "`\($0.value)` in row \($0.row)" }.joined(separator: ", ")
            report.say("  \(column.name): not as demanded: \(examples)")
        }
        do throws(CommandFailure) { try report.write(metrics: metrics) } catch {
            throw .inputOutput(path: "the metrics file", code: EIO)
        }
    }

    static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
