import DAGDomain
import JSONText
import LifecycleCore

/// What a good end of a task with a model means: the gate is judged against the versions that stood when it began, and the
/// report says what is to become of the registry.
struct ModelCollection {
    private let context: AttemptContext
    private let use: ModelUse
    private let logged: AttemptCollection.Logged

    /// - Parameter logged: what the program logged through MLflow's protocol.
    init(_ context: AttemptContext, _ use: ModelUse, _ logged: AttemptCollection.Logged) {
        self.context = context
        self.use = use
        self.logged = logged
    }

    /// - Parameter report: of a program that ended well; has its artifacts already.
    func judge(_ report: inout AttemptReport) {
        guard report.problem == nil else { return }
        let start: ModelStart
        do throws(SmallFile.Failure) {
            let file = try SmallFile.read(context.files.model, limit: ModelStart.sizeLimitBytes)
            let value = try? file.map { try JSONValue.parse(bytes: $0) }
            guard let object = value?.objectValue, let read = ModelStart(object) else {
                report.problem = "what was noted of the model when the task began is gone or damaged"
                return
            }
            start = read
        } catch {
            report.problem = "what was noted of the model when the task began \(error.text)"
            return
        }
        switch context.task.role {
        case .train: train(start, &report)
        default: judge(start, &report)
        }
    }

    private var origin: ModelOrigin {
        ModelOrigin(
            dagID: context.dag.id, runID: context.run.runID, taskID: context.task.id,
            mapIndex: context.key.mapIndex)
    }

    private static func last(_ metrics: [Metric]) -> [String: Double] {
        Dictionary(metrics.map { ($0.name, $0.value) }) { _, last in last }
    }

    // MARK: Training

    private func train(_ start: ModelStart, _ report: inout AttemptReport) {
        if let output = report.outputs.first(where: { ModelUse.outputNames.contains($0.name) }) {
            report.problem =
                "the output `\(output.name)` is the registry's: it names the version that this task makes"
            return
        }
        guard let artifact = report.artifacts.first(where: { $0.name == use.artifact }) else {
            report.problem = "the task left no artifact `\(use.artifact ?? "")`, which is the model"
            return
        }
        if let gate = context.task.wholeGate {
            report.verdict = GateEvaluation.verdict(of: gate, metrics: report.metrics)
        }
        var content = ModelContent(
            source: artifact.path, artifact: artifact, referenceSHA256: start.reference,
            trackingRunID: logged.runID, origin: origin, dagVersion: context.run.version, facts: start.facts)
        content.facts.logged = logged.parameters
        content.facts.metrics = Self.last(report.metrics)
        if case .own(let name) = use.reference {
            content.referenceSHA256 = report.artifacts.first { $0.name == name }?.sha256
        }
        report.model = .trained(ModelDraft(model: use.name, content: content, alias: use.alias))
    }

    // MARK: Judging

    private func judge(_ start: ModelStart, _ report: inout AttemptReport) {
        guard let version = judged(start, &report) else { return }
        let compared = context.task.comparedAliases
        // Who goes back does not ask again whether that version is good enough.
        if let gate = context.task.wholeGate, context.run.redeploys == nil {
            report.verdict = GateEvaluation.verdict(
                of: gate, metrics: report.metrics,
                comparands: comparands(compared, start, against: version))
        }
        guard context.task.role != .monitor else { return }
        var judgement = ModelJudgement(key: ModelVersionKey(use.name, version), origin: origin)
        judgement.alias = use.alias
        if context.task.role == .deploy {
            judgement.alias = context.task.deployAlias ?? use.alias ?? .champion
            judgement.isRollback = context.run.redeploys != nil
            judgement.reason = report.deployment.map { "deployed: \($0.detail)" } ?? "deployed"
            if let alias = context.task.deployAlias, let stood = start.aliases[alias] {
                judgement.expected.updateValue(stood, forKey: alias)
            }
        } else {
            let foreign = compared.map { "\($0)." }
            judgement.metrics = Self.last(report.metrics).filter { metric in
                !foreign.contains { metric.key.hasPrefix($0) }
            }
        }
        for alias in compared {
            guard let stood = start.aliases[alias], stood != version else { continue }
            judgement.expected.updateValue(stood, forKey: alias)
        }
        report.model = .judged(judgement)
    }

    private func comparands(
        _ aliases: Set<AliasName>, _ start: ModelStart, against version: ModelVersionNumber
    ) -> [AliasName: GateEvaluation.Comparand] {
        Dictionary(
            uniqueKeysWithValues: aliases.map { alias in
                let stood = start.aliases[alias] ?? nil
                return (
                    alias,
                    GateEvaluation.Comparand(
                        version: stood, isSame: stood == version, recorded: start.recorded[alias] ?? [:])
                )
            })
    }

    /// The version that the task says it has judged, else the one it was given.
    private func judged(_ start: ModelStart, _ report: inout AttemptReport) -> ModelVersionNumber? {
        guard context.task.role == .evaluate,
            let output = report.outputs.first(where: { $0.name == ModelUse.outputNames[1] })
        else {
            if start.version == nil { report.problem = "what was noted when the task began names no version" }
            return start.version
        }
        guard let version = output.value.versionNumber else {
            report.problem = "the output `\(output.name)` is \(output.value.text()), which is not a version"
            return nil
        }
        return version
    }
}
