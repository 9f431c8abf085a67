import ArtifactStore
import DAGDomain
import Glibc
import JSONText
import StateStore

/// Finds the version that a task is about and puts its file in place, before the task's program starts.
struct ModelPreparation: Sendable {
    typealias Failure = AttemptPreparation.Failure

    let store: StateStore
    let artifacts: ArtifactStore
    /// What was uploaded through MLflow's protocol.
    let trackingFolder: String

    /// What a task is told of its model.
    struct Prepared {
        var variables: [String: String]
        /// Nil for a training.
        var version: ModelVersionRow?
    }

    /// Finds the version and puts its file in place; writes down what holds now, for the end of the attempt.
    func prepare(
        _ use: ModelUse, for context: AttemptContext, _ rendering: TemplateRendering
    ) throws(Failure) -> Prepared {
        var variables = ["ORCHESTRATOR_MODEL_NAME": use.name.text]
        var about: ModelVersionRow?
        let start: ModelStart
        if context.task.role == .train {
            start = try trainingStart(context, use)
        } else {
            let number = try version(for: context, use, rendering)
            let version = try row(ModelVersionKey(use.name, number))
            about = version
            let reference = version.version.content.referenceSHA256
            variables["ORCHESTRATOR_MODEL_VERSION"] = "\(number)"
            variables["ORCHESTRATOR_MODEL_SOURCE"] = version.version.content.source
            variables["ORCHESTRATOR_MODEL_PATH"] = try file(of: version, in: context, "model")
            variables["ORCHESTRATOR_MODEL_REFERENCE_PATH"] =
                try reference.map { sha throws(Failure) in
                    try content(sha, "the reference of \(version.key)")
                } ?? ""
            start = try judgingStart(context, use, version, &variables)
        }
        try AttemptPreparation.write(start.json.text() + "\n", to: context.files.model)
        return Prepared(variables: variables, version: about)
    }

    // MARK: Training

    private func trainingStart(
        _ context: AttemptContext, _ use: ModelUse
    ) throws(Failure) -> ModelStart {
        var start = ModelStart()
        start.facts.parameters = context.run.parameters
        if context.isMapped {
            let own = try asking { () throws(StateStoreError) in try store.mappedParameters(of: context.key) }
            start.facts.parameters = start.facts.parameters.merging(own)
        }
        start.facts.git = GitFolder.state(of: context.dag.folder)
        do throws(LockFileScan.Failure) {
            start.facts.environment = try LockFileScan.find(in: context.dag.folder, declared: use.environment)
        } catch {
            throw Failure(text: error.text)
        }
        let upstream = context.dag.graph.upstreamClosure(of: [context.key.task]).filter {
            $0 != context.key.task
        }
        .filter { !context.dag.tasks[$0].artifacts.isEmpty }
        if !upstream.isEmpty {
            let reports = try asking { () throws(StateStoreError) in
                try store.data(of: context.run.number, tasks: upstream)
            }
            start.facts.datasets = reports.flatMap { report in
                report.artifacts.map { artifact in
                    ModelDataset(
                        name: artifact.name, taskID: context.dag.tasks[report.key.task].id,
                        sha256: artifact.sha256, sizeBytes: artifact.sizeBytes)
                }
            }
        }
        guard case .upstream(let task, let name) = use.reference else { return start }
        guard let found = start.facts.datasets.first(where: { $0.taskID == task && $0.name == name }) else {
            throw Failure(
                text: "the task `\(task)` has left no artifact `\(name)` to be the model's reference")
        }
        start.reference = found.sha256
        return start
    }

    // MARK: The version that is judged

    private func version(
        for context: AttemptContext, _ use: ModelUse, _ rendering: TemplateRendering
    ) throws(Failure) -> ModelVersionNumber {
        if let key = context.run.redeploys, key.model == use.name, context.task.deploy != nil {
            return key.version
        }
        if let template = use.version {
            let text = try AttemptPreparation.rendered { () throws(TemplateRendering.Failure) in
                try rendering.text(template)
            }
            guard let reference = ModelReference(text) else {
                throw Failure(text: "`\(text)` is not a version of the model `\(use.name)`")
            }
            switch reference {
            case .version(let number): return number
            case .alias(let alias): return try version(of: use.name, at: alias, context)
            case .latest:
                let model = try asking { () throws(StateStoreError) in try store.registeredModel(use.name) }
                guard let latest = model?.latest else {
                    throw absence("the model `\(use.name)` has no version yet", context)
                }
                return latest
            }
        }
        if context.task.role != .monitor, let made = try versionMadeUpstream(context, use) { return made }
        return try version(
            of: use.name, at: context.task.role == .monitor ? use.alias ?? .champion : .champion, context)
    }

    private func version(
        of model: ModelName, at alias: AliasName, _ context: AttemptContext
    ) throws(Failure) -> ModelVersionNumber {
        let number = try asking { () throws(StateStoreError) in try store.modelAlias(model, alias) }
        guard let number else {
            guard context.task.role == .monitor else {
                throw Failure(
                    text: "the model `\(model)` has no \(alias): its alias `\(alias)` points to no version")
            }
            throw Self.absence(of: alias, of: model)
        }
        return number
    }

    /// A task that watches has nothing to do as long as there is nothing to watch; the others cannot do their work.
    private func absence(_ text: String, _ context: AttemptContext) -> Failure {
        Failure(text: text, context.task.role == .monitor ? .nothingToDo : .task)
    }

