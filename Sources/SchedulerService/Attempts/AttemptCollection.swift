import ArtifactStore
import DAGDomain
import JSONText
import LifecycleCore
import TaskExecution

/// Reads what a finished attempt left (outputs, metrics, artifacts) and judges it by the task's gate, before the
/// scheduler hears of the end: one report, one event, one commit.
struct AttemptCollection: Sendable {
    let artifacts: ArtifactStore
    let caching: TaskCaching

    /// What a program logged through MLflow's protocol, or why that is not known.
    struct Logged: Sendable {
        var metrics: [Metric] = []
        var parameters = JSONObject()
        /// The run it was logged on.
        var runID: String?
        var problem: String?
        /// Why a server of the person's own could not be asked: what was logged there may be missing.
        var unanswered: String?
    }

    /// - Parameter hasReports: whether there is a file of outputs or metrics to read.
    func report(
        _ context: AttemptContext, _ end: AttemptEnd, hasReports: Bool, logged: Logged = Logged()
    ) -> AttemptReport {
        var report = AttemptReport(
            attempt: context.attempt, outcome: AttemptOutcome(end.outcome), startDate: end.startedAt,
            endDate: end.endedAt ?? WallClock.now())
        let succeeded = report.outcome == .exited(0)
        let outputs = hasReports ? Self.outputs(at: context.files.output) : (value: [], problem: nil)
        let metrics = hasReports ? Self.metrics(at: context.files.metrics) : (value: [], problem: nil)
        report.outputs = outputs.value
        report.metrics = logged.metrics.joined(withFile: metrics.value)
        if context.task.cache != nil { settleCache(context, succeeded: succeeded, &report) }
        DeployCollection.settle(context, &report)
        guard succeeded, report.conflict == nil else { return report }
        let outlets = Self.outlets(of: context.task, context.files)
        report.outlets = outlets.value
        report.problem =
            outputs.problem ?? metrics.problem ?? logged.problem ?? outlets.problem
            ?? missingOutput(context, report.outputs)
            ?? Self.checkProblem(context.task, performance: context.files.performance)
        if report.problem == nil { keepArtifacts(context, &report) }
        if let use = context.task.model {
            ModelCollection(context, use, logged).judge(&report)
            if let key = context.run.reproduces { report.model = report.model?.reproducing(key) }
        } else if report.problem == nil, let gate = context.task.wholeGate {
            report.verdict = GateEvaluation.verdict(of: gate, metrics: report.metrics)
        }
        if let reason = logged.unanswered { doubt(&report, reason) }
        return report
    }

    /// A gate that fails only because nobody knows what was logged says nothing about the task: it is tried again.
    private func doubt(_ report: inout AttemptReport, _ reason: String) {
        guard let verdict = report.verdict, !verdict.passed,
            verdict.lines.contains(where: { !$0.holds && $0.value == nil })
        else { return }
        report.verdict = nil
        report.model = nil
        report.conflict =
            "the gate needs metrics that are not in $ORCHESTRATOR_METRICS, and the MLflow server cannot be asked "
            + "what was logged there: \(reason)"
    }

    /// What the cache said at the start, which may have been another daemon's.
    private func settleCache(_ context: AttemptContext, succeeded: Bool, _ report: inout AttemptReport) {
        guard let ticket = CacheTicket.read(context.files.cache) else { return }
        report.cache = ticket.record
        guard succeeded else { return }
        let (record, note) = caching.settled(ticket)
        report.cache = record
        if let note { LogNote.append(note, to: context.files.log) }
    }

    static func outputs(at path: String) -> (value: [TaskOutput], problem: String?) {
        do throws(SmallFile.Failure) {
            let limit = OutputFile.sizeLimitBytes
            guard let bytes = try SmallFile.read(path, limit: limit) else { return ([], nil) }
            do { return (try OutputFile.parse(bytes), nil) } catch { return ([], error.text) }
        } catch {
            return ([], "the output file \(error.text)")
        }
    }

    static func metrics(at path: String) -> (value: [Metric], problem: String?) {
        do throws(SmallFile.Failure) {
            let limit = MetricsFile.sizeLimitBytes
            guard let bytes = try SmallFile.read(path, limit: limit) else {
                return ([], nil)
            }
            do { return (try MetricsFile.parse(bytes), nil) } catch { return ([], error.text) }
        } catch {
            return ([], "the metrics file \(error.text)")
        }
    }