    static func absence(of alias: AliasName, of model: ModelName) -> Failure {
        Failure(text: "no version of the model `\(model)` is its \(alias) yet", .nothingToDo)
    }

    /// Nil when nothing upstream trains the model.
    private func versionMadeUpstream(
        _ context: AttemptContext, _ use: ModelUse
    ) throws(Failure) -> ModelVersionNumber? {
        let trainings = context.dag.graph.upstreamClosure(of: [context.key.task]).filter { index in
            let task = context.dag.tasks[index]
            return task.role == .train && task.model?.name == use.name
        }
        guard !trainings.isEmpty else { return nil }
        let reports = try asking { () throws(StateStoreError) in
            try store.data(of: context.run.number, tasks: trainings)
        }
        let versions = Set(
            reports.compactMap { report in
                report.outputs.first { $0.name == ModelUse.outputNames[1] }?.value.versionNumber
            })
        let names = trainings.map { "`\(context.dag.tasks[$0].id)`" }.joined(separator: ", ")
        guard let version = versions.first else {
            throw Failure(
                text: "\(names) upstream has made no version of the model `\(use.name)` in this run")
        }
        guard versions.count == 1 else {
            let numbers = versions.sorted().map(\.description).joined(separator: ", ")
            throw Failure(
                text:
                    "\(names) upstream made several versions of the model `\(use.name)` (\(numbers)): say which by "
                    + "\"version\"")
        }
        return version
    }

    private func judgingStart(
        _ context: AttemptContext, _ use: ModelUse, _ version: ModelVersionRow,
        _ variables: inout [String: String]
    ) throws(Failure) -> ModelStart {
        var start = ModelStart()
        start.version = version.key.version
        let own = context.task.deployAlias
        for alias in context.task.comparedAliases.union([.champion, own ?? .champion]) {
            let number = try asking { () throws(StateStoreError) in try store.modelAlias(use.name, alias) }
            start.aliases.updateValue(number, forKey: alias)
            guard let number else { continue }
            let other =
                number == version.key.version ? version : try row(ModelVersionKey(use.name, number))
            if context.task.comparedAliases.contains(alias) {
                start.recorded[alias] = other.version.content.facts.metrics
            }
            if alias == own {
                variables["ORCHESTRATOR_PREVIOUS_VERSION"] = "\(number)"
                variables["ORCHESTRATOR_PREVIOUS_PATH"] = try file(of: other, in: context, "previous")
            }
            guard alias == .champion else { continue }
            variables["ORCHESTRATOR_CHAMPION_VERSION"] = "\(number)"
            variables["ORCHESTRATOR_CHAMPION_PATH"] = try file(of: other, in: context, "champion")
        }
        var names = ["ORCHESTRATOR_CHAMPION_VERSION", "ORCHESTRATOR_CHAMPION_PATH"]
        if own != nil { names += ["ORCHESTRATOR_PREVIOUS_VERSION", "ORCHESTRATOR_PREVIOUS_PATH"] }
        for name in names where variables[name] == nil {
            variables[name] = ""
        }
        return start
    }

    // MARK: Files

    private func row(_ key: ModelVersionKey) throws(Failure) -> ModelVersionRow {
        let row = try asking { () throws(StateStoreError) in try store.modelVersion(key) }
        guard let row else { throw Failure(text: "the model `\(key.model)` has no version \(key.version)") }
        guard row.version.content.status == .ready else {
            throw Failure(text: "\(key) is not ready: \(row.version.content.status.rawValue)")
        }
        return row
    }

    /// A link to the version's file under the file's own name, by which many libraries tell a format. Empty when something
    /// outside keeps it.
    private func file(
        of version: ModelVersionRow, in context: AttemptContext, _ role: String
    ) throws(Failure) -> String {
        let target: String
        let path: String
        if let artifact = version.version.content.artifact {
            target = try content(artifact.sha256, "the file of \(version.key)")
            path = artifact.path
        } else {
            guard let upload = try upload(of: version) else { return "" }
            (target, path) = (upload, upload)
        }
        let folder = "\(context.files.modelFolder)/\(role)"
        try AttemptPreparation.makeFolder(context.files.modelFolder)
        try AttemptPreparation.makeFolder(folder)
        let name = path.split(separator: "/").last.map(String.init) ?? "model"
        let link = "\(folder)/\(name)"
        unlink(link)
        guard symlink(target, link) == 0 else {
            let reason = String(cString: strerror(errno))
            throw Failure(text: "\(link) cannot be made: \(reason)", isMachineFault: true)
        }
        return link
    }

    private func content(_ sha256: String, _ what: String) throws(Failure) -> String {
        let path: String
        let isThere: Bool
        do throws(ArtifactStoreError) {
            path = try artifacts.path(of: sha256)
            isThere = try artifacts.contains(sha256)
        } catch {
            throw Failure(text: "\(what) cannot be found: \(error.sentence)")
        }
        guard isThere else {
            throw Failure(
                text: "\(what) is gone: there is no \(path) any more; train it again or restore a backup")
        }
        return path
    }

    func asking<Value>(
        _ body: () throws(StateStoreError) -> Value
    ) throws(Failure) -> Value {
        do { return try body() } catch {
            throw Failure(
                text: "the registry of models cannot be read: \(error.sentence)", isMachineFault: true)
        }
    }
}

extension TaskDefinition {
    /// The aliases that its gate compares with.
    var comparedAliases: Set<AliasName> {
        Set(
            (gate?.conditions ?? []).compactMap { condition in
                if case .version(let comparison) = condition.comparison { comparison.alias } else { nil }
            })
    }
}