    /// Why the task's data checks or its comparison could not be made.
    static func checkProblem(_ task: TaskDefinition, performance file: String) -> String? {
        guard task.isChecked || task.deploy != nil else { return nil }
        do throws(SmallFile.Failure) {
            let bytes = try SmallFile.read(TaskPerformance.problemFile(beside: file), limit: 1 << 16)
            return bytes.map { String(decoding: $0, as: UTF8.self) }
        } catch {
            return "what went wrong cannot be read: \(error.text)"
        }
    }

    /// What a task says of the assets that it updates.
    private static func outlets(
        of task: TaskDefinition, _ files: AttemptFiles
    ) -> (value: OutletReport, problem: String?) {
        var report = OutletReport()
        let late = task.lateAssets
        guard !task.outlets.isEmpty || late.updatesAny else { return (report, nil) }
        do throws(SmallFile.Failure) {
            if !late.outlets.isEmpty {
                let kept = try SmallFile.read(files.filledOutlets, limit: OutletFile.sizeLimitBytes)
                guard let filled = kept.flatMap(FilledAssets.read) else {
                    return (report, "the file with the outlets that were filled in is gone")
                }
                report.filled = filled
            }
            guard let bytes = try SmallFile.read(files.outlets, limit: OutletFile.sizeLimitBytes) else {
                return (report, nil)
            }
            do {
                let said = try OutletFile.parse(
                    bytes, of: (task.outlets + report.filled).map(\.uri), aliases: late.aliases)
                (report.extras, report.aliased) = (said.extras, said.aliased)
                return (report, nil)
            } catch {
                return (report, error.text)
            }
        } catch {
            return (report, "the outlets file \(error.text)")
        }
    }

    private func missingOutput(_ context: AttemptContext, _ outputs: [TaskOutput]) -> String? {
        guard let promised = context.task.outputs else { return nil }
        var written = Set(outputs.map(\.name))
        if context.task.role == .train, context.task.model != nil { written.formUnion(ModelUse.outputNames) }
        let missing = promised.filter { !written.contains($0) }
        guard !missing.isEmpty else { return nil }
        return "the task promises the outputs \(missing.joined(separator: ", ")) but did not write them to "
            + "$ORCHESTRATOR_OUTPUT"
    }

    private func keepArtifacts(_ context: AttemptContext, _ report: inout AttemptReport) {
        guard !context.task.artifacts.isEmpty else { return }
        do {
            report.artifacts = try artifacts.ingest(
                folder: context.files.artifacts, declarations: context.task.artifacts)
        } catch {
            report.problem = error.sentence
        }
    }
}

extension AttemptOutcome {
    /// The scheduler's view of how a process ended.
    init(_ outcome: ProcessOutcome) {
        switch outcome {
        case .exited(let code): self = .exited(code)
        case .signalled(let signal, _): self = .signalled(signal)
        case .timedOut: self = .timedOut
        case .terminated: self = .terminated
        case .notStarted(_, let exitCode, let message): self = .notStarted(exitCode: exitCode, message)
        case .lost(.supervisorKilled): self = .lost("its supervisor was killed")
        case .lost(.reboot): self = .lost("the machine was started anew while it ran")
        case .lost(.recordMissing): self = .lost("its record is gone")
        case .lost(.recordDamaged(let detail)): self = .lost("its record is damaged: \(detail)")
        }
    }
}

extension ArtifactStoreError {
    /// What is wrong with a task's artifacts, for the person who wrote the task.
    var sentence: String {
        switch self {
        case .missing(let name, let path, let present):
            "the task promises the artifact `\(name)` but left no file `\(path)` in $ORCHESTRATOR_ARTIFACTS; "
                + (present.isEmpty ? "the folder is empty" : "there is " + present.joined(separator: ", "))
        case .pathLeavesFolder(let name, let path): "the artifact `\(name)` leaves its folder: `\(path)`"
        case .symbolicLink(let name, let path):
            "the artifact `\(name)` is or goes through a symbolic link, which is not followed: `\(path)`"
        case .notAFile(let name, let path, let kind):
            "the artifact `\(name)` (`\(path)`) is \(kind), not a file"
        case .duplicateName(let name): "two artifacts are called `\(name)`"
        case .badHash(let text): "`\(text)` is not a hash"
        case .unknown(let hash): "no artifact with the hash \(hash) is kept"
        case .damaged(let hash, let found):
            "the artifact \(hash) is damaged: its content has the hash \(found)"
        case .full: "there is no space left to keep the artifacts"
        case .inputOutput(let path, let detail): "the artifacts cannot be kept: \(path): \(detail)"
        }
    }
}
